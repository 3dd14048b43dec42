//! What the servers say about an alert that missed a stage.

use std::time::Duration;

use prometheus_api::{
    typed::{alert::ActiveAlert, alertmanager::AlertmanagerAlert, prometheus::AlertingRule},
    vector::Sample,
};

use crate::observers::simulator::SimulatedAlert;

/// What is known about an alert that missed a stage. An `Err` says why something is not known.
#[derive(Debug, Clone)]
pub(crate) struct Evidence {
    /// For how long the stage was waited for.
    pub(crate) waited: Duration,
    /// For how long of that Prometheus was silent, if it was.
    pub(crate) prometheus_silence: Option<Duration>,
    /// The same of Alertmanager.
    pub(crate) alertmanager_silence: Option<Duration>,
    /// The rule that Prometheus has loaded.
    pub(crate) rule: Option<AlertingRule>,
    /// The alert in the simulator.
    pub(crate) simulated: Result<SimulatedAlert, String>,
    /// How the alert becomes calm in the simulator, if it is not.
    pub(crate) not_calm: Option<String>,
    /// Its series in Prometheus.
    pub(crate) series: Result<Vec<Sample>, String>,
    /// The result of the catalogue's expression in Prometheus.
    pub(crate) results: Result<Vec<Sample>, String>,
    /// The active alerts of its name in Prometheus.
    pub(crate) active: Result<Vec<ActiveAlert>, String>,
    /// The alerts of its name in Alertmanager.
    pub(crate) in_alertmanager: Result<Vec<AlertmanagerAlert>, String>,
    /// The silences and alerts that suppress it in Alertmanager.
    pub(crate) suppressed_by: Option<String>,
    /// The alerts of its name in the gateway's last frame.
    pub(crate) in_last_frame: Result<Vec<ActiveAlert>, String>,
    /// How old that frame is.
    pub(crate) frame_age: Duration,
    /// Whether the gateway answers.
    pub(crate) gateway: Result<(), String>,
    /// The Alertmanagers that Prometheus sends alerts to.
    pub(crate) alertmanagers: Vec<String>,
    /// What is wrong with the set-up as a whole.
    pub(crate) warnings: Vec<String>,
}
