//! Evaluates an expression over the samples of one series.

use std::time::Duration;

use crate::{
    node::Node,
    remaining_labels::RemainingLabels,
    sample::{Sample, millis},
};

/// An expression, ready to be evaluated over the samples of one series.
#[derive(Debug, Clone)]
pub struct Predictor {
    pub(super) tree: Node,
    pub(super) labels: RemainingLabels,
    pub(super) lookback: Duration,
}

impl Predictor {
    /// The value of the expression at `now`, or `None` while it has no result.
    ///
    /// `samples` are sorted by time and count from the same origin as `now`. Samples after `now` are ignored, save for
    /// negative offsets.
    pub fn at(&self, samples: &[Sample], now: Duration) -> Option<f64> {
        self.tree.at(samples, millis(now))
    }

    /// Whether the result keeps this label of the series.
    pub fn keeps(&self, label: &str) -> bool {
        self.labels.has(label)
    }

    /// How far back the expression looks: its longest window with the offset. The five minutes for which the newest
    /// sample counts are not included.
    pub fn lookback(&self) -> Duration {
        self.lookback
    }
}
