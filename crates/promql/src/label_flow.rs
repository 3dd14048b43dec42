//! Which labels of its series a result still has, and whether two expressions mean the same.

use promql_parser::parser::{self, Expr, LabelModifier};

use crate::{expression::Expression, series_ref::SeriesRef};

/// Whether two expressions mean the same, however they are written.
pub fn are_equivalent(a: &str, b: &str) -> bool {
    let normalized = |text: &str| parser::parse(text).map(|expr| expr.to_string());
    match (normalized(a), normalized(b)) {
        (Ok(a), Ok(b)) => a == b,
        _ => a.trim() == b.trim(),
    }
}

/// Whether the result of `expr` has the label `label` of the series `series`. Of an expression that cannot be predicted,
/// its first aggregation decides.
pub fn keeps_label(expr: &str, series: &SeriesRef<'_>, label: &str) -> bool {
    let predictor = Expression::parse(expr).and_then(|expr| expr.predictor(series));
    predictor.map_or_else(
        |_| leading_part_keeps(expr, label),
        |predictor| predictor.keeps(label),
    )
}

fn leading_part_keeps(expr: &str, label: &str) -> bool {
    let Ok(expr) = parser::parse(expr) else {
        return true;
    };
    let Expr::Aggregate(aggregate) = leading(&expr) else {
        return true;
    };
    let names = |labels: &[String]| labels.iter().any(|name| name == label);
    match &aggregate.modifier {
        Some(LabelModifier::Include(by)) => names(&by.labels),
        Some(LabelModifier::Exclude(without)) => !names(&without.labels),
        None => false,
    }
}

/// The part that gives a result its labels: the left side, unless that is a number.
fn leading(expr: &Expr) -> &Expr {
    match expr {
        Expr::Paren(paren) => leading(&paren.expr),
        Expr::Binary(binary) => match *binary.lhs {
            Expr::NumberLiteral(_) => leading(&binary.rhs),
            _ => leading(&binary.lhs),
        },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn expressions_are_compared_by_what_they_mean() {
        assert!(are_equivalent("m>1", "m > 1.0"));
        assert!(are_equivalent("rate(m[2m]) > 0.5", "rate( m [120s] ) > .5"));
        assert!(!are_equivalent("m > 1", "m > 2") && !are_equivalent("m > 1", "m >= 1"));
        assert!(are_equivalent("not promql (", "not promql ("));
    }

    #[test]
    fn an_aggregation_keeps_some_labels_only_whether_it_can_be_predicted_or_not() {
        let labels = ["a", "b"].map(|name| (name.to_owned(), "x".to_owned()));
        let labels: BTreeMap<_, _> = labels.into();
        let series = SeriesRef {
            metric: "m",
            labels: &labels,
        };
        for (expr, kept, job) in [
            ("m > 1", "ab", true),
            ("1 < (sum by (a, c) (rate(m[1m])) * 60)", "a", false),
            ("max without (a) (m) > 1", "b", true),
            ("sum(m) > 1", "", false),
            ("sum by (a) (m) / sum by (a) (n) > 1", "a", false),
            ("1 < (sum without (b) (m / n))", "a", true),
            ("m / n > 1", "ab", true),
        ] {
            let found = ["a", "b"].map(|name| {
                if keeps_label(expr, &series, name) {
                    name
                } else {
                    ""
                }
            });
            assert_eq!(found.concat(), kept, "{expr}");
            assert_eq!(keeps_label(expr, &series, "job"), job, "{expr}");
        }
    }
}
