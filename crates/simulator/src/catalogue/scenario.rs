//! The scenarios of a catalogue: alerts that are triggered and recovered at given times.

use std::{sync::Arc, time::Duration};

use alerting::Labels;

use super::alert::Alert;

/// A scenario.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Unique in the catalogue.
    pub name: String,
    /// One sentence that says what happens.
    pub title: String,
    /// Sorted by time.
    pub steps: Vec<Step>,
    /// The alerts that must fire.
    pub expect: Vec<Arc<Alert>>,
    /// The alerts that must fire and be inhibited in Alertmanager.
    pub inhibited: Vec<Inhibited>,
}

/// A step of a scenario.
#[derive(Debug, Clone)]
pub struct Step {
    /// The time since the start, scaled.
    pub at: Duration,
    /// The alert that is triggered or recovered.
    pub alert: Arc<Alert>,
    /// Whether it is triggered or recovered.
    pub act: Act,
}

/// What a step does to its alert.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Act {
    /// Triggers it.
    Trigger {
        /// Replaces the main number of the pattern.
        value: Option<f64>,
    },
    /// Recovers it.
    Recover,
}

/// An alert that fires because of another one, which inhibits it.
#[derive(Debug, Clone, PartialEq)]
pub struct Inhibited {
    /// Its `alertname`.
    pub alert: String,
    /// Labels that identify it.
    pub labels: Labels,
}
