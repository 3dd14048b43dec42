//! The metrics of each data source, and those of the process itself.

use std::{ops::Deref, sync::Arc};

use program::logging::LogMetrics;
use prometheus::{
    Histogram, IntCounter, IntCounterVec, Result, process_collector::ProcessCollector,
};

use super::registry::Registry;
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

/// The counters of all sources; clones share them.
#[derive(Clone)]
pub struct Sources(Arc<Counters>);

struct Counters {
    by_source: [SourceMetrics; Source::ALL.len()],
    query_failures: IntCounterVec,
    query_warnings: IntCounterVec,
}

impl Sources {
    fn new(registry: &Registry) -> Result<Self> {
        let label = &["source"];
        let collected =
            registry.counters("service_metrics_collected_total", "Answers taken in", label)?;
        let errors =
            registry.counters("service_metrics_errors_total", "Answers that failed", label)?;
        let skipped = registry.counters(
            "service_metrics_beats_skipped_total",
            "Beats that found the previous poll unfinished",
            label,
        )?;
        let duration = registry.durations(
            "service_metrics_poll_duration_seconds",
            "How long a poll or a database query took",
            label,
        )?;
        let by_source = Source::ALL.map(|source| {
            let label = [source.as_str()];
            SourceMetrics {
                collected: collected.with_label_values(&label),
                errors: errors.with_label_values(&label),
                duration: duration.with_label_values(&label),
                beats_skipped: skipped.with_label_values(&label),
            }
        });
        Ok(Self(Arc::new(Counters {
            by_source,
            query_failures: registry.counters(
                "service_metrics_query_failures_total",
                "Queries that failed, by reason",
                &["source", "reason"],
            )?,
            query_warnings: registry.counters(
                "service_metrics_query_warnings_total",
                "Warnings that came with good answers, a partial answer among them",
                label,
            )?,
        })))
    }

    /// One source's counters.
    pub fn source(&self, source: Source) -> &SourceMetrics {
        &self.0.by_source[source as usize]
    }

    /// Counts a source's answer: good, or failed for `reason`.
    pub fn answered(&self, source: Source, reason: Option<&str>) {
        match reason {
            None => self.source(source).collected.inc(),
            Some(reason) => {
                self.source(source).errors.inc();
                let failures = &self.0.query_failures;
                failures.with_label_values(&[source.as_str(), reason]).inc();
            }
        }
    }

    /// Counts the warnings that came with a source's answer.
    pub fn warned(&self, source: Source, warnings: usize) {
        let counted = self.0.query_warnings.with_label_values(&[source.as_str()]);
        counted.inc_by(warnings as u64);
    }
}

/// The registry, and the metrics that several features count with.
#[derive(Clone)]
pub struct Telemetry {
    registry: Registry,
    /// What is counted of each source of data.
    pub sources: Sources,
}

impl Telemetry {
    /// With what every program counts of itself: its build, its process, its log.
    ///
    /// # Errors
    /// When a name is invalid or used twice: a mistake in the program.
    pub fn new() -> Result<Self> {
        let registry = Registry::default();
        let build = registry.gauges(
            "service_metrics_build_info",
            "The running build; always 1",
            &["version"],
        )?;
        build.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        registry.collect(ProcessCollector::for_self())?;
        registry.collect(LogMetrics::new("service_metrics")?)?;
        let sources = Sources::new(&registry)?;
        Ok(Self { registry, sources })
    }
}

/// The registry for a feature's own metrics.
impl Deref for Telemetry {
    type Target = Registry;

    fn deref(&self) -> &Registry {
        &self.registry
    }
}
