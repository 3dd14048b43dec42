//! Where metrics are registered: a name is valid and used once, or the program does not start.

use std::sync::Arc;

use prometheus::{
    Encoder, Gauge, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec,
    Opts, Result, TextEncoder, core::Collector,
};

/// Seconds; from a request answered out of memory to one that waited for a deadline.
pub const DURATIONS: [f64; 12] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 2.5, 10.0,
];

/// All metrics of the gateway; clones share them. Each function registers a metric, and fails when its name is invalid or
/// taken: a mistake in the program.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs, reason = "each function is named after what it makes")]
#[allow(clippy::missing_errors_doc, reason = "above, once for all")]
pub struct Registry(Arc<prometheus::Registry>);

#[allow(missing_docs, reason = "each function is named after what it makes")]
#[allow(clippy::missing_errors_doc, reason = "see Registry")]
impl Registry {
    pub fn counters(&self, name: &str, help: &str, labels: &[&str]) -> Result<IntCounterVec> {
        self.add(IntCounterVec::new(Opts::new(name, help), labels)?)
    }

    pub fn counter(&self, name: &str, help: &str) -> Result<IntCounter> {
        self.add(IntCounter::new(name, help)?)
    }

    pub fn gauges(&self, name: &str, help: &str, labels: &[&str]) -> Result<IntGaugeVec> {
        self.add(IntGaugeVec::new(Opts::new(name, help), labels)?)
    }

    pub fn whole_gauge(&self, name: &str, help: &str) -> Result<IntGauge> {
        self.add(IntGauge::new(name, help)?)
    }

    pub fn gauge(&self, name: &str, help: &str) -> Result<Gauge> {
        self.add(Gauge::new(name, help)?)
    }

    /// Durations in seconds, with the buckets of [`DURATIONS`].
    pub fn durations(&self, name: &str, help: &str, labels: &[&str]) -> Result<HistogramVec> {
        let options = HistogramOpts::new(name, help).buckets(DURATIONS.to_vec());
        self.add(HistogramVec::new(options, labels)?)
    }

    /// Registers a collector of the kind that has no function here.
    pub fn add<C: Collector + Clone + 'static>(&self, collector: C) -> Result<C> {
        self.0.register(Box::new(collector.clone()))?;
        Ok(collector)
    }

    /// Registers a collector that is read and never counted with.
    pub fn collect(&self, collector: impl Collector + 'static) -> Result<()> {
        self.0.register(Box::new(collector))
    }

    /// For those that register by themselves.
    pub fn inner(&self) -> &prometheus::Registry {
        &self.0
    }

    /// Text exposition format 0.0.4.
    pub fn expose(&self) -> Result<Vec<u8>> {
        let mut text = Vec::with_capacity(16 * 1024);
        TextEncoder::new().encode(&self.0.gather(), &mut text)?;
        Ok(text)
    }
}
