//! Counters of lines that were not written.

use prometheus::{
    IntCounter, Opts, Result,
    core::{Collector, Desc},
    proto::{Counter, MetricFamily},
};

use super::LOGGER;
use crate::output;

/// The counters `…_log_lines_dropped_total` and `…_log_lines_withheld_total` of a program.
pub struct LogMetrics {
    dropped: IntCounter,
    withheld: IntCounter,
}

impl LogMetrics {
    /// Names begin with `prefix`, such as `service_metrics`.
    ///
    /// # Errors
    /// When `prefix` cannot begin a name.
    pub fn new(prefix: &str) -> Result<Self> {
        let counter = |what: &str, help: &str| {
            IntCounter::with_opts(Opts::new(format!("{prefix}_log_lines_{what}_total"), help))
        };
        Ok(Self {
            dropped: counter(
                "dropped",
                "Log lines that were lost, since stderr was not read or could not be written to",
            )?,
            withheld: counter(
                "withheld",
                "Log lines that were counted and not written, since there were many of their kind",
            )?,
        })
    }
}

impl Collector for LogMetrics {
    fn desc(&self) -> Vec<&Desc> {
        let mut all = self.dropped.desc();
        all.extend(self.withheld.desc());
        all
    }

    fn collect(&self) -> Vec<MetricFamily> {
        let withheld = LOGGER.get().map_or(0, |logger| logger.sampler.withheld());
        let counters = [
            (&self.dropped, output::stderr().dropped()),
            (&self.withheld, withheld),
        ];
        let collect = |(counter, value): (&IntCounter, u64)| {
            // Not shared: scrapes may run at the same time.
            counter.collect().into_iter().map(move |mut family| {
                for metric in family.mut_metric() {
                    let mut shown = Counter::default();
                    shown.set_value(value as f64);
                    metric.set_counter(shown);
                }
                family
            })
        };
        counters.into_iter().flat_map(collect).collect()
    }
}
