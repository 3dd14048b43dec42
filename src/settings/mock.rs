//! The settings of `mock-metrics`; their meaning, units and defaults stand in `config/mock-metrics.toml`.

use std::{collections::BTreeMap, path::Path};

use serde::Deserialize;

use super::{Alias, Program, Secret, SettingsError, load};
use crate::settings::log::Log;

const PROGRAM: Program = Program {
    defaults: include_str!("../../config/mock-metrics.toml"),
    prefix: "MOCK_METRICS",
    aliases: &[
        Alias::plain("MOCK_SERVICE_PORT", "server.port"),
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
    pub log: Log,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/mock-metrics.toml")]
pub struct Server {
    pub host: String,
    pub port: u16,
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
    /// Every fault that could be found, each with its key.
    pub fn load(
        file: Option<&Path>,
        environment: &BTreeMap<String, String>,
    ) -> Result<Self, SettingsError> {
        let (settings, mut faults) = load::<Self>(&PROGRAM, file, environment)?;
        faults.ip("server.host", &settings.server.host);
        faults.origins("control.allowed_origins", &settings.control.allowed_origins);
        let values = settings.simulation.max_label_values;
        faults.within("simulation.max_label_values", values, 1..=100_000);
        let drill = &settings.drill;
        faults.http_url("drill.prometheus_url", &drill.prometheus_url);
        faults.http_url("drill.alertmanager_url", &drill.alertmanager_url);
        faults.http_url("drill.gateway_url", &drill.gateway_url);
        faults.http_url("drill.simulator_url", &drill.simulator_url);
        settings.log.check(&mut faults);
        faults.or(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_valid_and_are_the_contract_s() {
        let settings = MockSettings::load(None, &BTreeMap::new()).unwrap();
        assert_eq!(settings.server.port, 8082);
        assert_eq!(settings.simulation.max_label_values, 100);
        assert!(settings.control.token.is_empty() && !settings.control.allow_remote);
    }

    #[test]
    fn a_token_is_taken_but_never_printed() {
        let environment = BTreeMap::from([(
            "MOCK_METRICS__CONTROL__TOKEN".to_owned(),
            "hunter2".to_owned(),
        )]);
        let settings = MockSettings::load(None, &environment).unwrap();
        assert_eq!(settings.control.token.reveal(), "hunter2");
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
}
