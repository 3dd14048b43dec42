//! The caller's environment, and which of its variables have no effect in a lab.

use std::{collections::BTreeMap, env};

/// The variables of the caller that are not empty.
pub(crate) struct Environment(BTreeMap<String, String>);

/// Variables with the same meaning, and why they have no effect: the lab sets their values.
const REPLACED: &[(&[&str], &str)] = &[
    (
        &["PORT", "SERVICE_METRICS__SERVER__PORT"],
        "service-metrics listens where --gateway-port says",
    ),
    (
        &["MOCK_SERVICE_PORT", "MOCK_METRICS__SERVER__PORT"],
        "mock-metrics listens where --mock-port says",
    ),
    (
        &[
            "SERVICE_METRICS__SERVER__HOST",
            "MOCK_METRICS__SERVER__HOST",
        ],
        "the programs of a lab listen where --listen says",
    ),
    (
        &["PROMETHEUS_URL", "SERVICE_METRICS__PROMETHEUS__URL"],
        "the programs of a lab ask its own Prometheus",
    ),
    (
        &["ALERTMANAGER_URL", "SERVICE_METRICS__ALERTMANAGER__URL"],
        "the programs of a lab know its own Alertmanager",
    ),
    (
        &["DATABASE_URL", "SERVICE_METRICS__DATABASE__URL"],
        "the gateway of a lab reads its own database",
    ),
    (
        &[
            "MOCK_METRICS__SIMULATION__HISTORY_HOURS",
            "MOCK_METRICS__SIMULATION__HISTORY_UNTIL",
        ],
        "the simulator goes on from the history that --history says",
    ),
];

impl Environment {
    /// The environment of this process.
    pub(crate) fn of_this_process() -> Self {
        let text = |part: std::ffi::OsString| part.to_string_lossy().into_owned();
        Self::new(env::vars_os().map(|(name, value)| (text(name), text(value))))
    }

    fn new(variables: impl Iterator<Item = (String, String)>) -> Self {
        Self(variables.filter(|(_, value)| !value.is_empty()).collect())
    }

    /// The value of a variable.
    pub(crate) fn get(&self, variable: &str) -> Option<&str> {
        self.0.get(variable).map(String::as_str)
    }

    /// Whether one of these is set.
    pub(crate) fn has(&self, variables: &[&str]) -> bool {
        variables.iter().any(|name| self.0.contains_key(*name))
    }

    /// A note for each variable that has no effect.
    pub(crate) fn replaced(&self) -> Vec<String> {
        let all = REPLACED
            .iter()
            .flat_map(|(names, why)| names.iter().map(move |name| (name, why)));
        let set = all.filter(|(name, _)| self.0.contains_key(**name));
        set.map(|(name, why)| format!("{name} of the environment has no effect: {why}"))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_effect_is_named_and_what_is_empty_is_not_set() {
        let set = [("PORT", "80"), ("DATABASE_URL", ""), ("RUST_LOG", "debug")];
        let set = set.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let environment = Environment::new(set.into_iter());
        let note = "PORT of the environment has no effect: service-metrics listens where --gateway-port says";
        assert_eq!(environment.replaced(), [note]);
        assert!(
            environment.has(&["POLL_INTERVAL", "RUST_LOG"]) && !environment.has(&["DATABASE_URL"])
        );
        assert_eq!(environment.get("RUST_LOG"), Some("debug"));
    }
}
