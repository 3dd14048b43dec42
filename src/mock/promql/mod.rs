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
pub(super) use position::of_fault;
pub(super) use precheck::quoted;
use promql_parser::parser::{self, Expr};
pub use selectors::Selector;

/// What the parser says of a text that has the wrong form; [`of_fault`] says where.
pub(super) const UNPLACED: &str = "invalid promql query";

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
mod tests {
    use super::*;

    fn parse(text: &str) -> Expression {
        Expression::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn what_is_not_promql_is_said_in_one_line() {
        for text in [
            "",
            "mem >",
            "mem > > 1",
            "rate(mem)",
            "rate(mem[5])",
            "mem offset inf",
            "no_such_function(mem)",
            "sum(mem) by",
            "{}",
            "mem{device=~\"(\"}",
            "mem{a=\"b\" or c=\"d\"}",
            "mem > bool",
            "1 > 2",
            "mem and 1",
            "mem{threshold}",
            "mem\n>\n>\n",
        ] {
            let error = Expression::parse(text).map(|_| text).unwrap_err();
            assert!(!error.trim().is_empty(), "{text}");
            assert!(!error.contains('\n'), "{text}: {error}");
        }
    }

    #[test]
    fn every_metric_that_is_selected_is_named_once() {
        let expression = parse(
            "rate(a_total[5m]) / on(job) b > 0 and {__name__=\"c\"} or sum(max_over_time(d[5m:1m])) unless a_total",
        );
        assert_eq!(
            expression.metrics(),
            ["a_total", "b", "c", "d"].map(str::to_owned).into()
        );
        assert!(parse("vector(1)").metrics().is_empty());
    }

    #[test]
    fn an_expression_as_deep_as_is_allowed_is_read_and_worth_something() {
        let labels = BTreeMap::new();
        let subject = Subject {
            metric: "m",
            labels: &labels,
        };
        let sample = Sample {
            at: Duration::ZERO,
            value: 1.0,
        };
        for text in [
            format!("{}m", "-".repeat(998)),
            format!("{}m{}", "abs(".repeat(333), ")".repeat(333)),
            ["m"; 500].join(" ^ "),
            ["m"; 500].join(" or "),
        ] {
            let expression = parse(&text);
            assert_eq!(expression.metrics().len(), 1);
            assert!(!expression.has_condition());
            let predictor = expression.predictor(&subject).unwrap();
            assert_eq!(predictor.at(&[sample], Duration::ZERO), Some(1.0));
        }
    }

    #[test]
    fn the_result_keeps_the_labels_that_an_aggregation_leaves() {
        let labels = BTreeMap::new();
        let subject = Subject {
            metric: "mem",
            labels: &labels,
        };
        for (text, device, job) in [
            ("rate(mem[5m]) > 1", true, true),
            ("sum by (device) (mem) > 1", true, false),
            ("sum without (device) (mem) > 1", false, true),
            ("sum(mem) > 1", false, false),
        ] {
            let predictor = parse(text).predictor(&subject).unwrap();
            let kept = (predictor.keeps("device"), predictor.keeps("job"));
            assert_eq!(kept, (device, job), "{text}");
        }
    }

    #[test]
    fn the_reach_is_the_longest_window_with_its_offset() {
        let labels = BTreeMap::new();
        let subject = Subject {
            metric: "mem",
            labels: &labels,
        };
        for (text, minutes) in [
            ("mem > 1", 0),
            ("mem offset 7m > 1", 7),
            ("mem offset -7m > 1", 0),
            ("delta(mem[5m]) > 1", 5),
            ("delta(mem[5m] offset 10m) > 1 and mem > 2", 15),
            (
                "delta(mem[5m] offset -2m) > 1 or rate(mem[1m] offset 1m) > 1",
                3,
            ),
        ] {
            let predictor = parse(text).predictor(&subject).unwrap();
            assert_eq!(
                predictor.reach(),
                Duration::from_secs(60 * minutes),
                "{text}"
            );
        }
    }

    #[test]
    fn a_subquery_reaches_back_further_than_what_it_asks() {
        for (text, minutes) in [
            ("max_over_time(rate(mem[5m])[1h:1m]) > 1", 65),
            ("max_over_time(mem[1h:] offset 10m) > 1", 70),
            ("sum(rate(mem[5m])) / sum(rate(other[10m])) > 1", 10),
        ] {
            let reach = parse(text).reach();
            assert_eq!(reach, Duration::from_secs(60 * minutes), "{text}");
        }
    }

    #[test]
    fn a_condition_holds_from_the_first_sample_past_the_threshold_until_the_first_before_it() {
        let labels = BTreeMap::new();
        let subject = Subject {
            metric: "mem",
            labels: &labels,
        };
        let predictor = parse("mem > 90").predictor(&subject).unwrap();
        let samples: Vec<Sample> = (0_u32..)
            .zip([10.0, 90.0, 91.0, 95.0, 80.0])
            .map(|(i, value)| Sample {
                at: Duration::from_secs(15) * i,
                value,
            })
            .collect();
        let at = |seconds| predictor.at(&samples, Duration::from_secs(seconds));
        assert_eq!((at(0), at(15), at(29)), (None, None, None));
        assert_eq!((at(30), at(44)), (Some(91.0), Some(91.0)));
        assert_eq!((at(45), at(59), at(60)), (Some(95.0), Some(95.0), None));
    }
}
