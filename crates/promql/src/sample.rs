//! One sample of a series, and times in the resolution that Prometheus has.

use std::time::Duration;

/// One sample of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Since any origin. Fractions of a millisecond are dropped, as Prometheus does.
    pub at: Duration,
    /// In the unit of its metric.
    pub value: f64,
}

/// Whole milliseconds: the resolution of times in Prometheus.
pub(super) fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
