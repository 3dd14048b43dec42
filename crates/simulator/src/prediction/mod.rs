//! What the simulation does over time against the expressions of the rules: when a condition begins to hold after a
//! trigger, for how long, and when it ends after a recovery.

mod adjustment;
mod aggregated;
mod predict;
mod scraped_series;

pub use adjustment::{Adjustment, InvalidAdjustment};
pub(crate) use aggregated::find_aggregated_series;
pub use predict::{Prediction, PredictionError, PredictionResult, lookback, predict, predictor};
pub(crate) use scraped_series::ScrapedSeries;
