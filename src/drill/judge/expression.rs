//! What a drill must know of an expression: whether two say the same, whether a value fulfils it, and whether it keeps
//! the labels of its series.

use std::collections::BTreeMap;

use promql_parser::parser::{
    self, Expr, LabelModifier,
    token::{T_EQLC, T_GTE, T_GTR, T_LSS, T_LTE, T_NEQ},
};

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
    let expr = parser::parse(expr).ok()?;
    let Expr::Binary(binary) = bare(&expr) else {
        return None;
    };
    let limit = number(&binary.rhs)?;
    if binary.return_bool() {
        return None;
    }
    Some(match binary.op.id() {
        T_GTR => value > limit,
        T_GTE => value >= limit,
        T_LSS => value < limit,
        T_LTE => value <= limit,
        T_EQLC => value == limit,
        T_NEQ => value != limit,
        _ => return None,
    })
}

/// Whether labels of the series are lost in it, since it sums or counts.
pub(crate) fn aggregates(expr: &str) -> bool {
    parser::parse(expr).is_ok_and(|expr| matches!(leading(&expr), Expr::Aggregate(_)))
}

/// Those of `labels`, which its series has, that its result still has.
pub(crate) fn kept(expr: &str, labels: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut kept = labels.clone();
    let Ok(expr) = parser::parse(expr) else {
        return kept;
    };
    if let Expr::Aggregate(aggregate) = leading(&expr) {
        match &aggregate.modifier {
            Some(LabelModifier::Include(by)) => kept.retain(|name, _| by.labels.contains(name)),
            Some(LabelModifier::Exclude(without)) => {
                kept.retain(|name, _| !without.labels.contains(name));
            }
            None => kept.clear(),
        }
    }
    kept
}

/// The part that gives a result its labels: the left side, unless that is a number.
fn leading(mut expr: &Expr) -> &Expr {
    while let Expr::Binary(binary) = bare(expr) {
        expr = match number(&binary.lhs) {
            None => &binary.lhs,
            Some(_) => &binary.rhs,
        };
    }
    bare(expr)
}

fn bare(mut expr: &Expr) -> &Expr {
    while let Expr::Paren(paren) = expr {
        expr = &paren.expr;
    }
    expr
}

fn number(expr: &Expr) -> Option<f64> {
    match bare(expr) {
        Expr::NumberLiteral(number) => Some(number.val),
        Expr::Unary(unary) => number(&unary.expr).map(|value| -value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_compared_by_what_they_say() {
        assert!(same("m>1", "m > 1.0"));
        assert!(same("rate(m[2m]) > 0.5", "rate( m [120s] ) > .5"));
        assert!(!same("m > 1", "m > 2") && !same("m > 1", "m >= 1"));
        assert!(same("not promql (", "not promql ("));
    }

    #[test]
    fn a_value_fulfils_its_condition_or_not() {
        assert_eq!(fulfils("m > 5", 5.1), Some(true));
        assert_eq!(fulfils("m > 5", 5.0), Some(false));
        assert_eq!(fulfils("(rate(m[1m]) <= (-1))", -1.0), Some(true));
        assert_eq!(fulfils("m == 0", 0.0), Some(true));
        assert_eq!(fulfils("m > 5", f64::NAN), Some(false));
        for expr in ["m > n", "m > bool 5", "m and n", "absent(m)"] {
            assert_eq!(fulfils(expr, 1.0), None, "{expr}");
        }
    }

    #[test]
    fn what_sums_keeps_only_some_labels() {
        assert!(aggregates("sum by (a) (m) / sum by (a) (n) > 1"));
        assert!(!aggregates("max_over_time(m[1m]) > 1"));
        let labels = BTreeMap::from(["a", "b"].map(|name| (name.to_owned(), "x".to_owned())));
        let kept = |expr| kept(expr, &labels).into_keys().collect::<String>();
        assert_eq!(kept("m > 1"), "ab");
        assert_eq!(kept("1 < (sum by (a, c) (rate(m[1m])) * 60)"), "a");
        assert_eq!(kept("max without (a) (m) > 1"), "b");
        assert_eq!(kept("sum(m) > 1"), "");
    }
}
