//! The bounds of the numbers that drive a metric.

use prometheus_api::exposition::metric_type::MetricType;

/// The largest rate of a counter, in events per second, and the most events at once.
const MAX_EVENTS: f64 = 1e6;
/// The largest value of a gauge. Sums of its squares do not overflow.
const MAX_VALUE: f64 = 1e30;

/// Checks a value of a gauge, or the events per second of a counter.
///
/// # Errors
/// What the number must be.
pub fn check_number(number: f64, kind: MetricType) -> Result<(), String> {
    match kind {
        MetricType::Counter => check_non_negative(number, kind),
        _ if number.abs() <= MAX_VALUE => Ok(()),
        _ => Err(format!(
            "must be from -{MAX_VALUE:e} to {MAX_VALUE:e}, found {number:e}"
        )),
    }
}

/// Checks a number as [`check_number`] does, and that it is not negative.
///
/// # Errors
/// What the number must be.
pub fn check_non_negative(number: f64, kind: MetricType) -> Result<(), String> {
    let (max, what) = match kind {
        MetricType::Counter => (MAX_EVENTS, ", as a counter's events"),
        _ => (MAX_VALUE, ""),
    };
    if (0.0..=max).contains(&number) {
        return Ok(());
    }
    Err(format!("must be from 0 to {max:e}{what}, found {number:e}"))
}
