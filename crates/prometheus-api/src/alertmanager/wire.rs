//! Parts of Alertmanager's answers (API v2) that its readers share.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer};

/// `alertStatus`: what Alertmanager does with an alert.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AlertStatus {
    /// `active`, `suppressed` or `unprocessed`.
    pub state: String,
    /// The ids of silences.
    #[serde(default, deserialize_with = "null_as_empty")]
    pub silenced_by: Vec<String>,
    /// The fingerprints of other alerts.
    #[serde(default, deserialize_with = "null_as_empty")]
    pub inhibited_by: Vec<String>,
    /// The names of time intervals (Alertmanager 0.28 and later).
    #[serde(default, deserialize_with = "null_as_empty")]
    pub muted_by: Vec<String>,
}

/// `gettableSilence`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Silence {
    /// Its id.
    pub id: String,
    /// Who made it.
    #[serde(default)]
    pub created_by: String,
    /// Why it was made.
    #[serde(default)]
    pub comment: String,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
}

/// Some servers write `null` for an empty list.
fn null_as_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
