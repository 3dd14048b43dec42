//! What a drill must know of an expression: whether two say the same, whether a value fulfils it, and whether it keeps
//! the labels of its series.

use alerting::Labels;
use promql::{Expression, SeriesRef};
use promql_parser::parser::{self, Expr, LabelModifier};
use simulator::catalogue::Alert;

/// Whether two expressions say the same, however they are written.
pub(crate) fn same(a: &str, b: &str) -> bool {
    let plain = |text: &str| parser::parse(text).map(|expr| expr.to_string());
    match (plain(a), plain(b)) {
        (Ok(a), Ok(b)) => a == b,
        _ => a.trim() == b.trim(),
    }
}

/// Whether the value of an alert fulfils a condition such as `… > 5`; `None` where the condition has another form.
pub(crate) fn fulfils(expr: &str, value: f64) -> Option<bool> {
    Expression::parse(expr).ok()?.passes(value)
}

/// Whether the alert still has that label of its series.
pub(crate) fn keeps(alert: &Alert, label: &str) -> bool {
    let subject = SeriesRef {
        metric: &alert.metric,
        labels: &alert.labels,
    };
    let predictor = Expression::parse(&alert.expr).and_then(|expr| expr.predictor(&subject));
    predictor.map_or_else(
        |_| leading_part_keeps(&alert.expr, label),
        |predictor| predictor.keeps(label),
    )
}

/// The labels of its series that the alert still has.
pub(crate) fn kept(alert: &Alert) -> Labels {
    let mut kept = alert.labels.clone();
    kept.retain(|label, _| keeps(alert, label));
    kept
}

/// The same of an expression that cannot be predicted, as far as its first aggregation tells.
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
    use super::*;
    use simulator::lint::CheckedCatalogue;

    #[test]
    fn expressions_are_compared_by_what_they_say() {
        assert!(same("m>1", "m > 1.0"));
        assert!(same("rate(m[2m]) > 0.5", "rate( m [120s] ) > .5"));
        assert!(!same("m > 1", "m > 2") && !same("m > 1", "m >= 1"));
        assert!(same("not promql (", "not promql ("));
    }

    #[test]
    fn what_sums_keeps_only_some_labels_whether_it_can_be_predicted_or_not() {
        let catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
        let mut alert = Alert::clone(catalogue.alert("DiskFull").unwrap());
        alert.metric = "m".to_owned();
        alert.labels = ["a", "b"]
            .map(|name| (name.to_owned(), "x".to_owned()))
            .into();
        for (expr, labels, job) in [
            ("m > 1", "ab", true),
            ("1 < (sum by (a, c) (rate(m[1m])) * 60)", "a", false),
            ("max without (a) (m) > 1", "b", true),
            ("sum(m) > 1", "", false),
            ("sum by (a) (m) / sum by (a) (n) > 1", "a", false),
            ("1 < (sum without (b) (m / n))", "a", true),
            ("m / n > 1", "ab", true),
        ] {
            alert.expr = expr.to_owned();
            assert_eq!(
                kept(&alert).into_keys().collect::<String>(),
                labels,
                "{expr}"
            );
            assert_eq!(keeps(&alert, "job"), job, "{expr}");
        }
    }
}
