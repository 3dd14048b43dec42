//! What is counted of each source of data.

use prometheus::{Histogram, HistogramOpts, HistogramVec, IntCounter, Registry, Result};

use super::{DURATIONS, counters, register};
use crate::messages::source::Source;

/// One source's counters.
#[derive(Clone)]
pub struct SourceMetrics {
    /// Answers taken in.
    pub collected: IntCounter,
    /// Answers that failed.
    pub errors: IntCounter,
    /// How long a poll, or a database query, took.
    pub duration: Histogram,
    /// Beats that found the previous poll unfinished.
    pub beats_skipped: IntCounter,
}

/// Registers them for every source.
pub(super) fn all(registry: &Registry) -> Result<[SourceMetrics; Source::ALL.len()]> {
    let collected = counters(
        registry,
        "service_metrics_collected_total",
        "Answers taken in",
        &["source"],
    )?;
    let errors = counters(
        registry,
        "service_metrics_errors_total",
        "Answers that failed",
        &["source"],
    )?;
    let skipped = counters(
        registry,
        "service_metrics_beats_skipped_total",
        "Beats that found the previous poll unfinished",
        &["source"],
    )?;
    let options = HistogramOpts::new(
        "service_metrics_poll_duration_seconds",
        "How long a poll or a database query took",
    );
    let duration = register(
        registry,
        HistogramVec::new(options.buckets(DURATIONS.to_vec()), &["source"])?,
    )?;
    Ok(Source::ALL.map(|source| {
        let label = [source.as_str()];
        SourceMetrics {
            collected: collected.with_label_values(&label),
            errors: errors.with_label_values(&label),
            duration: duration.with_label_values(&label),
            beats_skipped: skipped.with_label_values(&label),
        }
    }))
}
