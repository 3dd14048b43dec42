//! The key `expr`.

use promql::Expression;

use super::entry_errors::EntryErrors;

/// The start of the error for an expression that is not PromQL.
pub(super) const NOT_PROMQL: &str = "is not PromQL: ";

/// Parses an expression.
///
/// # Errors
/// Why it is not PromQL, to be shown after the key.
pub(crate) fn parse_promql(expr: &str) -> Result<Expression, String> {
    Expression::parse(expr).map_err(|reason| format!("{NOT_PROMQL}{reason}: {expr}"))
}

/// The only metric that an expression selects.
pub(super) fn only_metric(expr: &str, errors: &mut EntryErrors) -> Option<String> {
    let expression = errors.take("expr", parse_promql(expr))?;
    let metrics: Vec<_> = expression.metrics().into_iter().collect();
    let one = <[String; 1]>::try_from(metrics).map_err(|metrics| {
        format!(
            "is missing, and expr does not select exactly one: {expr:?} selects {}",
            metrics.len()
        )
    });
    errors.take("metric", one).map(|[metric]| metric)
}
