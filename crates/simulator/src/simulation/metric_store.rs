//! The metrics of one family: their series by labels, and how they are exposed.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    time::Duration,
};

use alerting::Labels;
use prometheus_api::exposition::{metric_type::MetricType, write};

use super::series::Series;

/// The metrics of a family by name, and all of their series.
#[derive(Debug, Default)]
pub struct MetricStore {
    by_name: BTreeMap<String, Metric>,
    /// In one vector, since every step moves all of them. Permanent series come first.
    series: Vec<Series>,
    permanent: usize,
}

#[derive(Debug)]
struct Metric {
    help: String,
    kind: MetricType,
    /// By their labels, sorted by name and formatted.
    rows: BTreeMap<Box<str>, Row>,
}

#[derive(Debug)]
struct Row {
    /// The exposition before the value. Labels are in the order in which they were added.
    head: Box<str>,
    index: SeriesIndex,
}

/// The index of a series. That of a permanent series does not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeriesIndex(usize);

impl MetricStore {
    /// Adds a metric without series. An existing metric keeps its help and type.
    pub fn declare(&mut self, name: &str, help: &str, kind: MetricType) {
        if !self.by_name.contains_key(name) {
            let metric = Metric {
                help: help.to_owned(),
                kind,
                rows: BTreeMap::new(),
            };
            self.by_name.insert(name.to_owned(), metric);
        }
    }

    /// Adds a permanent series, or replaces the one with the same labels. The metric is declared, and all permanent series
    /// are added before the first temporary one.
    pub fn add<'n>(&mut self, name: &str, pairs: &[(&'n str, &'n str)], series: Series) {
        self.add_until_reset(name, pairs, series);
        self.permanent = self.series.len();
    }

    /// Adds a temporary series, which a reset removes.
    pub fn add_until_reset<'n>(
        &mut self,
        name: &str,
        pairs: &[(&'n str, &'n str)],
        series: Series,
    ) {
        let metric = self.by_name.get_mut(name);
        let rows = &mut metric.expect("metrics are declared first").rows;
        match rows.entry(key(&to_labels(pairs))) {
            Entry::Occupied(known) => self.series[known.get().index.0] = series,
            Entry::Vacant(free) => {
                let labels = write::labels(pairs.iter().copied());
                free.insert(Row {
                    head: write::head(name, &labels).into(),
                    index: SeriesIndex(self.series.len()),
                });
                self.series.push(series);
            }
        }
    }

    /// The index of a series.
    pub fn index(&self, name: &str, labels: &Labels) -> Option<SeriesIndex> {
        let row = self.by_name.get(name)?.rows.get(&key(labels));
        row.map(|row| row.index)
    }

    /// The series at an index.
    pub fn at(&self, index: SeriesIndex) -> Option<&Series> {
        self.series.get(index.0)
    }

    /// A series, to be changed.
    pub fn get_mut(&mut self, name: &str, labels: &Labels) -> Option<&mut Series> {
        let index = self.index(name, labels)?;
        self.series.get_mut(index.0)
    }

    /// How many series a metric has.
    pub fn count(&self, name: &str) -> usize {
        self.by_name.get(name).map_or(0, |metric| metric.rows.len())
    }

    /// Moves every series on from `before` to `now`.
    pub fn step(&mut self, before: Duration, now: Duration) {
        for series in &mut self.series {
            series.step(before, now);
        }
    }

    /// Sets every permanent series to its baseline, and removes the temporary ones.
    pub fn reset(&mut self, now: Duration) {
        let permanent = self.permanent;
        for metric in self.by_name.values_mut() {
            metric.rows.retain(|_, row| row.index.0 < permanent);
        }
        self.series.truncate(permanent);
        for series in &mut self.series {
            series.reset(now);
        }
    }

    /// Appends all metrics except one, which is written together with other series of its name.
    pub fn write(&self, out: &mut String, except: &str) {
        let metrics = self.by_name.iter().filter(|(name, _)| *name != except);
        for (name, metric) in metrics {
            write::header(out, name, &metric.help, metric.kind);
            self.write_rows(out, metric);
        }
    }

    /// Appends the samples of one metric.
    pub fn write_samples(&self, out: &mut String, name: &str) {
        if let Some(metric) = self.by_name.get(name) {
            self.write_rows(out, metric);
        }
    }

    fn write_rows(&self, out: &mut String, metric: &Metric) {
        for row in metric.rows.values() {
            write::value(out, &row.head, self.series[row.index.0].value());
        }
    }
}

/// Labels by name, independent of their order.
pub fn to_labels(pairs: &[(&str, &str)]) -> Labels {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

/// A key that is equal for equal labels.
fn key(labels: &Labels) -> Box<str> {
    let pairs = labels.iter();
    write::labels(pairs.map(|(name, value)| (name.as_str(), value.as_str()))).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(metrics: &MetricStore) -> String {
        let mut out = String::new();
        metrics.write(&mut out, "");
        out
    }

    #[test]
    fn the_order_of_labels_makes_no_other_series() {
        let mut metrics = MetricStore::default();
        metrics.declare("m", "First.", MetricType::Gauge);
        metrics.declare("m", "Second.", MetricType::Counter);
        metrics.add("m", &[("b", "1"), ("a", "2")], Series::constant(3.0));
        metrics.add("m", &[("a", "2"), ("b", "1")], Series::constant(4.0));
        assert_eq!(
            written(&metrics),
            "# HELP m First.\n# TYPE m gauge\nm{b=\"1\",a=\"2\"} 4\n"
        );
    }

    #[test]
    fn a_reset_takes_away_what_was_not_there_from_the_start() {
        let mut metrics = MetricStore::default();
        metrics.declare("m", "M.", MetricType::Gauge);
        metrics.add("m", &[("a", "home")], Series::constant(1.0));
        metrics.add_until_reset("m", &[("a", "guest")], Series::constant(1.0));
        assert_eq!(metrics.count("m"), 2);
        metrics.reset(Duration::ZERO);
        assert!(written(&metrics).ends_with("\nm{a=\"home\"} 1\n"));
    }
}
