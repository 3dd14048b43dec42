//! The control API of the simulator: its alerts, triggers and recoveries, and its scenarios.

use alerting::format_duration;
use prometheus_api::json_api::{JsonApi, JsonApiError};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value, json};
use simulator::catalogue::Alert;

use crate::time::Moment;

/// mock-metrics.
#[derive(Clone)]
pub(crate) struct SimulatorApi(JsonApi);

/// The alerts of its catalogue, and its time scale.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct ServedCatalogue {
    pub(crate) time_scale: f64,
    #[serde(rename = "data")]
    pub(crate) alerts: Vec<SimulatedAlert>,
}

/// One of its alerts.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct SimulatedAlert {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) expr: String,
    #[serde(rename = "for", default)]
    pub(crate) for_duration: String,
    /// `calm`, `rising`, `active` or `recovering`.
    #[serde(default)]
    pub(crate) condition: String,
    /// Whether it is triggered.
    #[serde(default = "default_true")]
    pub(crate) driven: bool,
    /// When its condition last changed.
    #[serde(default)]
    pub(crate) since: Option<Moment>,
    #[serde(default)]
    pub(crate) value: Value,
}

/// Older simulators do not say whether an alert is triggered.
fn default_true() -> bool {
    true
}

/// A run of a scenario.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct ScenarioRun {
    name: String,
    running: bool,
    since: Option<String>,
}

/// A run that this drill has started, or may have started.
#[derive(Debug, Clone)]
pub(crate) enum OwnRun {
    /// The simulator has confirmed it.
    Confirmed(ScenarioRun),
    /// The simulator has not answered yet.
    Unconfirmed {
        name: String,
        /// The run before the start, which is somebody else's.
        previous: Option<ScenarioRun>,
    },
}

/// The envelope of an answer.
#[derive(Deserialize)]
struct Data<T> {
    data: T,
}

impl SimulatorApi {
    /// The simulator at that address.
    pub(super) fn new(api: JsonApi) -> Self {
        Self(api)
    }

    /// Its host and port.
    pub(crate) fn authority(&self) -> (Option<&str>, Option<u16>) {
        self.0.authority()
    }

    /// Its catalogue.
    ///
    /// # Errors
    /// Why it is not known.
    pub(crate) async fn catalogue(&self) -> Result<ServedCatalogue, JsonApiError> {
        self.0.get_json(&["api", "alerts"], &[]).await
    }

    /// One alert.
    ///
    /// # Errors
    /// Why it is not known.
    pub(crate) async fn alert(&self, name: &str) -> Result<SimulatedAlert, JsonApiError> {
        let path = ["api", "alerts", name];
        let answer: Data<_> = self.0.get_json(&path, &[]).await?;
        Ok(answer.data)
    }

    /// Triggers an alert. It recovers by itself after `hold_seconds`, in seconds of the unscaled catalogue.
    ///
    /// # Errors
    /// Why it was not triggered.
    pub(crate) async fn trigger(&self, name: &str, hold_seconds: f64) -> Result<(), JsonApiError> {
        let body = json!({ "hold_seconds": hold_seconds });
        let path = ["api", "alerts", name, "trigger"];
        self.post(&path, Some(&body)).await
    }

    /// Recovers an alert.
    ///
    /// # Errors
    /// Why it was not recovered.
    pub(crate) async fn recover(&self, name: &str) -> Result<(), JsonApiError> {
        self.post(&["api", "alerts", name, "recover"], None).await
    }

    /// The commands by which a person recovers an alert, and all alerts.
    pub(crate) fn recovery_commands(&self, name: &str) -> [String; 2] {
        let recover = self.0.url(&["api", "alerts", name, "recover"], &[]);
        let reset = self.0.url(&["api", "reset"], &[]);
        [recover, reset].map(|url| format!("curl -X POST {url}"))
    }

    /// Starts a scenario.
    ///
    /// # Errors
    /// Why it was not started.
    pub(crate) async fn start_scenario(&self, name: &str) -> Result<ScenarioRun, JsonApiError> {
        let path = ["api", "scenarios", name, "start"];
        let started: Data<_> = self.0.post_json(&path, None).await?;
        Ok(started.data)
    }

    /// The scenario that is running, if there is one.
    ///
    /// # Errors
    /// Why that is not known.
    pub(crate) async fn running_scenario(&self) -> Result<Option<ScenarioRun>, JsonApiError> {
        let runs: Data<Vec<ScenarioRun>> = self.0.get_json(&["api", "scenarios"], &[]).await?;
        Ok(runs.data.into_iter().find(|run| run.running))
    }

    /// Stops the running scenario, which recovers its alerts, if it is `own`.
    ///
    /// # Errors
    /// Why it was not stopped.
    pub(crate) async fn stop_scenario(&self, own: &OwnRun) -> Result<(), JsonApiError> {
        match self.running_scenario().await? {
            Some(run) if own.is(&run) => self.post(&["api", "scenarios", "stop"], None).await,
            _ => Ok(()),
        }
    }

    async fn post(&self, path: &[&str], body: Option<&Value>) -> Result<(), JsonApiError> {
        let _: IgnoredAny = self.0.post_json(path, body).await?;
        Ok(())
    }
}

impl SimulatedAlert {
    /// Whether nothing drives it and its value is a calm one.
    pub(crate) fn is_calm(&self) -> bool {
        self.condition == "calm"
    }

    /// Whether it returns to its baseline.
    pub(crate) fn is_recovering(&self) -> bool {
        self.condition == "recovering"
    }

    /// Whether its value is a baseline value. False for a counter, whose value does not tell.
    pub(crate) fn is_at_baseline(&self, alert: &Alert) -> bool {
        let value = self.value.as_f64();
        let is_near = |value: f64| (value - alert.baseline).abs() <= alert.noise;
        !alert.is_counter() && value.is_some_and(is_near)
    }

    /// In what it differs from the alert of that name in another catalogue.
    pub(crate) fn difference_from(&self, alert: &Alert) -> Option<String> {
        let for_duration = format_duration(alert.for_duration);
        let (what, theirs, ours) = if self.expr != alert.expr {
            ("expr", &self.expr, &alert.expr)
        } else if self.for_duration != for_duration {
            ("for", &self.for_duration, &for_duration)
        } else {
            return None;
        };
        Some(format!(
            "{what} of {} is `{theirs}` there, `{ours}` here",
            self.name
        ))
    }
}

impl OwnRun {
    /// The scenario's name.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Confirmed(run) => &run.name,
            Self::Unconfirmed { name, .. } => name,
        }
    }

    fn is(&self, run: &ScenarioRun) -> bool {
        match self {
            Self::Confirmed(own) => run == own,
            Self::Unconfirmed { name, previous } => {
                run.name == *name && Some(run) != previous.as_ref()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(name: &str, since: &str) -> ScenarioRun {
        ScenarioRun {
            name: name.to_owned(),
            running: true,
            since: Some(since.to_owned()),
        }
    }

    #[test]
    fn a_confirmed_run_is_recognised_by_its_name_and_its_start() {
        let own = OwnRun::Confirmed(run("disk", "08:00"));
        assert!(own.is(&run("disk", "08:00")));
        assert!(!own.is(&run("disk", "08:01")), "a later one");
        assert!(!own.is(&run("outage", "08:00")));
    }

    #[test]
    fn an_unconfirmed_run_is_recognised_by_its_name_if_it_began_after_the_look() {
        let own = |previous| OwnRun::Unconfirmed {
            name: "disk".to_owned(),
            previous,
        };
        let found = run("disk", "08:00");
        assert!(own(None).is(&found));
        assert!(own(Some(run("disk", "07:00"))).is(&found));
        assert!(!own(Some(found.clone())).is(&found), "it ran before");
        assert!(!own(None).is(&run("outage", "08:00")));
    }

    #[actix_rt::test]
    async fn recovery_commands_have_the_address_without_credentials() {
        let url = url::Url::parse("http://u:hunter2@h/mock").unwrap();
        let simulator = SimulatorApi(JsonApi::new(url, None));
        assert_eq!(
            simulator.recovery_commands("DiskFull"),
            [
                "curl -X POST http://h/mock/api/alerts/DiskFull/recover",
                "curl -X POST http://h/mock/api/reset"
            ]
        );
    }
}
