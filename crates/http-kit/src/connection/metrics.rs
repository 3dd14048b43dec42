//! Metrics of connections.

use prometheus::{IntCounterVec, IntGauge, Opts, Registry, Result};

use super::limits::ConnectionPermit;

/// The metrics of one program's connections. Clones share them.
#[derive(Debug, Clone)]
pub struct ConnectionMetrics {
    open: IntGauge,
    refused: IntCounterVec,
    timed_out: IntCounterVec,
}

impl ConnectionMetrics {
    /// Registers `PREFIX_connections`, `PREFIX_connections_refused_total` and `PREFIX_connections_timed_out_total`.
    ///
    /// # Errors
    /// When a name is taken.
    pub fn new(registry: &Registry, prefix: &str) -> Result<Self> {
        let open = IntGauge::new(
            format!("{prefix}_connections"),
            "Open HTTP connections; WebSocket sessions are counted for themselves",
        )?;
        let refused = IntCounterVec::new(
            Opts::new(
                format!("{prefix}_connections_refused_total"),
                "Connections refused, by the limit that was reached",
            ),
            &["limit"],
        )?;
        let timed_out = IntCounterVec::new(
            Opts::new(
                format!("{prefix}_connections_timed_out_total"),
                "Connections ended because the client was too slow, by what was awaited",
            ),
            &["awaited"],
        )?;
        for limit in ["address", "total"] {
            refused.with_label_values(&[limit]);
        }
        for awaited in ["head", "body", "read"] {
            timed_out.with_label_values(&[awaited]);
        }
        registry.register(Box::new(open.clone()))?;
        registry.register(Box::new(refused.clone()))?;
        registry.register(Box::new(timed_out.clone()))?;
        Ok(Self {
            open,
            refused,
            timed_out,
        })
    }

    /// Counts a refused connection; `limit` is `address` or `total`.
    pub(super) fn refused(&self, limit: &str) {
        self.refused.with_label_values(&[limit]).inc();
    }
}

/// Counts a connection as open, until it is dropped.
#[derive(Debug)]
pub(super) struct OpenConnection {
    metrics: ConnectionMetrics,
    _permit: ConnectionPermit,
}

impl OpenConnection {
    pub(super) fn new(metrics: &ConnectionMetrics, permit: ConnectionPermit) -> Self {
        metrics.open.inc();
        Self {
            metrics: metrics.clone(),
            _permit: permit,
        }
    }

    /// Counts a connection that timed out; `awaited` is `head`, `body` or `read`.
    pub(super) fn timed_out(&self, awaited: &str) {
        self.metrics.timed_out.with_label_values(&[awaited]).inc();
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.metrics.open.dec();
    }
}
