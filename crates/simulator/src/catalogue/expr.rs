//! The key `expr`.

use promql::Expression;

use super::entry::Faults;
/// The one metric that an expression selects.
pub(super) fn selected(expr: &str, faults: &mut Faults) -> Option<String> {
    let expression = faults.take("expr", promql(expr))?;
    let metrics: Vec<_> = expression.metrics().into_iter().collect();
    let one = <[String; 1]>::try_from(metrics).map_err(|metrics| {
        format!(
            "is missing, and expr does not select exactly one: {expr:?} selects {}",
            metrics.len()
        )
    });
    faults.take("metric", one).map(|[metric]| metric)
}

/// How a fault begins of an expression that is none.
pub(super) const NOT_PROMQL: &str = "is not PromQL: ";

/// Reads an expression.
///
/// # Errors
/// Why it is none, to be told after the key.
pub(super) fn promql(expr: &str) -> Result<Expression, String> {
    Expression::parse(expr).map_err(|told| format!("{NOT_PROMQL}{told}: {expr}"))
}
