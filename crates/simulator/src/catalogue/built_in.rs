//! The catalogue that is compiled into the programs.

use std::sync::Arc;

use super::{Alert, file};

/// The text of the built-in catalogue.
pub const BUILT_IN: &str = include_str!("../../../../config/alerts.toml");
/// The name of the built-in catalogue in error messages.
pub const BUILT_IN_NAME: &str = "config/alerts.toml";

/// The alerts of the built-in catalogue that have a flag, at a time scale.
pub fn flagged_alerts(scale: f64) -> Vec<Arc<Alert>> {
    file::flagged(BUILT_IN, scale)
}
