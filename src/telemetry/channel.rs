//! What is counted of each channel.

use prometheus::{IntCounter, IntGauge, Registry, Result};

use super::{counters, gauges};
use crate::messages::channel::ChannelName;

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
    pub readers_let_go: IntCounter,
}

/// Registers them for every channel.
pub(super) fn all(registry: &Registry) -> Result<[ChannelMetrics; ChannelName::ALL.len()]> {
    let subscriptions = gauges(
        registry,
        "service_metrics_subscriptions",
        "Sessions subscribed to a channel",
        &["channel"],
    )?;
    let pinned = gauges(
        registry,
        "service_metrics_frames_pinned_bytes",
        "Bytes of frames before the latest that slow readers still hold",
        &["channel"],
    )?;
    let let_go = counters(
        registry,
        "service_metrics_slow_readers_evicted_total",
        "Sessions closed with 4408, and REST answers broken off, because old frames were held for them beyond websocket.max_pinned_bytes",
        &["channel"],
    )?;
    let published = counters(
        registry,
        "service_metrics_frames_published_total",
        "Frames encoded",
        &["channel"],
    )?;
    let sent = counters(
        registry,
        "service_metrics_frames_sent_total",
        "Frames handed to sockets",
        &["channel"],
    )?;
    let skipped = counters(
        registry,
        "service_metrics_frames_skipped_total",
        "Frames replaced by a newer one before a slow reader, or a slow worker, came to them",
        &["channel"],
    )?;
    let bytes = counters(
        registry,
        "service_metrics_frame_bytes_sent_total",
        "Bytes of frames handed to sockets",
        &["channel"],
    )?;
    let unchanged = counters(
        registry,
        "service_metrics_frames_unchanged_total",
        "Beats that brought the same data again: a heartbeat is sent instead of a frame",
        &["channel"],
    )?;
    let deflate_in = counters(
        registry,
        "service_metrics_deflate_input_bytes_total",
        "Bytes of frames that were compressed, before",
        &["channel"],
    )?;
    let deflate_out = counters(
        registry,
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
            readers_let_go: let_go.with_label_values(&label),
        }
    }))
}
