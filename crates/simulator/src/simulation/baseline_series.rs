//! The series of an alert before any trigger.

use super::{
    baseline::{Baseline, stream},
    series::{Noise, Series, SeriesModel},
};
use crate::catalogue::Alert;

/// The series of `alert` at its baseline.
pub fn baseline_series(alert: &Alert, seed: u64) -> Series {
    let baseline = Baseline::Wave {
        mean: alert.baseline,
        swing: 0.0,
        period: 1.0,
        noise: alert.noise,
    };
    let model = if alert.is_counter() {
        SeriesModel::EventCounter(baseline)
    } else {
        SeriesModel::Gauge(baseline)
    };
    let stream = stream(&alert.metric) ^ stream(&alert.series());
    Series::new(model, Noise { seed, stream })
}
