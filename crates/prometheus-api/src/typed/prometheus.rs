//! Prometheus' HTTP API as values.

use std::time::Duration;

use chrono::TimeDelta;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use super::alert::{ActiveAlert, Labels};
use crate::{
    json_api::{JsonApi, JsonApiError},
    vector::{self, Sample},
};

/// Clocks that are closer than this count as equal: a `Date` header has whole seconds.
const MIN_CLOCK_SKEW: TimeDelta = TimeDelta::seconds(2);

/// Prometheus.
#[derive(Clone)]
pub struct TypedPrometheus(JsonApi);

#[derive(Deserialize)]
struct Envelope<T> {
    data: T,
}

#[derive(Deserialize)]
struct Alerts {
    /// `null` where some servers mean none.
    alerts: Option<Vec<ActiveAlert>>,
}

#[derive(Deserialize)]
struct Groups {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    #[serde(default)]
    interval: f64,
    rules: Vec<AlertingRule>,
}

/// An alerting rule as Prometheus has loaded it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AlertingRule {
    /// The `alertname` of its alerts.
    pub name: String,
    /// Its expression.
    pub query: String,
    /// Its `for`, in seconds.
    #[serde(default)]
    pub duration: f64,
    /// In seconds.
    #[serde(default)]
    pub keep_firing_for: f64,
    /// The labels that it adds.
    #[serde(default)]
    pub labels: Labels,
    /// Templates.
    #[serde(default)]
    pub annotations: Labels,
    /// Why its last evaluation failed; empty if it did not.
    #[serde(default)]
    pub last_error: String,
    /// How often its group is evaluated.
    #[serde(skip)]
    pub interval: Duration,
}

/// A target that is scraped.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    /// Its address.
    pub scrape_url: String,
    /// How often, as Prometheus writes durations.
    #[serde(default)]
    pub scrape_interval: String,
    /// `up`, `down` or `unknown`.
    pub health: String,
    /// Why the last scrape failed; empty if it did not.
    #[serde(default)]
    pub last_error: String,
    /// The labels that its series get.
    #[serde(default)]
    pub labels: Labels,
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
    active_alertmanagers: Vec<AlertmanagerAddress>,
}

#[derive(Deserialize)]
struct AlertmanagerAddress {
    url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RuntimeInfo {
    /// Servers that speak this API without a configuration file do not say.
    #[serde(default = "default_true")]
    reload_config_success: bool,
}

fn default_true() -> bool {
    true
}

impl TypedPrometheus {
    /// Prometheus at that address.
    pub fn new(api: JsonApi) -> Self {
        Self(api)
    }

    /// The active alerts.
    ///
    /// # Errors
    /// Why they are not known.
    pub async fn alerts(&self) -> Result<Vec<ActiveAlert>, JsonApiError> {
        let alerts: Alerts = self.get("alerts", &[]).await?;
        Ok(alerts.alerts.unwrap_or_default())
    }

    /// The alerting rules, each with the interval of its group.
    ///
    /// # Errors
    /// Why they are not known.
    pub async fn alerting_rules(&self) -> Result<Vec<AlertingRule>, JsonApiError> {
        let groups: Groups = self.get("rules", &[("type", "alert")]).await?;
        let rules = groups.groups.into_iter().flat_map(|group| {
            let interval = Duration::try_from_secs_f64(group.interval).unwrap_or_default();
            let rules = group.rules.into_iter();
            rules.map(move |rule| AlertingRule { interval, ..rule })
        });
        Ok(rules.collect())
    }

    /// The targets that it scrapes.
    ///
    /// # Errors
    /// Why they are not known.
    pub async fn targets(&self) -> Result<Vec<Target>, JsonApiError> {
        let targets: Targets = self.get("targets", &[("state", "active")]).await?;
        Ok(targets.active_targets)
    }

    /// The addresses of the Alertmanagers that it sends alerts to.
    ///
    /// # Errors
    /// Why they are not known.
    pub async fn alertmanagers(&self) -> Result<Vec<String>, JsonApiError> {
        let known: Alertmanagers = self.get("alertmanagers", &[]).await?;
        let addresses = known.active_alertmanagers.into_iter();
        Ok(addresses.map(|address| address.url).collect())
    }

    /// Its configuration, YAML.
    ///
    /// # Errors
    /// Why it is not known.
    pub async fn configuration(&self) -> Result<String, JsonApiError> {
        let answer: Configuration = self.get_path(&["api", "v1", "status", "config"]).await?;
        Ok(answer.yaml)
    }

    /// Whether it refused the configuration at its last reload.
    ///
    /// # Errors
    /// Why that is not known.
    pub async fn last_reload_failed(&self) -> Result<bool, JsonApiError> {
        let path = ["api", "v1", "status", "runtimeinfo"];
        let answer: RuntimeInfo = self.get_path(&path).await?;
        Ok(!answer.reload_config_success)
    }

    /// By how much its clock is ahead of ours. Zero where it does not say, or the difference is too small to be seen.
    pub async fn clock_skew(&self) -> TimeDelta {
        let path = ["api", "v1", "status", "buildinfo"];
        let skew = self.0.clock_skew(&path).await.ok().flatten();
        skew.filter(|skew| skew.abs() > MIN_CLOCK_SKEW)
            .unwrap_or_default()
    }

    /// The result of an instant query.
    ///
    /// # Errors
    /// Why there is none; a bad expression is [`JsonApiError::Status`].
    pub async fn query(&self, expr: &str) -> Result<Vec<Sample>, JsonApiError> {
        // Posted: the conditions of many alerts are longer than an address may be.
        let path = ["api", "v1", "query"];
        let answer: Envelope<Box<RawValue>> = self.0.post_form(&path, &[("query", expr)]).await?;
        let samples = vector::samples(answer.data.get().as_bytes());
        samples.ok_or_else(|| JsonApiError::Malformed("not an instant vector".to_owned()))
    }

    async fn get<T: DeserializeOwned>(
        &self,
        endpoint: &str,
        query: &[(&str, &str)],
    ) -> Result<T, JsonApiError> {
        let path = ["api", "v1", endpoint];
        let answer: Envelope<T> = self.0.get_json(&path, query).await?;
        Ok(answer.data)
    }

    async fn get_path<T: DeserializeOwned>(&self, path: &[&str]) -> Result<T, JsonApiError> {
        let answer: Envelope<T> = self.0.get_json(path, &[]).await?;
        Ok(answer.data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alerting_rule_is_read_as_prometheus_writes_it() {
        let rules = r#"{"data":{"groups":[{"name":"disk","interval":1,"rules":[{"name":"A","query":"m > 1",
            "duration":60,"keepFiringFor":0,"labels":{"severity":"warning"},"annotations":{},"alerts":[],
            "health":"ok","type":"alerting","state":"inactive"}]}]}}"#;
        let read: Envelope<Groups> = serde_json::from_str(rules).unwrap();
        let rule = &read.data.groups[0].rules[0];
        assert_eq!((rule.name.as_str(), rule.duration), ("A", 60.0));
    }
}
