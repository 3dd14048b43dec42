//! Alertmanager's HTTP API v2 as values.

use serde::Deserialize;

use super::alert::Labels;
pub use crate::alertmanager::wire::{AlertStatus, Silence};
use crate::json_api::{JsonApi, JsonApiError};

/// Alertmanager.
#[derive(Clone)]
pub struct TypedAlertmanager(JsonApi);

/// `gettableAlert`: an alert as Alertmanager has it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AlertmanagerAlert {
    /// Its labels, `alertname` included.
    pub labels: Labels,
    /// Its annotations.
    #[serde(default)]
    pub annotations: Labels,
    /// By which `inhibitedBy` of others names it.
    #[serde(default)]
    pub fingerprint: String,
    /// What Alertmanager does with it.
    pub status: AlertStatus,
    /// Who is notified of it.
    #[serde(default)]
    pub receivers: Vec<ReceiverName>,
}

/// A receiver of Alertmanager's configuration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ReceiverName {
    /// As the configuration names it.
    pub name: String,
}

#[derive(Deserialize)]
struct Status {
    config: Configuration,
}

#[derive(Deserialize)]
struct Configuration {
    original: String,
}

impl TypedAlertmanager {
    /// Alertmanager at that address.
    pub fn new(api: JsonApi) -> Self {
        Self(api)
    }

    /// Its configuration, YAML, without secrets.
    ///
    /// # Errors
    /// Why it is not known.
    pub async fn configuration(&self) -> Result<String, JsonApiError> {
        let status: Status = self.0.get_json(&["api", "v2", "status"], &[]).await?;
        Ok(status.config.original)
    }

    /// The alerts that are not resolved, whatever it does with them.
    ///
    /// # Errors
    /// Why they are not known.
    pub async fn alerts(&self) -> Result<Vec<AlertmanagerAlert>, JsonApiError> {
        self.0.get_json(&["api", "v2", "alerts"], &[]).await
    }

    /// The silences, expired ones included.
    ///
    /// # Errors
    /// Why they are not known.
    pub async fn silences(&self) -> Result<Vec<Silence>, JsonApiError> {
        self.0.get_json(&["api", "v2", "silences"], &[]).await
    }
}
