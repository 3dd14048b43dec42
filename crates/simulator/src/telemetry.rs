//! The simulator's metrics about itself: `process_*` and `mock_metrics_*`.

use std::collections::BTreeSet;

use http_kit::connection::ConnectionMetrics;
use program::logging::LogMetrics;
use prometheus::{IntGauge, Opts, Registry, TextEncoder, process_collector::ProcessCollector};

/// The registry of the program's own metrics.
#[derive(Debug, Clone)]
pub(crate) struct Telemetry {
    registry: Registry,
    /// The program's HTTP connections.
    pub(super) connections: ConnectionMetrics,
    /// The metrics of the catalogue, which are exposed instead of own ones with the same name.
    driven: BTreeSet<String>,
}

impl Telemetry {
    /// Registers the metrics. `driven` are those of the catalogue.
    ///
    /// # Errors
    /// When a name is registered twice, which a test would show.
    pub(crate) fn new<'m>(driven: impl Iterator<Item = &'m str>) -> prometheus::Result<Self> {
        let registry = Registry::new();
        registry.register(Box::new(ProcessCollector::for_self()))?;
        registry.register(Box::new(LogMetrics::new("mock_metrics")?))?;
        let build = Opts::new(
            "mock_metrics_build_info",
            "Always 1; the label says which version runs.",
        )
        .const_label("version", env!("CARGO_PKG_VERSION"));
        let build = IntGauge::with_opts(build)?;
        build.set(1);
        registry.register(Box::new(build))?;
        Ok(Self {
            connections: ConnectionMetrics::new(&registry, "mock_metrics")?,
            registry,
            driven: driven.map(str::to_owned).collect(),
        })
    }

    /// Appends the metrics as exposition text.
    ///
    /// # Errors
    /// When a metric has no samples.
    pub(crate) fn write(&self, out: &mut String) -> prometheus::Result<()> {
        let mut metrics = self.registry.gather();
        metrics.retain(|metric| !self.driven.contains(metric.name()));
        TextEncoder::new().encode_utf8(&metrics, out)
    }
}
