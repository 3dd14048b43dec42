//! What is counted of channels and sessions.

use std::{ops::Deref, sync::Arc};

use prometheus::{Gauge, IntCounter, IntCounterVec, IntGauge, Result};

use super::socket::close::CloseReason;
use crate::{
    messages::channel::ChannelName,
    telemetry::{Registry, Sources, Telemetry},
};

/// One channel's counters.
pub struct ChannelMetrics {
    /// Sessions that are subscribed.
    pub subscriptions: IntGauge,
    /// Frames encoded.
    pub frames_published: IntCounter,
    /// Beats that brought nothing new, and a heartbeat instead of a frame.
    pub frames_unchanged: IntCounter,
    /// Bytes of frames that were compressed, before.
    pub deflate_in: IntCounter,
    /// Bytes of frames that were compressed, after.
    pub deflate_out: IntCounter,
    /// Bytes of frames handed to sockets.
    pub bytes_sent: IntCounter,
    /// Frames handed to sockets.
    pub frames_sent: IntCounter,
    /// Frames that a newer one replaced before a slow reader took them, or a slow worker handed them out.
    pub frames_skipped: IntCounter,
    /// Bytes of frames before the latest that slow readers hold.
    pub pinned_bytes: IntGauge,
    /// Readers closed because these were too many.
    pub readers_evicted: IntCounter,
}

/// What is counted of the stream; clones share it.
#[derive(Clone)]
pub struct StreamMetrics(Arc<Counters>);

/// The counters themselves.
pub struct Counters {
    sources: Sources,
    channels: [ChannelMetrics; ChannelName::ALL.len()],
    sessions_closed: IntCounterVec,
    sessions_refused: IntCounterVec,
    /// The beat, in seconds.
    pub poll_interval: Gauge,
    /// Open sessions.
    pub sessions: IntGauge,
    /// Sessions ever opened.
    pub sessions_opened: IntCounter,
}

impl StreamMetrics {
    /// Registers everything.
    ///
    /// # Errors
    /// When a name is invalid or used twice: a mistake in this file.
    pub fn new(telemetry: &Telemetry) -> Result<Self> {
        Ok(Self(Arc::new(Counters {
            sources: telemetry.sources.clone(),
            channels: channels(telemetry)?,
            sessions_closed: telemetry.counters(
                "service_metrics_sessions_closed_total",
                "Sessions ended, by our reason as a close code; none when the connection just ended",
                &["code"],
            )?,
            sessions_refused: telemetry.counters(
                "service_metrics_sessions_refused_total",
                "Sessions refused: total (all are taken) or address (the client has its share)",
                &["limit"],
            )?,
            poll_interval: telemetry.gauge(
                "service_metrics_poll_interval_seconds",
                "The beat on which Prometheus is polled",
            )?,
            sessions: telemetry.whole_gauge("service_metrics_sessions", "Open WebSocket sessions")?,
            sessions_opened: telemetry.counter(
                "service_metrics_sessions_opened_total",
                "WebSocket sessions opened",
            )?,
        })))
    }

    /// One channel's counters.
    pub fn channel(&self, channel: ChannelName) -> &ChannelMetrics {
        &self.channels[channel.index()]
    }

    /// Counts the end of a session.
    pub fn session_closed(&self, closing: Option<CloseReason>) {
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

    /// Those of a registry of their own.
    #[cfg(test)]
    pub(crate) fn for_tests() -> Self {
        Self::new(&Telemetry::new().unwrap()).unwrap()
    }

    /// What is counted of the sources.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }
}

impl Deref for StreamMetrics {
    type Target = Counters;

    fn deref(&self) -> &Counters {
        &self.0
    }
}

fn channels(registry: &Registry) -> Result<[ChannelMetrics; ChannelName::ALL.len()]> {
    let subscriptions = registry.gauges(
        "service_metrics_subscriptions",
        "Sessions subscribed to a channel",
        &["channel"],
    )?;
    let pinned = registry.gauges(
        "service_metrics_frames_pinned_bytes",
        "Bytes of frames before the latest that slow readers still hold",
        &["channel"],
    )?;
    let evicted = registry.counters(
        "service_metrics_slow_readers_evicted_total",
        "Sessions closed with 4408, and REST answers broken off, because old frames were held for them beyond websocket.max_pinned_bytes",
        &["channel"],
    )?;
    let published = registry.counters(
        "service_metrics_frames_published_total",
        "Frames encoded",
        &["channel"],
    )?;
    let sent = registry.counters(
        "service_metrics_frames_sent_total",
        "Frames handed to sockets",
        &["channel"],
    )?;
    let skipped = registry.counters(
        "service_metrics_frames_skipped_total",
        "Frames replaced by a newer one before a slow reader, or a slow worker, came to them",
        &["channel"],
    )?;
    let bytes = registry.counters(
        "service_metrics_frame_bytes_sent_total",
        "Bytes of frames handed to sockets",
        &["channel"],
    )?;
    let unchanged = registry.counters(
        "service_metrics_frames_unchanged_total",
        "Beats that brought the same data again: a heartbeat is sent instead of a frame",
        &["channel"],
    )?;
    let deflate_in = registry.counters(
        "service_metrics_deflate_input_bytes_total",
        "Bytes of frames that were compressed, before",
        &["channel"],
    )?;
    let deflate_out = registry.counters(
        "service_metrics_deflate_output_bytes_total",
        "Bytes of frames that were compressed, after",
        &["channel"],
    )?;
    Ok(ChannelName::ALL.map(|channel| {
        let label = [channel.as_str()];
        ChannelMetrics {
            subscriptions: subscriptions.with_label_values(&label),
            frames_published: published.with_label_values(&label),
            frames_unchanged: unchanged.with_label_values(&label),
            deflate_in: deflate_in.with_label_values(&label),
            deflate_out: deflate_out.with_label_values(&label),
            bytes_sent: bytes.with_label_values(&label),
            frames_sent: sent.with_label_values(&label),
            frames_skipped: skipped.with_label_values(&label),
            pinned_bytes: pinned.with_label_values(&label),
            readers_evicted: evicted.with_label_values(&label),
        }
    }))
}
