//! Whether the labels of an alert's series are those that its expression selects.

use std::collections::BTreeSet;

use promql_parser::{
    label::{METRIC_NAME, Matcher},
    parser::Expr,
};

use crate::{selection, series_ref::SeriesRef};

/// The labels that `series` lacks and that a selector of its metric asks for.
pub(super) fn missing(expr: &Expr, series: &SeriesRef<'_>) -> BTreeSet<String> {
    let selectors = selection::selectors(expr).into_iter();
    let own = selectors.filter(|s| selection::metric_name(s) == Some(series.metric));
    let matchers = own.flat_map(|own| own.matchers.matchers);
    let unsatisfied = matchers.filter(|matcher| {
        matcher.name != METRIC_NAME
            && !series.labels.contains_key(&matcher.name)
            && !selection::matches_without_label(matcher)
    });
    unsatisfied.map(|matcher| matcher.name).collect()
}

/// The first matcher that a label of `series` contradicts, if every selector of its metric has such a matcher.
pub(super) fn contradicting(expr: &Expr, series: &SeriesRef<'_>) -> Option<Matcher> {
    let contradicts = |matcher: &Matcher| {
        let value = series.labels.get(&matcher.name);
        value.is_some_and(|value| !matcher.is_match(value))
    };
    let selectors = selection::selectors(expr).into_iter();
    let own = selectors.filter(|s| selection::metric_name(s) == Some(series.metric));
    let mut found = own.map(|s| s.matchers.matchers.into_iter().find(contradicts));
    let first = found.next().flatten();
    first.filter(|_| found.all(|matcher| matcher.is_some()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::Expression;

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
            let found = Expression::parse(text)
                .unwrap()
                .missing_labels("disk", &labels);
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
            let found = expression.contradicted_label("disk", &labels);
            let found = found.map(|(_, matcher)| matcher);
            assert_eq!(found.as_deref(), matcher, "{text}");
        }
    }
}
