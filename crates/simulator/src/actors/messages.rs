//! Everything one simulator actor may be told, and by whom.
//!
//! | message                                | from                                  | to             | reply                                     |
//! |----------------------------------------|---------------------------------------|----------------|-------------------------------------------|
//! | [`Apply`]                              | `POST /simulate/…`                    | SimulatorActor | the value that the series has, or why not |
//! | [`Expose`]                             | `GET /metrics`                        | SimulatorActor | the text, with the family's series        |
//! | [`ListAlerts`]                         | `GET /api/alerts`                     | SimulatorActor | the alerts on its series                  |
//! | [`Trigger`]                            | `POST /api/alerts/…`, ScenarioPlayer  | SimulatorActor | the alert                                 |
//! | [`Recover`]                            | `POST /api/alerts/…`                  | SimulatorActor | the alert                                 |
//! | [`EndStimulus`]                           | ScenarioPlayer                        | SimulatorActor | –                                         |
//! | [`Reset`]                              | `POST /api/reset`                     | SimulatorActor | –                                         |
//! | [`StartScenario`]                      | `POST /api/scenarios/…/start`         | ScenarioPlayer | since when it runs, or which one does     |
//! | [`StopScenario`]                       | `POST /api/scenarios/stop`, `/api/reset` | ScenarioPlayer | what has been stopped                  |
//! | [`RunningScenario`]                    | `GET /api/scenarios`                  | ScenarioPlayer | what runs                                 |

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
    /// The row of the table.
    pub lever: &'static Lever,
    /// The values of the labels that the path gives, in its order.
    pub labels: Vec<String>,
    /// What is asked.
    pub change: Change,
}

/// Asks for all series as exposition text, to be appended to the one that it brings and gives back.
#[derive(Debug, Message)]
#[rtype(result = "String")]
pub struct Expose(pub String);

/// An alert, and where it stands.
#[derive(Debug, Clone)]
pub struct AlertStatus {
    /// The alert.
    pub alert: Arc<Alert>,
    /// Whether its condition holds, and what was asked.
    pub condition: Condition,
    /// The value of its series.
    pub value: f64,
    /// What its expression compares with a number, where it does.
    pub compared: Option<f64>,
    /// Its series is driven on its behalf.
    pub driven: bool,
    /// When the condition changed last.
    pub since: DateTime<Utc>,
}

/// Asks for the alerts on the actor's series.
#[derive(Debug, Message)]
#[rtype(result = "Vec<AlertStatus>")]
pub struct ListAlerts;

/// Drives an alert's series. `None`: the alert is another actor's.
#[derive(Debug, Message)]
#[rtype(result = "Option<AlertStatus>")]
pub struct Trigger {
    /// Which one.
    pub alert: Arc<Alert>,
    /// How.
    pub stimulus: Stimulus,
}

/// Brings an alert's series back to the baseline, whoever drives it. `None`: the alert is another actor's.
#[derive(Debug, Message)]
#[rtype(result = "Option<AlertStatus>")]
pub struct Recover {
    /// Which one.
    pub alert: Arc<Alert>,
}

/// Brings an alert's series back to the baseline if it is still driven for this alert: another alert may have taken it over,
/// or somebody may have set it.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct EndStimulus {
    /// Which one.
    pub alert: Arc<Alert>,
}

/// Brings every series back to the baseline at once.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct Reset;

/// A scenario that runs.
#[derive(Debug, Clone)]
pub struct Running {
    /// Its name.
    pub name: String,
    /// When it was started.
    pub since: DateTime<Utc>,
}

/// Starts a scenario; refused with the one that runs.
#[derive(Debug, Message)]
#[rtype(result = "Result<Running, Running>")]
pub struct StartScenario(
    /// Which one.
    pub Arc<Scenario>,
);

/// Stops the scenario that runs, if one does, and recovers what it has triggered.
#[derive(Debug, Message)]
#[rtype(result = "Option<Running>")]
pub struct StopScenario;

/// Asks which scenario runs.
#[derive(Debug, Message)]
#[rtype(result = "Option<Running>")]
pub struct RunningScenario;
