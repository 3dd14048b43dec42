//! The gauges and counters of the simulated application that move by themselves. Its requests are in [`super::traffic`].

use alerting::Labels;

use super::{
    baseline::Baseline,
    family::Family::{self, Disk, MemoryCpu},
    metric_store,
    series::SeriesModel::{self, Counter, Gauge},
};

/// One series that moves by itself.
#[derive(Debug)]
pub struct BackgroundSeries {
    /// The family whose actor owns it.
    pub family: Family,
    /// The metric; series of one metric stand together.
    pub metric: &'static str,
    /// The text of `# HELP`.
    pub help: &'static str,
    /// All labels.
    pub labels: &'static [(&'static str, &'static str)],
    /// How its value moves.
    pub model: SeriesModel,
}

const APP_1: &[(&str, &str)] = &[("instance", "mock-app-1"), ("service", "mock-service")];
const APP_2: &[(&str, &str)] = &[("instance", "mock-app-2"), ("service", "mock-service")];
const CPU: &str = "CPU time used by the simulated application.";
const MEMORY: &str = "Memory in use by the simulated application.";

/// The series. `disk_usage_percent` has only one, so that a sum over its series stays below 100 %.
#[rustfmt::skip] // a row a line
pub const BACKGROUND_SERIES: &[BackgroundSeries] = &[
    row(MemoryCpu, "cpu_usage_seconds_total", CPU, APP_1, Counter(wave(0.15, 0.04, 600.0, 0.02))),
    row(MemoryCpu, "cpu_usage_seconds_total", CPU, APP_2, Counter(wave(0.12, 0.03, 420.0, 0.02))),
    row(MemoryCpu, "memory_usage_bytes", MEMORY, APP_1, Gauge(wave(256e6, 6e6, 900.0, 1e5))),
    row(MemoryCpu, "memory_usage_bytes", MEMORY, APP_2, Gauge(wave(240e6, 5e6, 780.0, 1e5))),
    row(Disk, "disk_usage_percent", "Space in use on the simulated application's disk.",
        &[("instance", "mock-app-1"), ("device", "sda"), ("mountpoint", "/data")], Gauge(wave(62.0, 1.5, 3600.0, 0.1))),
];

/// The row of a series.
pub fn find(metric: &str, labels: &Labels) -> Option<&'static BackgroundSeries> {
    let mut rows = BACKGROUND_SERIES.iter().filter(|row| row.metric == metric);
    rows.find(|row| metric_store::to_labels(row.labels) == *labels)
}

const fn row(
    family: Family,
    metric: &'static str,
    help: &'static str,
    labels: &'static [(&'static str, &'static str)],
    model: SeriesModel,
) -> BackgroundSeries {
    BackgroundSeries {
        family,
        metric,
        help,
        labels,
        model,
    }
}

const fn wave(mean: f64, swing: f64, period: f64, noise: f64) -> Baseline {
    Baseline::Wave {
        mean,
        swing,
        period,
        noise,
    }
}
