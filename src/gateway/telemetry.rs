//! The gateway's own metrics.

use prometheus::{Histogram, IntCounter};

/// The metrics of one source that the gateway reads from.
#[derive(Debug, Clone)]
pub struct SourceTelemetry {
    /// `service_metrics_collected_total{source}`: answers.
    pub collected: IntCounter,
    /// `service_metrics_errors_total{source}`: questions without an answer.
    pub errors: IntCounter,
    /// `service_metrics_poll_duration_seconds{source}`: how long either took.
    pub duration: Histogram,
}

impl SourceTelemetry {
    /// Metrics that no registry knows, for tests.
    pub fn unregistered() -> Self {
        let valid = "the name is a valid metric name";
        Self {
            collected: IntCounter::new("collected_total", "Answers.").expect(valid),
            errors: IntCounter::new("errors_total", "Failures.").expect(valid),
            duration: Histogram::with_opts(prometheus::HistogramOpts::new(
                "poll_duration_seconds",
                "Durations.",
            ))
            .expect(valid),
        }
    }
}
