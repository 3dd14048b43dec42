//! A selector, and those that an expression cannot do without.

use std::{collections::BTreeMap, fmt};

use promql_parser::parser::{
    Expr, VectorSelector,
    token::{T_LOR, T_LUNLESS},
};

use crate::{selection, series_ref::SeriesRef};

/// A vector selector, without its window and offset.
#[derive(Debug, Clone)]
pub struct Selector(VectorSelector);

impl Selector {
    /// Every selector of `expr`, those of ranges included.
    pub(super) fn all(expr: &Expr) -> Vec<Self> {
        let selectors = selection::selectors(expr).into_iter();
        selectors.map(Self).collect()
    }

    /// The metric that the selector names, if it names one.
    pub fn metric(&self) -> Option<&str> {
        selection::metric_name(&self.0)
    }

    /// Whether it selects the series of `metric` with these labels plus those that the scrape adds.
    pub fn selects(&self, metric: &str, labels: &BTreeMap<String, String>) -> bool {
        let named = self.0.name.as_deref().is_none_or(|name| name == metric);
        let series = SeriesRef { metric, labels };
        let mut matchers = self.0.matchers.matchers.iter();
        named && matchers.all(|matcher| selection::matches(matcher, &series))
    }

    /// Whether it may select a series of `job`, a job without the label `drill`.
    pub fn may_select_job(&self, job: &str) -> bool {
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

/// The selectors without whose series `expr` has no result.
pub(super) fn required(expr: &Expr) -> Vec<Selector> {
    let mut found = Vec::new();
    collect_required(expr, &mut found);
    found
}

/// The selectors in the arguments of `histogram_quantile`.
pub(super) fn histograms(expr: &Expr) -> Vec<Selector> {
    let calls = selection::collect(expr, |expr| match expr {
        Expr::Call(call) if call.func.name == "histogram_quantile" => Some(call.args.clone()),
        _ => None,
    });
    let arguments = calls.iter().flat_map(|arguments| &arguments.args);
    arguments.flat_map(|one| Selector::all(one)).collect()
}

fn collect_required(expr: &Expr, found: &mut Vec<Selector>) {
    match expr {
        Expr::VectorSelector(selector) => found.push(Selector(selector.clone())),
        Expr::MatrixSelector(matrix) => found.push(Selector(matrix.vs.clone())),
        Expr::Aggregate(aggregate) => collect_required(&aggregate.expr, found),
        Expr::Unary(unary) => collect_required(&unary.expr, found),
        Expr::Paren(paren) => collect_required(&paren.expr, found),
        Expr::Subquery(subquery) => collect_required(&subquery.expr, found),
        Expr::Binary(binary) if binary.op.id() == T_LOR => {}
        Expr::Binary(binary) => {
            collect_required(&binary.lhs, found);
            if binary.op.id() != T_LUNLESS {
                collect_required(&binary.rhs, found);
            }
        }
        Expr::Call(call) if matches!(call.func.name, "absent" | "absent_over_time" | "scalar") => {}
        Expr::Call(call) => call
            .args
            .args
            .iter()
            .for_each(|one| collect_required(one, found)),
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::Extension(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::Expression;

    #[test]
    fn required_selectors_are_displayed_as_they_are_written() {
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
            let written: Vec<_> = required.iter().map(ToString::to_string).collect();
            assert_eq!(written, expected, "{text}");
        }
    }
}
