//! Conditions: the parts of an expression that can leave it without a result although its series has samples.

use promql_parser::parser::{
    BinaryExpr, Call, Expr,
    token::{T_LAND, T_LOR, T_LUNLESS},
};

use crate::translate;

/// Whether `expr` can be without a result while its series has samples.
pub(super) fn can_be_empty(expr: &Expr) -> bool {
    match expr {
        Expr::Binary(binary) => in_binary(binary),
        Expr::Call(call) => in_call(call),
        Expr::Aggregate(aggregate) => can_be_empty(&aggregate.expr),
        Expr::Unary(unary) => can_be_empty(&unary.expr),
        Expr::Paren(paren) => can_be_empty(&paren.expr),
        Expr::Subquery(subquery) => can_be_empty(&subquery.expr),
        Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::VectorSelector(_)
        | Expr::MatrixSelector(_)
        | Expr::Extension(_) => false,
    }
}

/// The compared expression and the number, where `expr` is a comparison with a number.
pub(super) fn comparison(expr: &Expr) -> Option<(&Expr, f64)> {
    let binary = filter(expr)?;
    match (
        translate::constant(&binary.lhs),
        translate::constant(&binary.rhs),
    ) {
        (None, Some(number)) => Some((&binary.lhs, number)),
        (Some(number), None) => Some((&binary.rhs, number)),
        _ => None,
    }
}

/// Whether `value` satisfies `expr`, where that is a comparison with a number.
pub(super) fn passes(expr: &Expr, value: f64) -> Option<bool> {
    let binary = filter(expr)?;
    let comparison = translate::comparison_operator(binary.op.id())?;
    match (
        translate::constant(&binary.lhs),
        translate::constant(&binary.rhs),
    ) {
        (None, Some(number)) => Some(comparison.holds(value, number)),
        (Some(number), None) => Some(comparison.holds(number, value)),
        _ => None,
    }
}

/// Whether `expr` is `absent(…)` or `absent_over_time(…)`, also compared with a number.
pub(super) fn is_absence(expr: &Expr) -> bool {
    match expr {
        Expr::Paren(paren) => is_absence(&paren.expr),
        Expr::Call(call) => matches!(call.func.name, "absent" | "absent_over_time"),
        _ => comparison(expr).is_some_and(|(compared, _)| is_absence(compared)),
    }
}

/// The operation at the top of `expr`, where it is a comparison without `bool`.
fn filter(expr: &Expr) -> Option<&BinaryExpr> {
    match expr {
        Expr::Paren(paren) => filter(&paren.expr),
        Expr::Binary(binary) => {
            let filters = binary.op.is_comparison_operator() && !binary.return_bool();
            filters.then_some(binary)
        }
        _ => None,
    }
}

fn in_binary(binary: &BinaryExpr) -> bool {
    let (left, right) = (can_be_empty(&binary.lhs), can_be_empty(&binary.rhs));
    match binary.op.id() {
        T_LAND | T_LUNLESS => true,
        T_LOR => left && right,
        _ if binary.op.is_comparison_operator() && !binary.return_bool() => true,
        _ => left || right,
    }
}

fn in_call(call: &Call) -> bool {
    match call.func.name {
        "absent" | "absent_over_time" => true,
        // `scalar` gives NaN for an empty vector.
        "scalar" => false,
        _ => call.args.args.iter().any(|argument| can_be_empty(argument)),
    }
}

#[cfg(test)]
mod tests {
    use crate::Expression;

    #[test]
    fn an_expression_that_can_be_without_a_result_has_a_condition() {
        for text in [
            "up == 0",
            "0.5 < up",
            "(rate(errors_total[5m]) / rate(requests_total[5m])) > 0.1",
            "up and errors_total",
            "up unless errors_total",
            "up > 1 or up < 0",
            "absent(up)",
            "absent_over_time(up[5m])",
            "sum(up > 1)",
            "-(up > 1)",
            "100 * (up > 1)",
            "(up > 1) > bool 2",
            "abs(up > 1)",
            "max_over_time((up > 1)[5m:])",
        ] {
            assert!(Expression::parse(text).unwrap().has_condition(), "{text}");
        }
    }

    #[test]
    fn an_expression_that_always_has_a_result_has_none() {
        for text in [
            "up",
            "1",
            "1 > bool 0",
            "up > bool 1",
            "rate(errors_total[5m]) / 5",
            "up > 1 or up",
            "sum(up) by (job)",
            "vector(scalar(up > 1))",
        ] {
            assert!(!Expression::parse(text).unwrap().has_condition(), "{text}");
        }
    }

    #[test]
    fn a_filter_by_a_number_is_taken_apart() {
        for (text, compared, number) in [
            ("up == 0", "up", 0.0),
            ("(rate(up[5m]) > -2 * 3)", "rate(up[5m])", -6.0),
            ("0.5 < up", "up", 0.5),
        ] {
            let (found, with) = Expression::parse(text).unwrap().comparison().unwrap();
            let expected = Expression::parse(compared).unwrap();
            assert_eq!(format!("{found:?}"), format!("{expected:?}"), "{text}");
            assert_eq!(with, number, "{text}");
        }
        for text in [
            "up",
            "up > bool 1",
            "up > up offset 1m",
            "up > 1 and up < 2",
        ] {
            let expression = Expression::parse(text).unwrap();
            assert!(expression.comparison().is_none(), "{text}");
        }
    }

    #[test]
    fn a_value_passes_its_filter_or_not() {
        let passes = |text, value| Expression::parse(text).unwrap().passes(value);
        assert_eq!(passes("up > 5", 5.1), Some(true));
        assert_eq!(passes("up > 5", 5.0), Some(false));
        assert_eq!(passes("5 < up", 5.1), Some(true));
        assert_eq!(passes("(rate(up[1m]) <= (-1))", -1.0), Some(true));
        assert_eq!(passes("up == 0", 0.0), Some(true));
        assert_eq!(passes("up > 5", f64::NAN), Some(false));
        for text in ["up > n", "up > bool 5", "up and n", "absent(up)"] {
            assert_eq!(passes(text, 1.0), None, "{text}");
        }
    }
}
