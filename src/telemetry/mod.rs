//! The gateway's own metrics. Counters are looked up once, here; whoever counts holds a clone.

mod channel;
pub mod exposition;
mod source;

use std::sync::Arc;

use http_kit::connection::ConnectionMetrics;
use program::logging::LogMetrics;
use prometheus::{
    Encoder, Gauge, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec,
    Opts, Registry, Result, TextEncoder, core::Collector, process_collector::ProcessCollector,
};

pub use crate::telemetry::{channel::ChannelMetrics, source::SourceMetrics};
use crate::{
    incidents::model::Found,
    messages::{channel::ChannelName, source::Source},
    stream::socket::close::Closing,
};

const SERVICE: &str = "service-metrics";

/// All metrics of the gateway; clones share them.
#[derive(Clone)]
pub struct Telemetry(Arc<Metrics>);

/// The metrics themselves.
pub struct Metrics {
    registry: Registry,
    sources: [SourceMetrics; Source::ALL.len()],
    channels: [ChannelMetrics; ChannelName::ALL.len()],
    query_failures: IntCounterVec,
    query_warnings: IntCounterVec,
    sessions_closed: IntCounterVec,
    sessions_refused: IntCounterVec,
    webhooks: IntCounterVec,
    values_missing: IntCounterVec,
    /// The beat, in seconds.
    pub poll_interval: Gauge,
    /// Open sessions.
    pub sessions: IntGauge,
    /// HTTP connections.
    pub connections: ConnectionMetrics,
    /// Sessions ever opened.
    pub sessions_opened: IntCounter,
    /// Requests by method, route and status.
    requests: IntCounterVec,
    /// Their durations.
    durations: HistogramVec,
}

impl std::ops::Deref for Telemetry {
    type Target = Metrics;

    fn deref(&self) -> &Metrics {
        &self.0
    }
}

impl Telemetry {
    /// Registers everything.
    ///
    /// # Errors
    /// When a name is invalid or used twice: a mistake in this file.
    pub fn new() -> Result<Self> {
        let registry = Registry::new();
        let build = IntGaugeVec::new(
            Opts::new("service_metrics_build_info", "The running build; always 1"),
            &["version"],
        )?;
        build.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        register(&registry, build)?;
        registry.register(Box::new(ProcessCollector::for_self()))?;
        registry.register(Box::new(LogMetrics::new("service_metrics")?))?;
        let sources = source::all(&registry)?;
        let channels = channel::all(&registry)?;
        let metrics = Metrics {
            sources,
            channels,
            query_failures: counters(
                &registry,
                "service_metrics_query_failures_total",
                "Queries that failed, by reason",
                &["source", "reason"],
            )?,
            query_warnings: counters(
                &registry,
                "service_metrics_query_warnings_total",
                "Warnings that came with good answers, a partial answer among them",
                &["source"],
            )?,
            sessions_closed: counters(
                &registry,
                "service_metrics_sessions_closed_total",
                "Sessions ended, by our reason as a close code; none when the connection just ended",
                &["code"],
            )?,
            sessions_refused: counters(
                &registry,
                "service_metrics_sessions_refused_total",
                "Sessions refused: total (all are taken) or address (the client has its share)",
                &["limit"],
            )?,
            webhooks: counters(
                &registry,
                "service_metrics_webhooks_total",
                "Webhooks of Alertmanager, by what became of them",
                &["outcome"],
            )?,
            values_missing: counters(
                &registry,
                "service_metrics_incident_values_missing_total",
                "Values that incidents in answers should have had, by column and by what stood there",
                &["column", "found"],
            )?,
            poll_interval: register(
                &registry,
                Gauge::new(
                    "service_metrics_poll_interval_seconds",
                    "The beat on which Prometheus is polled",
                )?,
            )?,
            sessions: register(
                &registry,
                IntGauge::new("service_metrics_sessions", "Open WebSocket sessions")?,
            )?,
            connections: ConnectionMetrics::new(&registry, "service_metrics")?,
            sessions_opened: register(
                &registry,
                IntCounter::new(
                    "service_metrics_sessions_opened_total",
                    "WebSocket sessions opened",
                )?,
            )?,
            requests: counters(
                &registry,
                "http_requests_total",
                "HTTP requests answered",
                &["method", "route", "status_code", "service"],
            )?,
            durations: register(
                &registry,
                HistogramVec::new(
                    HistogramOpts::new(
                        "http_request_duration_seconds",
                        "Time from request to answer",
                    )
                    .buckets(DURATIONS.to_vec()),
                    &["method", "route", "service"],
                )?,
            )?,
            registry,
        };
        Ok(Self(Arc::new(metrics)))
    }
}

impl Metrics {
    /// One source's counters.
    pub fn source(&self, source: Source) -> &SourceMetrics {
        &self.sources[source as usize]
    }

    /// One channel's counters.
    pub fn channel(&self, channel: ChannelName) -> &ChannelMetrics {
        &self.channels[channel.index()]
    }

    /// Counts a source's answer: good, or failed for `reason`.
    pub fn answered(&self, source: Source, reason: Option<&str>) {
        match reason {
            None => self.source(source).collected.inc(),
            Some(reason) => {
                self.source(source).errors.inc();
                self.query_failures
                    .with_label_values(&[source.as_str(), reason])
                    .inc();
            }
        }
    }

    /// Counts the warnings that came with a source's answer.
    pub fn warned(&self, source: Source, warnings: usize) {
        self.query_warnings
            .with_label_values(&[source.as_str()])
            .inc_by(warnings as u64);
    }

    /// Counts the end of a session.
    pub fn session_closed(&self, closing: Option<Closing>) {
        let code = closing.map_or_else(
            || "none".to_owned(),
            |closing| closing.code.number().to_string(),
        );
        self.sessions_closed.with_label_values(&[&code]).inc();
    }

    /// Counts a session that was refused. `limit` is `total` or `address`.
    pub fn session_refused(&self, limit: &str) {
        self.sessions_refused.with_label_values(&[limit]).inc();
    }

    /// Counts a webhook. `outcome` is one of a few words.
    pub fn webhook_answered(&self, outcome: &str) {
        self.webhooks.with_label_values(&[outcome]).inc();
    }

    /// Counts a value that is missing in an incident that was asked for.
    pub fn value_missing(&self, column: &str, found: Found) {
        self.values_missing
            .with_label_values(&[column, found.as_str()])
            .inc();
    }

    /// Counts a request. `route` is a pattern, never a path that a client made up.
    pub fn request_answered(&self, method: &str, route: &str, status: u16, seconds: f64) {
        self.requests
            .with_label_values(&[method, route, &status.to_string(), SERVICE])
            .inc();
        self.durations
            .with_label_values(&[method, route, SERVICE])
            .observe(seconds);
    }

    /// Text exposition format 0.0.4.
    ///
    /// # Errors
    /// When a collector gives what cannot be encoded: a mistake in this file.
    pub fn expose(&self) -> Result<Vec<u8>> {
        let mut text = Vec::with_capacity(16 * 1024);
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(text)
    }
}

/// Seconds; from a request answered out of memory to one that waited for a deadline.
const DURATIONS: [f64; 12] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 2.5, 10.0,
];

fn counters(registry: &Registry, name: &str, help: &str, labels: &[&str]) -> Result<IntCounterVec> {
    register(registry, IntCounterVec::new(Opts::new(name, help), labels)?)
}

fn gauges(registry: &Registry, name: &str, help: &str, labels: &[&str]) -> Result<IntGaugeVec> {
    register(registry, IntGaugeVec::new(Opts::new(name, help), labels)?)
}

fn register<C: Collector + Clone + 'static>(registry: &Registry, collector: C) -> Result<C> {
    registry.register(Box::new(collector.clone()))?;
    Ok(collector)
}
