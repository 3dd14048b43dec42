//! The metrics of one family: their series by labels, and how they are exposed.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    time::Duration,
};

use alerting::Labels;

use super::{
    exposition::{self, Kind},
    series::Series,
};
/// Metrics by name, and the series of all of them.
#[derive(Debug, Default)]
pub struct Metrics {
    by_name: BTreeMap<String, Metric>,
    /// Side by side, since every beat moves them all; those that are there from the start come first.
    series: Vec<Series>,
    at_home: usize,
}

#[derive(Debug)]
struct Metric {
    help: String,
    kind: Kind,
    /// By their labels in the order of names, as they would be exposed.
    rows: BTreeMap<Box<str>, Row>,
}

#[derive(Debug)]
struct Row {
    /// What stands before the value in the exposition: labels in the order in which they were named.
    head: Box<str>,
    place: Place,
}

/// Where a series is. One that is there from the start stays there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place(usize);

impl Metrics {
    /// Makes sure that the metric is there. Who declares it first says what it is.
    pub fn declare(&mut self, name: &str, help: &str, kind: Kind) {
        if !self.by_name.contains_key(name) {
            let metric = Metric {
                help: help.to_owned(),
                kind,
                rows: BTreeMap::new(),
            };
            self.by_name.insert(name.to_owned(), metric);
        }
    }

    /// Puts a series there from the start, in place of one with the same labels. The metric has been declared, and no series
    /// has been put there for now.
    pub fn put<'n>(&mut self, name: &str, pairs: &[(&'n str, &'n str)], series: Series) {
        self.put_for_now(name, pairs, series);
        self.at_home = self.series.len();
    }

    /// Puts a series there that a reset takes away.
    pub fn put_for_now<'n>(&mut self, name: &str, pairs: &[(&'n str, &'n str)], series: Series) {
        let metric = self.by_name.get_mut(name);
        let rows = &mut metric.expect("metrics are declared first").rows;
        match rows.entry(key(&by_name(pairs))) {
            Entry::Occupied(known) => self.series[known.get().place.0] = series,
            Entry::Vacant(free) => {
                let labels = exposition::labels(pairs.iter().copied());
                free.insert(Row {
                    head: exposition::head(name, &labels).into(),
                    place: Place(self.series.len()),
                });
                self.series.push(series);
            }
        }
    }

    /// Where a series is.
    pub fn place(&self, name: &str, labels: &Labels) -> Option<Place> {
        let row = self.by_name.get(name)?.rows.get(&key(labels));
        row.map(|row| row.place)
    }

    /// The series at a place.
    pub fn at(&self, place: Place) -> Option<&Series> {
        self.series.get(place.0)
    }

    /// A series, to be changed.
    pub fn get_mut(&mut self, name: &str, labels: &Labels) -> Option<&mut Series> {
        let place = self.place(name, labels)?;
        self.series.get_mut(place.0)
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

    /// Every series at the baseline at once, and no others than there were at the start.
    pub fn reset(&mut self, now: Duration) {
        let at_home = self.at_home;
        for metric in self.by_name.values_mut() {
            metric.rows.retain(|_, row| row.place.0 < at_home);
        }
        self.series.truncate(at_home);
        for series in &mut self.series {
            series.reset(now);
        }
    }

    /// Appends all metrics but `elsewhere`, which is written with other series of its name.
    pub fn write(&self, out: &mut String, elsewhere: &str) {
        let here = self.by_name.iter().filter(|(name, _)| *name != elsewhere);
        for (name, metric) in here {
            exposition::header(out, name, &metric.help, metric.kind);
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
            exposition::value(out, &row.head, self.series[row.place.0].value());
        }
    }
}

/// Labels by name: two series with the same ones are the same, in whatever order they were named.
pub fn by_name(pairs: &[(&str, &str)]) -> Labels {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

/// A text that only the same labels have.
fn key(labels: &Labels) -> Box<str> {
    let pairs = labels.iter();
    exposition::labels(pairs.map(|(name, value)| (name.as_str(), value.as_str()))).into()
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
