//! Whether the labels of an alert's series are those that its expression selects.

use std::collections::{BTreeMap, BTreeSet};

use promql_parser::{
    label::{METRIC_NAME, Matcher},
    parser::Expr,
};

use crate::{Expression, Subject, selector};

impl Expression {
    /// The labels without which a series of `metric` with these `labels` is selected by none of the matchers on them.
    pub fn unset(&self, metric: &str, labels: &BTreeMap<String, String>) -> BTreeSet<String> {
        unset(&self.0, &Subject { metric, labels })
    }

    /// The label of these `labels` that no selector of `metric` takes, and a matcher that refuses it.
    pub fn contradicted(
        &self,
        metric: &str,
        labels: &BTreeMap<String, String>,
    ) -> Option<(String, String)> {
        let matcher = contradicted(&self.0, &Subject { metric, labels })?;
        Some((matcher.name.clone(), matcher.to_string()))
    }
}

/// The labels that `subject` does not have and needs, to be selected by every selector of its metric.
fn unset(expr: &Expr, subject: &Subject<'_>) -> BTreeSet<String> {
    let selectors = selector::all(expr).into_iter();
    let own = selectors.filter(|s| selector::metric(s) == Some(subject.metric));
    let matchers = own.flat_map(|own| own.matchers.matchers);
    let unmet = matchers.filter(|matcher| {
        matcher.name != METRIC_NAME
            && !subject.labels.contains_key(&matcher.name)
            && !selector::is_met_unset(matcher)
    });
    unmet.map(|matcher| matcher.name).collect()
}

/// A matcher on each selector of the metric that a label of `subject` does not meet, if there is one on each: the first.
fn contradicted(expr: &Expr, subject: &Subject<'_>) -> Option<Matcher> {
    let contradicts = |matcher: &Matcher| {
        let value = subject.labels.get(&matcher.name);
        value.is_some_and(|value| !matcher.is_match(value))
    };
    let selectors = selector::all(expr).into_iter();
    let own = selectors.filter(|s| selector::metric(s) == Some(subject.metric));
    let mut found = own.map(|s| s.matchers.matchers.into_iter().find(contradicts));
    let first = found.next().flatten();
    first.filter(|_| found.all(|matcher| matcher.is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_that_is_needed_and_not_there_is_named() {
        for (text, names) in [
            ("disk{mount=\"/\", device=\"sdb\"} > 1", &["mount"][..]),
            ("disk{a!=\"\"} / disk{b=~\".+\"} > 1", &["a", "b"]),
            ("disk{a!=\"b\", job=\"x\"} > 1", &["job"]),
            ("disk{a!=\"b\", job=\"mock-metrics\"} > 1", &[]),
            ("disk > on() size{mount=\"/\"}", &[]),
        ] {
            let labels = BTreeMap::from([("device".to_owned(), "sda".to_owned())]);
            let found = Expression::parse(text).unwrap().unset("disk", &labels);
            assert!(found.iter().eq(names), "{text}: {found:?}");
        }
    }

    #[test]
    fn a_label_that_no_selector_of_the_metric_takes_is_named_with_its_matcher() {
        for (text, matcher) in [
            ("disk{device='sdb'} > 1", Some("device=\"sdb\"")),
            ("disk{device!~'sd.*'} > 1", Some("device!~\"sd.*\"")),
            ("disk{device='sda'} > 1 or disk{device='sdb'} > 5", None),
            ("disk{mount='/'} > on() size{device='sdb'}", None),
        ] {
            let labels = BTreeMap::from([("device".to_owned(), "sda".to_owned())]);
            let expression = Expression::parse(text).unwrap();
            let found = expression.contradicted("disk", &labels);
            let told = found.map(|(_, matcher)| matcher);
            assert_eq!(told.as_deref(), matcher, "{text}");
        }
    }
}
