//! A trigger of an alert: what moves a series, and how that ends.

use std::time::Duration;

use crate::catalogue::{
    Alert,
    pattern::{Pattern, Recovery},
};

/// What moves a series away from its baseline, and how that ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stimulus {
    /// How the series moves.
    pub pattern: Pattern,
    /// The time from the start until the series recovers by itself; `None`: it does not.
    pub hold: Option<Duration>,
    /// How the series recovers after `hold`.
    pub recover: Recovery,
}

impl Stimulus {
    /// The trigger of the catalogue, without an end.
    pub fn of(alert: &Alert) -> Self {
        Self {
            pattern: alert.trigger,
            hold: None,
            recover: alert.recover,
        }
    }
}
