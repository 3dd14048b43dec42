//! Which series the aggregations of an expression put together.

use std::collections::BTreeMap;

use promql_parser::parser::{AggregateExpr, Expr, LabelModifier};

use crate::{selection, selector::Selector, series_ref::SeriesRef};

/// Every aggregation in `expr`.
pub(super) fn aggregations(expr: &Expr) -> Vec<AggregateExpr> {
    selection::collect(expr, |expr| match expr {
        Expr::Aggregate(aggregate) => Some(aggregate.clone()),
        _ => None,
    })
}

/// The first of `others` that an aggregation of `expr` puts into one group with `series`.
pub(super) fn in_same_group<'o>(
    expr: &Expr,
    series: &SeriesRef<'_>,
    others: &(impl Iterator<Item = (&'o str, &'o BTreeMap<String, String>)> + Clone),
) -> Option<(&'o str, &'o BTreeMap<String, String>)> {
    let SeriesRef { metric, labels } = *series;
    aggregations(expr).into_iter().find_map(|aggregation| {
        let selectors = Selector::all(&aggregation.expr);
        let selects = |metric, labels| selectors.iter().any(|one| one.selects(metric, labels));
        let group = |labels| group(aggregation.modifier.as_ref(), labels);
        if !selects(metric, labels) {
            return None;
        }
        let mut others = others.clone();
        others.find(|(other, theirs)| {
            let is_other = *other != metric || *theirs != labels;
            is_other && selects(other, theirs) && group(theirs) == group(labels)
        })
    })
}

/// The labels by which an aggregation groups: series for which they are equal are in one group.
fn group<'l>(
    modifier: Option<&LabelModifier>,
    labels: &'l BTreeMap<String, String>,
) -> Vec<(&'l str, &'l str)> {
    let pairs = labels
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let has = |names: &[String], name: &str| names.iter().any(|one| one == name);
    pairs
        .filter(|(name, _)| match modifier {
            None => false,
            Some(LabelModifier::Include(by)) => has(&by.labels, name),
            Some(LabelModifier::Exclude(without)) => !has(&without.labels, name),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Expression;

    fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(owned).collect()
    }

    #[test]
    fn a_series_that_is_aggregated_with_another_is_found() {
        let own = labels(&[("service", "api"), ("code", "500")]);
        let others = [
            ("m", labels(&[("service", "api"), ("code", "200")])),
            ("m", labels(&[("service", "web"), ("code", "500")])),
            ("n", labels(&[])),
        ];
        for (text, other) in [
            ("m > 5", None),
            ("sum by (service) (rate(m[5m])) > 5", Some(0)),
            ("sum by (service) (m{code=~\"5..\"}) > 5", None),
            (
                "sum by (service) (m{code=~\"5..\"}) / sum by (service) (m) > 5",
                Some(0),
            ),
            ("sum(m{code=\"500\"}) > 5", Some(1)),
            ("avg without (code) (m) > 5", Some(0)),
            ("avg without (other) (m) > 5", None),
            ("sum(n) > 5", None),
            ("sum(m{code=\"500\",service=\"api\"}) > 1", None),
        ] {
            let series = others.iter().map(|(name, labels)| (*name, labels));
            let found = Expression::parse(text)
                .unwrap()
                .aggregates(("m", &own), &series);
            let expected = other.map(|index: usize| (others[index].0, &others[index].1));
            assert_eq!(found, expected, "{text}");
        }
    }
}
