//! The messages of the simulator's actors.
//!
//! | message                                | from                                  | to             | reply                                     |
//! |----------------------------------------|---------------------------------------|----------------|-------------------------------------------|
//! | [`Apply`]                              | `POST /simulate/…`                    | SimulatorActor | the new value of the series, or an error  |
//! | [`Expose`]                             | `GET /metrics`                        | SimulatorActor | the text with the family's series         |
//! | [`ListAlerts`]                         | `GET /api/alerts`                     | SimulatorActor | the alerts on its series                  |
//! | [`Trigger`]                            | `POST /api/alerts/…`, ScenarioPlayer  | SimulatorActor | the alert                                 |
//! | [`Recover`]                            | `POST /api/alerts/…`                  | SimulatorActor | the alert                                 |
//! | [`EndStimulus`]                           | ScenarioPlayer                        | SimulatorActor | –                                         |
//! | [`Reset`]                              | `POST /api/reset`                     | SimulatorActor | –                                         |
//! | [`StartScenario`]                      | `POST /api/scenarios/…/start`         | ScenarioPlayer | the started scenario, or the running one  |
//! | [`StopScenario`]                       | `POST /api/scenarios/stop`, `/api/reset` | ScenarioPlayer | the stopped scenario                   |
//! | [`RunningScenario`]                    | `GET /api/scenarios`                  | ScenarioPlayer | the running scenario                      |

use std::sync::Arc;

use actix::Message;
use chrono::{DateTime, Utc};

use crate::{
    catalogue::{Alert, Scenario},
    simulation::{
        alert_state::Condition, change::Change, family_state::SeriesLimitError, levers::Lever,
        stimulus::Stimulus,
    },
};

/// Changes one series.
#[derive(Debug, Message)]
#[rtype(result = "Result<f64, SeriesLimitError>")]
pub struct Apply {
    /// The lever, which names the metric.
    pub lever: &'static Lever,
    /// The label values of the path, in its order.
    pub labels: Vec<String>,
    /// The new value, or an event to count.
    pub change: Change,
}

/// Appends all series as exposition text to the given text, and returns it.
#[derive(Debug, Message)]
#[rtype(result = "String")]
pub struct Expose(pub String);

/// The status of an alert.
#[derive(Debug, Clone)]
pub struct AlertStatus {
    /// The alert.
    pub alert: Arc<Alert>,
    /// Whether its condition holds.
    pub condition: Condition,
    /// The value of its series.
    pub value: f64,
    /// What its expression compares with a number, if it does.
    pub compared: Option<f64>,
    /// Whether a trigger of this alert drives its series.
    pub driven: bool,
    /// When the condition last changed.
    pub since: DateTime<Utc>,
}

/// Asks for the status of all alerts of the family.
#[derive(Debug, Message)]
#[rtype(result = "Vec<AlertStatus>")]
pub struct ListAlerts;

/// Triggers an alert. The reply is `None` if the alert belongs to another actor.
#[derive(Debug, Message)]
#[rtype(result = "Option<AlertStatus>")]
pub struct Trigger {
    /// The alert.
    pub alert: Arc<Alert>,
    /// How its series moves.
    pub stimulus: Stimulus,
}

/// Recovers an alert, whatever drives its series. The reply is `None` if the alert belongs to another actor.
#[derive(Debug, Message)]
#[rtype(result = "Option<AlertStatus>")]
pub struct Recover {
    /// The alert.
    pub alert: Arc<Alert>,
}

/// Recovers an alert if its series is still driven for it. Another alert or a request may have taken the series over.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct EndStimulus {
    /// The alert.
    pub alert: Arc<Alert>,
}

/// Sets every series to its baseline at once.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct Reset;

/// A running scenario.
#[derive(Debug, Clone)]
pub struct Running {
    /// Its name.
    pub name: String,
    /// When it was started.
    pub since: DateTime<Utc>,
}

/// Starts a scenario. The error is the scenario that already runs.
#[derive(Debug, Message)]
#[rtype(result = "Result<Running, Running>")]
pub struct StartScenario(
    /// The scenario.
    pub Arc<Scenario>,
);

/// Stops the running scenario, and recovers the alerts that it has triggered.
#[derive(Debug, Message)]
#[rtype(result = "Option<Running>")]
pub struct StopScenario;

/// Asks for the running scenario.
#[derive(Debug, Message)]
#[rtype(result = "Option<Running>")]
pub struct RunningScenario;
