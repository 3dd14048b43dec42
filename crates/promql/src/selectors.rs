//! Which series an expression selects: those without which it has no result, and those that it aggregates.

use std::{collections::BTreeMap, fmt};

use promql_parser::parser::{
    AggregateExpr, Expr, LabelModifier, VectorSelector,
    token::{T_LOR, T_LUNLESS},
};

use crate::{Expression, Subject, selector};

/// A selector, without window and offset.
#[derive(Debug, Clone)]
pub struct Selector(VectorSelector);

impl Selector {
    /// The metric that it names.
    pub fn metric(&self) -> Option<&str> {
        selector::metric(&self.0)
    }

    /// Whether it selects the series of `metric` with these labels and those that the scrape adds.
    pub fn selects(&self, metric: &str, labels: &BTreeMap<String, String>) -> bool {
        let named = self.0.name.as_deref().is_none_or(|name| name == metric);
        let series = Subject { metric, labels };
        let mut matchers = self.0.matchers.matchers.iter();
        named && matchers.all(|matcher| selector::meets(matcher, &series))
    }

    /// Whether it may select a series of another job than the simulator's, which is no drill's.
    pub fn may_be_of(&self, job: &str) -> bool {
        let mut matchers = self.0.matchers.matchers.iter();
        matchers.all(|matcher| match matcher.name.as_str() {
            "job" => matcher.is_match(job),
            "drill" => matcher.is_match(""),
            _ => true,
        })
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut plain = self.0.clone();
        plain.offset = None;
        plain.at = None;
        plain.fmt(f)
    }
}

impl Expression {
    /// The selectors without whose series it has no result: not those that `or`, `unless` and `absent` can do without.
    pub fn required(&self) -> Vec<Selector> {
        let mut found = Vec::new();
        required(&self.0, &mut found);
        found
    }

    /// The selectors of classic histograms of which it takes a quantile.
    pub fn histograms(&self) -> Vec<Selector> {
        let calls = selector::found(&self.0, |expr| match expr {
            Expr::Call(call) if call.func.name == "histogram_quantile" => Some(call.args.clone()),
            _ => None,
        });
        let arguments = calls.iter().flat_map(|arguments| &arguments.args);
        let selectors = arguments.flat_map(|one| selector::all(one));
        selectors.map(Selector).collect()
    }

    /// Whether it aggregates anything.
    pub fn is_aggregation(&self) -> bool {
        !aggregations(&self.0).is_empty()
    }

    /// Whether it aggregates the series of `metric` with these `labels` and another one of `others`: the first such.
    pub fn aggregates<'o>(
        &self,
        (metric, labels): (&str, &BTreeMap<String, String>),
        others: &(impl Iterator<Item = (&'o str, &'o BTreeMap<String, String>)> + Clone),
    ) -> Option<(&'o str, &'o BTreeMap<String, String>)> {
        aggregations(&self.0).into_iter().find_map(|aggregation| {
            let selectors: Vec<_> = selector::all(&aggregation.expr)
                .into_iter()
                .map(Selector)
                .collect();
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
}

fn required(expr: &Expr, found: &mut Vec<Selector>) {
    match expr {
        Expr::VectorSelector(selector) => found.push(Selector(selector.clone())),
        Expr::MatrixSelector(matrix) => found.push(Selector(matrix.vs.clone())),
        Expr::Aggregate(aggregate) => required(&aggregate.expr, found),
        Expr::Unary(unary) => required(&unary.expr, found),
        Expr::Paren(paren) => required(&paren.expr, found),
        Expr::Subquery(subquery) => required(&subquery.expr, found),
        Expr::Binary(binary) if binary.op.id() == T_LOR => {}
        Expr::Binary(binary) => {
            required(&binary.lhs, found);
            if binary.op.id() != T_LUNLESS {
                required(&binary.rhs, found);
            }
        }
        Expr::Call(call) if matches!(call.func.name, "absent" | "absent_over_time" | "scalar") => {}
        Expr::Call(call) => call.args.args.iter().for_each(|one| required(one, found)),
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::Extension(_) => {}
    }
}

fn aggregations(expr: &Expr) -> Vec<AggregateExpr> {
    selector::found(expr, |expr| match expr {
        Expr::Aggregate(aggregate) => Some(aggregate.clone()),
        _ => None,
    })
}

/// The labels that an aggregation keeps of a series: series that have the same are one.
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

    fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(owned).collect()
    }

    #[test]
    fn what_an_expression_cannot_do_without_is_told_as_it_is_written() {
        for (text, expected) in [
            ("a{b=\"c\"} offset 5m > 1", &["a{b=\"c\"}"][..]),
            (
                "rate(a[5m]) / on (x) b * 100 > 5 and c == 0",
                &["a", "b", "c"],
            ),
            ("a > 1 or b > 1", &[]),
            ("a > 1 unless b", &["a"]),
            ("absent(a)", &[]),
            (
                "sum by (x) (max_over_time((a + b)[5m:1m])) > 1",
                &["a", "b"],
            ),
        ] {
            let required = Expression::parse(text).unwrap().required();
            let told: Vec<_> = required.iter().map(ToString::to_string).collect();
            assert_eq!(told, expected, "{text}");
        }
    }

    #[test]
    fn a_series_that_is_aggregated_with_another_is_told() {
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
