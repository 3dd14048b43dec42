//! The simulator's metrics about itself: `process_*` and `mock_metrics_build_info`.

use prometheus::{IntGauge, Opts, Registry, TextEncoder, process_collector::ProcessCollector};

/// The registry of the program's own metrics.
#[derive(Debug, Clone)]
pub(crate) struct Telemetry(Registry);

impl Telemetry {
    /// Registers them.
    ///
    /// # Errors
    /// When a name is taken, which a test would show.
    pub(crate) fn new() -> prometheus::Result<Self> {
        let registry = Registry::new();
        registry.register(Box::new(ProcessCollector::for_self()))?;
        let build = Opts::new(
            "mock_metrics_build_info",
            "Always 1; the label says which version runs.",
        )
        .const_label("version", env!("CARGO_PKG_VERSION"));
        let build = IntGauge::with_opts(build)?;
        build.set(1);
        registry.register(Box::new(build))?;
        Ok(Self(registry))
    }

    /// Appends them as exposition text.
    ///
    /// # Errors
    /// When a metric has no samples.
    pub(crate) fn write(&self, out: &mut String) -> prometheus::Result<()> {
        TextEncoder::new().encode_utf8(&self.0.gather(), out)
    }
}
