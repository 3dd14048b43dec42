//! The metrics of one family: their series by labels, and how they are exposed.

use std::{collections::BTreeMap, time::Duration};

use super::{
    exposition::{self, Kind},
    series::Series,
};
use crate::mock::catalogue::Labels;

/// Metrics by name.
#[derive(Debug, Default)]
pub struct Metrics(BTreeMap<String, Metric>);

#[derive(Debug)]
struct Metric {
    help: String,
    kind: Kind,
    series: BTreeMap<Labels, Row>,
}

#[derive(Debug)]
struct Row {
    /// As they are exposed: in the order in which they were named.
    labels: String,
    /// Whether it is there from the start.
    at_home: bool,
    series: Series,
}

impl Metrics {
    /// Makes sure that the metric is there. Who declares it first says what it is.
    pub fn declare(&mut self, name: &str, help: &str, kind: Kind) {
        self.0.entry(name.to_owned()).or_insert_with(|| Metric {
            help: help.to_owned(),
            kind,
            series: BTreeMap::new(),
        });
    }

    /// Puts a series there from the start, in place of one with the same labels. The metric has been declared.
    pub fn put<'n>(&mut self, name: &str, pairs: &[(&'n str, &'n str)], series: Series) {
        self.insert(name, pairs, series, true);
    }

    /// Puts a series there that a reset takes away.
    pub fn put_for_now<'n>(&mut self, name: &str, pairs: &[(&'n str, &'n str)], series: Series) {
        self.insert(name, pairs, series, false);
    }

    fn insert(&mut self, name: &str, pairs: &[(&str, &str)], series: Series, at_home: bool) {
        let metric = self.0.get_mut(name);
        let rows = &mut metric.expect("metrics are declared first").series;
        let labels = rows.get(&by_name(pairs)).map(|row| row.labels.clone());
        let row = Row {
            labels: labels.unwrap_or_else(|| exposition::labels(pairs.iter().copied())),
            at_home,
            series,
        };
        rows.insert(by_name(pairs), row);
    }

    /// A series.
    pub fn get(&self, name: &str, labels: &Labels) -> Option<&Series> {
        let row = self.0.get(name)?.series.get(labels);
        row.map(|row| &row.series)
    }

    /// A series, to be changed.
    pub fn get_mut(&mut self, name: &str, labels: &Labels) -> Option<&mut Series> {
        let row = self.0.get_mut(name)?.series.get_mut(labels);
        row.map(|row| &mut row.series)
    }

    /// How many series a metric has.
    pub fn count(&self, name: &str) -> usize {
        self.0.get(name).map_or(0, |metric| metric.series.len())
    }

    /// Moves every series on from `before` to `now`.
    pub fn step(&mut self, before: Duration, now: Duration) {
        for metric in self.0.values_mut() {
            for row in metric.series.values_mut() {
                row.series.step(before, now);
            }
        }
    }

    /// Every series at the baseline at once, and no others than there were at the start.
    pub fn reset(&mut self, now: Duration) {
        for metric in self.0.values_mut() {
            metric.series.retain(|_, row| row.at_home);
            for row in metric.series.values_mut() {
                row.series.reset(now);
            }
        }
    }

    /// Appends all metrics but `elsewhere`, which is written with other series of its name.
    pub fn write(&self, out: &mut String, elsewhere: &str) {
        for (name, metric) in self.0.iter().filter(|(name, _)| *name != elsewhere) {
            exposition::header(out, name, &metric.help, metric.kind);
            self.write_samples(out, name);
        }
    }

    /// Appends the samples of one metric.
    pub fn write_samples(&self, out: &mut String, name: &str) {
        for row in self
            .0
            .get(name)
            .into_iter()
            .flat_map(|metric| metric.series.values())
        {
            exposition::sample(out, name, &row.labels, row.series.value());
        }
    }
}

/// Labels by name: two series with the same ones are the same, in whatever order they were named.
pub fn by_name(pairs: &[(&str, &str)]) -> Labels {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(metrics: &Metrics) -> String {
        let mut out = String::new();
        metrics.write(&mut out, "");
        out
    }

    #[test]
    fn the_order_of_labels_makes_no_other_series() {
        let mut metrics = Metrics::default();
        metrics.declare("m", "First.", Kind::Gauge);
        metrics.declare("m", "Second.", Kind::Counter);
        metrics.put("m", &[("b", "1"), ("a", "2")], Series::still(3.0));
        metrics.put("m", &[("a", "2"), ("b", "1")], Series::still(4.0));
        assert_eq!(
            written(&metrics),
            "# HELP m First.\n# TYPE m gauge\nm{b=\"1\",a=\"2\"} 4\n"
        );
    }

    #[test]
    fn a_reset_takes_away_what_was_not_there_from_the_start() {
        let mut metrics = Metrics::default();
        metrics.declare("m", "M.", Kind::Gauge);
        metrics.put("m", &[("a", "home")], Series::still(1.0));
        metrics.put_for_now("m", &[("a", "guest")], Series::still(1.0));
        assert_eq!(metrics.count("m"), 2);
        metrics.reset(Duration::ZERO);
        assert!(written(&metrics).ends_with("\nm{a=\"home\"} 1\n"));
    }
}
