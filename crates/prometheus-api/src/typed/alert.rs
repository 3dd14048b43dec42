//! An active alert, as Prometheus and the gateway's `alerts` channel write it.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

/// Names and values of labels or annotations.
pub type Labels = BTreeMap<String, String>;

/// An active alert (Prometheus HTTP API, "Alerts").
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct ActiveAlert {
    /// Its labels, `alertname` included.
    pub labels: Labels,
    /// Its annotations, with their templates expanded.
    #[serde(default)]
    pub annotations: Labels,
    /// `pending` or `firing`.
    pub state: String,
    /// When it became active, RFC 3339, by Prometheus' clock.
    #[serde(rename = "activeAt", default)]
    pub active_at: String,
    /// The value of its expression, as text.
    #[serde(default)]
    pub value: String,
}

impl ActiveAlert {
    /// Whether its state is `firing`.
    pub fn is_firing(&self) -> bool {
        self.state == "firing"
    }

    /// `activeAt` by this machine's clock, where Prometheus' clock is ahead by `clock_skew`. `None` if it is not RFC 3339.
    pub fn active_since(&self, clock_skew: TimeDelta) -> Option<DateTime<Utc>> {
        let active_at = DateTime::parse_from_rfc3339(&self.active_at).ok()?;
        Some(active_at.with_timezone(&Utc) - clock_skew)
    }
}
