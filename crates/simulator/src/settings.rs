//! The settings of `mock-metrics`; their meaning, units and defaults stand in `config/mock-metrics.toml`.

use std::{collections::BTreeMap, path::Path, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use program::settings::{Alias, Program, Secret, SettingsError, load, validator::Validator};
use program::settings::{connections::ConnectionSettings, log::LogSettings};
use serde::Deserialize;

/// The short variable of the port.
pub const PORT: &str = "MOCK_SERVICE_PORT";

const PROGRAM: Program = Program {
    defaults: || include_str!("../../../config/mock-metrics.toml").to_owned(),
    prefix: "MOCK_METRICS",
    aliases: &[
        Alias::plain(PORT, "server.port"),
        Alias::plain("PROMETHEUS_URL", "drill.prometheus_url"),
        Alias::plain("ALERTMANAGER_URL", "drill.alertmanager_url"),
        Alias::plain("GATEWAY_URL", "drill.gateway_url"),
        Alias::plain("SIMULATOR_URL", "drill.simulator_url"),
        Alias::plain("RUST_LOG", "log.filter"),
        Alias::plain("LOG_FORMAT", "log.format"),
    ],
};

/// All settings of the simulator, checked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "each section is documented key by key in config/mock-metrics.toml"
)]
pub struct MockSettings {
    pub server: Server,
    pub control: Control,
    pub simulation: Simulation,
    pub drill: Drill,
    pub log: LogSettings,
}

// A flattened section cannot deny unknown fields. The layers have refused them already.
#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs, reason = "config/mock-metrics.toml")]
pub struct Server {
    pub host: String,
    pub port: u16,
    pub hosts: Vec<String>,
    /// The value of [`PORT`] that Kubernetes has set, and that is ignored.
    #[serde(skip)]
    pub ignored_port: Option<String>,
    #[serde(flatten)]
    pub connections: ConnectionSettings,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/mock-metrics.toml")]
pub struct Control {
    pub allow_remote: bool,
    pub token: Secret,
    pub allowed_origins: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/mock-metrics.toml")]
pub struct Simulation {
    pub seed: u64,
    pub max_label_values: usize,
    pub history_hours: u64,
    pub history_until: String,
}

/// The longest gap between the end of the past and the start of the simulator.
const MAX_GAP: TimeDelta = TimeDelta::days(1);

impl Simulation {
    /// The length of the generated past.
    pub fn history(&self) -> Duration {
        Duration::from_secs(self.history_hours * 3_600)
    }

    /// The end of the generated past; `None`: now.
    pub fn history_ended(&self) -> Option<DateTime<Utc>> {
        let time = DateTime::parse_from_rfc3339(&self.history_until).ok()?;
        Some(time.to_utc())
    }

    fn check(&self, validator: &mut Validator) {
        validator.within(
            "simulation.max_label_values",
            self.max_label_values,
            1..=100_000,
        );
        validator.within("simulation.history_hours", self.history_hours, 0..=168);
        if !self.history_until.is_empty() {
            let ago = self.history_ended().map(|ended| Utc::now() - ended);
            validator.require(
                ago.is_some_and(|ago| (TimeDelta::zero()..=MAX_GAP).contains(&ago)),
                "simulation.history_until",
                "must be a time within the last day, such as 2026-02-10T05:35:00Z",
            );
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/mock-metrics.toml")]
pub struct Drill {
    pub prometheus_url: Secret,
    pub alertmanager_url: Secret,
    pub gateway_url: Secret,
    pub simulator_url: Secret,
}

impl MockSettings {
    /// Reads and checks all layers.
    ///
    /// # Errors
    /// Every error that is found, each with its key.
    pub fn load(
        file: Option<&Path>,
        environment: &BTreeMap<String, String>,
    ) -> Result<Self, SettingsError> {
        let (environment, from_kubernetes) = without_service_links(environment);
        let (mut settings, mut validator) = load::<Self>(&PROGRAM, file, &environment)?;
        settings.server.ignored_port = from_kubernetes;
        validator.ip("server.host", &settings.server.host);
        validator.hosts("server.hosts", &settings.server.hosts);
        validator.token("control.token", &settings.control.token);
        settings.server.connections.check(&mut validator);
        validator.origins("control.allowed_origins", &settings.control.allowed_origins);
        settings.simulation.check(&mut validator);
        let drill = &settings.drill;
        validator.http_url("drill.prometheus_url", drill.prometheus_url.reveal());
        validator.http_url("drill.alertmanager_url", drill.alertmanager_url.reveal());
        validator.http_url("drill.gateway_url", drill.gateway_url.reveal());
        validator.http_url("drill.simulator_url", drill.simulator_url.reveal());
        settings.log.check(&mut validator);
        validator.finish(settings)
    }
}

/// The environment without a [`PORT`] that Kubernetes has set, and its value. Kubernetes sets `tcp://10.0.0.1:8082` in every
/// container next to a service named `mock-service`.
fn without_service_links(
    environment: &BTreeMap<String, String>,
) -> (BTreeMap<String, String>, Option<String>) {
    let mut environment = environment.clone();
    let link = environment
        .get(PORT)
        .filter(|text| text.starts_with("tcp://") || text.starts_with("udp://"));
    let link = link.cloned();
    if link.is_some() {
        environment.remove(PORT);
    }
    (environment, link)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_of_kubernetes_is_no_port() {
        let load = |port: &str| {
            let environment = BTreeMap::from([(PORT.to_owned(), port.to_owned())]);
            MockSettings::load(None, &environment)
        };
        let server = load("tcp://10.0.0.1:9000").unwrap().server;
        assert_eq!(server.port, 8082);
        assert_eq!(server.ignored_port.as_deref(), Some("tcp://10.0.0.1:9000"));
        assert_eq!(load("9000").unwrap().server.ignored_port, None);
        assert!(load("tcp:").is_err());
    }

    #[test]
    fn the_defaults_are_valid_and_are_the_contract_s() {
        let settings = MockSettings::load(None, &BTreeMap::new()).unwrap();
        assert_eq!(settings.server.port, 8082);
        assert_eq!(settings.simulation.max_label_values, 100);
        assert!(settings.control.token.is_empty() && !settings.control.allow_remote);
    }

    #[test]
    fn a_token_is_taken_but_never_printed() {
        let settings = with_token("hunter2-hunter2-").unwrap();
        assert_eq!(settings.control.token.reveal(), "hunter2-hunter2-");
        assert!(!format!("{settings:?}").contains("hunter2"));
        assert!(with_token("").unwrap().control.token.is_empty());
    }

    #[test]
    fn a_token_that_is_short_or_can_never_be_sent_is_refused_and_not_repeated() {
        for token in [
            "a",
            "hunter2-hunter2",
            " hunter2-hunter2-",
            "hunter2-hunter2-\n",
            "hunter2 hunter2 hunter2",
            "h\u{fc}nter2-hunter2-",
            "                ",
        ] {
            let message = with_token(token).unwrap_err().to_string();
            assert!(message.starts_with("control.token: "), "{message}");
            assert!(
                message.contains("16") && message.lines().count() == 1,
                "{message}"
            );
            assert!(!message.contains("nter2"), "{message}");
        }
    }

    fn with_token(token: &str) -> Result<MockSettings, SettingsError> {
        let variable = "MOCK_METRICS__CONTROL__TOKEN".to_owned();
        MockSettings::load(None, &BTreeMap::from([(variable, token.to_owned())]))
    }
}
