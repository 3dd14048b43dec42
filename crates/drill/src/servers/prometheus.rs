//! What a drill asks Prometheus.

use std::time::Duration;

use chrono::TimeDelta;
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    seen::{Labels, Rule, Shown},
    server::{Fault, Server},
};

/// Clocks that are nearer are taken for the same: a `Date` has whole seconds.
const HARDLY: TimeDelta = TimeDelta::seconds(2);

/// Prometheus' HTTP API, as far as a drill needs it.
#[derive(Clone)]
pub(crate) struct Prometheus(pub(crate) Server);

#[derive(Deserialize)]
struct Envelope<T> {
    data: T,
}

#[derive(Deserialize)]
struct Alerts {
    /// `null` where some servers mean none.
    alerts: Option<Vec<Shown>>,
}

#[derive(Deserialize)]
struct Groups {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    #[serde(default)]
    interval: f64,
    rules: Vec<Rule>,
}

/// A target that is scraped.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Target {
    pub(crate) scrape_url: String,
    #[serde(default)]
    pub(crate) scrape_interval: String,
    pub(crate) health: String,
    #[serde(default)]
    pub(crate) last_error: String,
    #[serde(default)]
    pub(crate) labels: Labels,
}

#[derive(Deserialize)]
struct Configuration {
    yaml: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Targets {
    active_targets: Vec<Target>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Alertmanagers {
    active_alertmanagers: Vec<Alertmanager>,
}

#[derive(Deserialize)]
struct Alertmanager {
    url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Runtime {
    #[serde(default = "yes")]
    reload_config_success: bool,
}

/// What speaks Prometheus' API without having its configuration has nothing to read again.
fn yes() -> bool {
    true
}

#[derive(Deserialize)]
struct Vector {
    result: Vec<Sample>,
}

/// One series of an instant query's answer.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Sample {
    #[serde(rename = "metric")]
    pub(crate) labels: Labels,
    /// Time in Unix seconds, and the value as text.
    value: (f64, String),
}

impl Sample {
    /// Its value; NaN where Prometheus says so.
    pub(crate) fn value(&self) -> f64 {
        self.value.1.parse().unwrap_or(f64::NAN)
    }
}

impl Prometheus {
    /// The active alerts.
    ///
    /// # Errors
    /// Why they are not known.
    pub(crate) async fn alerts(&self) -> Result<Vec<Shown>, Fault> {
        let alerts: Alerts = self.read("alerts", &[]).await?;
        Ok(alerts.alerts.unwrap_or_default())
    }

    /// The alerting rules, each with the interval of its group.
    ///
    /// # Errors
    /// Why they are not known.
    pub(crate) async fn rules(&self) -> Result<Vec<Rule>, Fault> {
        let groups: Groups = self.read("rules", &[("type", "alert")]).await?;
        let rules = groups.groups.into_iter().flat_map(|group| {
            let interval = Duration::try_from_secs_f64(group.interval).unwrap_or_default();
            group
                .rules
                .into_iter()
                .map(move |rule| Rule { interval, ..rule })
        });
        Ok(rules.collect())
    }

    /// What it scrapes.
    ///
    /// # Errors
    /// Why that is not known.
    pub(crate) async fn targets(&self) -> Result<Vec<Target>, Fault> {
        let targets: Targets = self.read("targets", &[("state", "active")]).await?;
        Ok(targets.active_targets)
    }

    /// The addresses of the Alertmanagers that it tells.
    ///
    /// # Errors
    /// Why they are not known.
    pub(crate) async fn alertmanagers(&self) -> Result<Vec<String>, Fault> {
        let known: Alertmanagers = self.read("alertmanagers", &[]).await?;
        let urls = known.active_alertmanagers.into_iter();
        Ok(urls.map(|known| known.url).collect())
    }

    /// Its configuration, YAML; nothing where it does not say.
    pub(crate) async fn configuration(&self) -> String {
        let path = ["api", "v1", "status", "config"];
        let answer: Result<Envelope<Configuration>, Fault> = self.0.read(&path, &[]).await;
        answer.map(|answer| answer.data.yaml).unwrap_or_default()
    }

    /// Whether it has refused the configuration that it was last told to read. One that does not say has not.
    pub(crate) async fn reload_failed(&self) -> bool {
        let path = ["api", "v1", "status", "runtimeinfo"];
        let answer: Result<Envelope<Runtime>, Fault> = self.0.read(&path, &[]).await;
        answer.is_ok_and(|answer| !answer.data.reload_config_success)
    }

    /// By how much its clock is ahead of ours; nothing where it does not say, or the difference may as well be none.
    pub(crate) async fn skew(&self) -> TimeDelta {
        let path = ["api", "v1", "status", "buildinfo"];
        let skew = self.0.clock(&path).await.ok().flatten();
        skew.filter(|skew| skew.abs() > HARDLY).unwrap_or_default()
    }

    /// The series for which `expr` holds now.
    ///
    /// # Errors
    /// Why they are not known; a bad expression is [`Fault::Status`].
    pub(crate) async fn query(&self, expr: &str) -> Result<Vec<Sample>, Fault> {
        // Posted, since an address is shorter than the conditions of many alerts.
        let path = ["api", "v1", "query"];
        let answer: Envelope<Vector> = self.0.read_form(&path, &[("query", expr)]).await?;
        Ok(answer.data.result)
    }

    async fn read<T: DeserializeOwned>(
        &self,
        endpoint: &str,
        query: &[(&str, &str)],
    ) -> Result<T, Fault> {
        let answer: Envelope<T> = self.0.read(&["api", "v1", endpoint], query).await?;
        Ok(answer.data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prometheus_answers_are_read() {
        let rules = r#"{"data":{"groups":[{"name":"disk","interval":1,"rules":[{"name":"A","query":"m > 1",
            "duration":60,"keepFiringFor":0,"labels":{"severity":"warning"},"annotations":{},"alerts":[],
            "health":"ok","type":"alerting","state":"inactive"}]}]}}"#;
        let read: Envelope<Groups> = serde_json::from_str(rules).unwrap();
        let rule = &read.data.groups[0].rules[0];
        assert_eq!((rule.name.as_str(), rule.duration), ("A", 60.0));

        let vector = r#"{"status":"success","data":{"resultType":"vector","result":[
            {"metric":{"__name__":"m"},"value":[1.5,"+Inf"]}]}}"#;
        let read: Envelope<Vector> = serde_json::from_str(vector).unwrap();
        assert_eq!(read.data.result[0].value(), f64::INFINITY);
    }
}
