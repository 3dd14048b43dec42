//! The gauges and counters of the simulated application, which move by themselves. ([`super::traffic`] has its requests.)

use alerting::Labels;

use super::{
    calm::Calm,
    family::Family::{self, Disk, MemoryCpu},
    metrics,
    series::Motion::{self, Counts, Rests},
};
/// One series that moves by itself.
#[derive(Debug)]
pub struct Moving {
    /// The family whose actor owns it.
    pub family: Family,
    /// The metric; series of one metric stand together.
    pub metric: &'static str,
    /// The text of `# HELP`.
    pub help: &'static str,
    /// All labels.
    pub labels: &'static [(&'static str, &'static str)],
    /// How it moves.
    pub motion: Motion,
}

const APP_1: &[(&str, &str)] = &[("instance", "mock-app-1"), ("service", "mock-service")];
const APP_2: &[(&str, &str)] = &[("instance", "mock-app-2"), ("service", "mock-service")];
const CPU: &str = "CPU time used by the simulated application.";
const MEMORY: &str = "Memory in use by the simulated application.";

/// All of them. `disk_usage_percent` has one series: whoever sums over a metric's series must not see 130 %.
#[rustfmt::skip] // a row a line
pub const MOVING: &[Moving] = &[
    row(MemoryCpu, "cpu_usage_seconds_total", CPU, APP_1, Counts(wave(0.15, 0.04, 600.0, 0.02))),
    row(MemoryCpu, "cpu_usage_seconds_total", CPU, APP_2, Counts(wave(0.12, 0.03, 420.0, 0.02))),
    row(MemoryCpu, "memory_usage_bytes", MEMORY, APP_1, Rests(wave(256e6, 6e6, 900.0, 1e5))),
    row(MemoryCpu, "memory_usage_bytes", MEMORY, APP_2, Rests(wave(240e6, 5e6, 780.0, 1e5))),
    row(Disk, "disk_usage_percent", "Space in use on the simulated application's disk.",
        &[("instance", "mock-app-1"), ("device", "sda"), ("mountpoint", "/data")], Rests(wave(62.0, 1.5, 3600.0, 0.1))),
];

/// The row of a series.
pub fn find(metric: &str, labels: &Labels) -> Option<&'static Moving> {
    let mut rows = MOVING.iter().filter(|moving| moving.metric == metric);
    rows.find(|moving| metrics::by_name(moving.labels) == *labels)
}

const fn row(
    family: Family,
    metric: &'static str,
    help: &'static str,
    labels: &'static [(&'static str, &'static str)],
    motion: Motion,
) -> Moving {
    Moving {
        family,
        metric,
        help,
        labels,
        motion,
    }
}

const fn wave(mean: f64, swing: f64, period: f64, noise: f64) -> Calm {
    Calm::Wave {
        mean,
        swing,
        period,
        noise,
    }
}
