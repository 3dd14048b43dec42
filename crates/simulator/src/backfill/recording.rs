//! The samples that Prometheus would have stored: those of every scrape, with the labels that the scrape adds.

use std::collections::BTreeMap;

use alerting::Labels;
use prometheus_api::exposition::{metric_type::MetricType, read};

use super::openmetrics::{MetricFamily, Recorded};

/// All samples so far.
#[derive(Debug)]
pub(super) struct Recording {
    /// The labels that the scrape adds. A series keeps its own labels, as with `honor_labels`.
    target: Labels,
    families: Vec<MetricFamily>,
    /// The indices of family and series, by name and labels as they are exposed.
    positions: BTreeMap<String, (usize, usize)>,
}

impl Recording {
    /// An empty recording of a target with these labels.
    pub(super) fn of(target: Labels) -> Self {
        Self {
            target,
            families: Vec::new(),
            positions: BTreeMap::new(),
        }
    }

    /// Records the exposition at one time, in Unix seconds.
    pub(super) fn scrape(&mut self, exposition: &str, at: u64) {
        let mut help = "";
        let mut family = None;
        for line in exposition.lines() {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                help = rest.split_once(' ').map_or("", |(_, help)| help);
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ').unwrap_or((rest, "untyped"));
                family = Some((name, MetricType::named(kind), help));
            } else if let (Some(family), Some((series, value))) = (family, line.rsplit_once(' ')) {
                self.sample(family, series, value.parse().unwrap_or(f64::NAN), at);
            }
        }
    }

    fn sample(
        &mut self,
        (metric, kind, help): (&str, MetricType, &str),
        series: &str,
        value: f64,
        at: u64,
    ) {
        if let Some((family, own)) = self.positions.get(series) {
            self.families[*family].series[*own]
                .samples
                .push((at, value));
            return;
        }
        let family = MetricFamily::new(metric, kind, help);
        let known = self
            .families
            .iter()
            .position(|known| known.name == family.name);
        let index = known.unwrap_or_else(|| {
            self.families.push(family);
            self.families.len() - 1
        });
        let (name, labels) = series.split_once('{').unwrap_or((series, ""));
        let mut labels = read::labels(labels.trim_end_matches('}'));
        for (name, value) in &self.target {
            labels.entry(name.clone()).or_insert_with(|| value.clone());
        }
        let family = &mut self.families[index];
        family.series.push(Recorded {
            name: name.to_owned(),
            labels,
            samples: vec![(at, value)],
        });
        let place = (index, family.series.len() - 1);
        self.positions.insert(series.to_owned(), place);
    }

    /// The families, in the order in which they were first seen.
    pub(super) fn into_families(self) -> Vec<MetricFamily> {
        self.families
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scrapes_become_series_that_keep_their_own_instance() {
        let target = [("job", "mock-metrics"), ("instance", "here:1")];
        let target = target.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut recording = Recording::of(target.into());
        let text = |value: u8| {
            format!(
                "# HELP a_total A.\n# TYPE a_total counter\na_total{{x=\"1 {{}}\"}} {value}\n\
                 # HELP h H.\n# TYPE h histogram\nh_sum{{instance=\"own\"}} 0.5\nh_count 2\n"
            )
        };
        recording.scrape(&text(1), 100);
        recording.scrape(&text(2), 115);

        let families = recording.into_families();
        let names: Vec<_> = families.iter().map(|family| family.name.as_str()).collect();
        assert_eq!(names, ["a", "h"]);
        assert_eq!(families[0].series[0].samples, [(100, 1.0), (115, 2.0)]);
        let labels = |family: usize, series: usize| {
            let pairs = families[family].series[series].labels.iter();
            pairs
                .map(|(name, value)| format!("{name}={value}"))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            labels(0, 0),
            ["instance=here:1", "job=mock-metrics", "x=1 {}"]
        );
        assert_eq!(labels(1, 0), ["instance=own", "job=mock-metrics"]);
        assert_eq!(families[1].series[1].name, "h_count");
    }
}
