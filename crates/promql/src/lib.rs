//! Reads an alert rule's expression and says what one series makes of it over time: for checking a catalogue, for the
//! live state of a condition, for the time that theory allows in a drill, for a history of alerts.
//!
//! ```text
//! text ──▶ Expression (the crate promql-parser) ──▶ Predictor (our tree) ──▶ value at a time, or nothing
//! ```
//! The meaning is that of Prometheus 2.42, checked against its `promtool test rules`, bit by bit: a range includes both of
//! its ends, a newest sample counts for five minutes, sums are compensated where Prometheus compensates them. Only `exp`,
//! `ln` and powers may differ, in the last bit: Go has its own. Later versions of Prometheus 2 (since prometheus#13725,
//! March 2024) differ in one corner of `rate` and `increase`: how far before its first sample a counter that has just
//! begun is taken to have begun.

mod condition;
mod evaluate;
mod fit;
mod functions;
mod labels;
mod position;
mod precheck;
mod range;
mod read;
mod regression;
mod selector;
mod selectors;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use labels::Labels;
pub use position::of_fault;
pub use precheck::quoted;
use promql_parser::parser::{self, Expr};
pub use selectors::Selector;

/// What the parser says of a text that has the wrong form; [`of_fault`] says where.
pub const UNPLACED: &str = "invalid promql query";

/// One sample of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Since any origin; a fraction of a millisecond is dropped, as Prometheus does.
    pub at: Duration,
    /// In the unit of its metric.
    pub value: f64,
}

/// The series that an expression is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Its metric.
    pub metric: &'a str,
    /// Its labels. The scrape adds `job`, `instance` and `drill` where they are not among them.
    pub labels: &'a BTreeMap<String, String>,
}

/// An expression that is PromQL.
#[derive(Debug, Clone)]
pub struct Expression(Expr);

impl Expression {
    /// Parses.
    ///
    /// # Errors
    ///
    /// Why it is not PromQL, in one line.
    pub fn parse(text: &str) -> Result<Self, String> {
        precheck::check(text)?;
        functions::know_those_of_prometheus_2();
        let expr = parser::parse(text).map_err(|error| one_line(&error))?;
        selector::check(&expr)?;
        Ok(Self(expr))
    }

    /// Every metric that it selects by name.
    pub fn metrics(&self) -> BTreeSet<String> {
        let selectors = selector::all(&self.0);
        let names = selectors.iter().filter_map(|s| selector::metric(s));
        names.map(str::to_owned).collect()
    }

    /// Whether it holds only while there are no samples: `absent(m)`, perhaps compared with a number.
    pub fn is_absence(&self) -> bool {
        condition::is_absence(&self.0)
    }

    /// The shortest window of which it takes a change (`rate`, `deriv`, …), for which two samples are needed.
    pub fn shortest_change(&self) -> Option<Duration> {
        selector::shortest_change(&self.0)
    }

    /// How far back it looks: the longest window with its offset, and the windows of subqueries besides.
    pub fn reach(&self) -> Duration {
        selector::reach(&self.0)
    }

    /// Whether it is a filter by a number of the samples of `metric` as they are, or of an aggregation of these.
    pub fn compares_as_it_is(&self, metric: &str) -> bool {
        condition::comparison(&self.0)
            .and_then(|(compared, _)| selector::plain(compared))
            .is_some_and(|selector| selector::metric(selector) == Some(metric))
    }

    /// What tells its value over time from the samples of `subject` alone. Aggregations see no other series.
    ///
    /// # Errors
    ///
    /// Why that cannot be told, as the rest of a sentence about the expression: `uses histogram_quantile`,
    /// `selects errors_total besides requests_total`.
    pub fn predictor(&self, subject: &Subject<'_>) -> Result<Predictor, String> {
        selector::serve(&self.0, subject)?;
        let part = read::part(&self.0)?;
        Ok(Predictor {
            tree: part.node,
            labels: part.labels.unwrap_or_else(Labels::all),
            reach: selector::reach(&self.0),
        })
    }

    /// What is compared and the number that it is compared with, where the expression as a whole is such a filter.
    pub fn comparison(&self) -> Option<(Self, f64)> {
        let (compared, number) = condition::comparison(&self.0)?;
        Some((Self(compared.clone()), number))
    }

    /// Whether a value passes, where the expression as a whole is a filter by a number.
    pub fn passes(&self, value: f64) -> Option<bool> {
        condition::passes(&self.0, value)
    }

    /// Whether it can be without a result while its series has samples: by a filter (`>`), `and`, `unless`, `absent`.
    /// An alert whose expression cannot fires always.
    pub fn has_condition(&self) -> bool {
        condition::stands_in(&self.0)
    }
}

/// Predicts what an expression makes of one series.
#[derive(Debug, Clone)]
pub struct Predictor {
    tree: evaluate::Node,
    labels: Labels,
    reach: Duration,
}

impl Predictor {
    /// The value while the condition holds at `now`, `None` while it does not. `samples` are sorted by time, and count
    /// from the same origin as `now`; those after `now` do not matter.
    pub fn at(&self, samples: &[Sample], now: Duration) -> Option<f64> {
        self.tree.at(samples, range::millis(now))
    }

    /// Whether the result still has the series' label of that name.
    pub fn keeps(&self, label: &str) -> bool {
        self.labels.has(label)
    }

    /// How far back it looks: the longest window with its offset, without the five minutes for which a newest sample
    /// counts.
    pub fn reach(&self) -> Duration {
        self.reach
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[path = "promql_tests.rs"]
mod tests;
