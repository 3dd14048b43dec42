//! The settings of `service-metrics`; their meaning, units and defaults stand in `config/service-metrics.toml`.

mod check;
mod severity;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use config::Value;
use ipnet::IpNet;
use program::settings::{Alias, Program, Secret, SettingsError, load, validator};
use program::settings::{connections::ConnectionSettings, log::LogSettings};
use promql_parser::util::parse_duration;
use serde::Deserialize;

pub use severity::AlertSeverity;

const PROGRAM: Program = Program {
    defaults: include_str!("../../config/service-metrics.toml"),
    prefix: "SERVICE_METRICS",
    aliases: &[
        Alias::plain("PORT", "server.port"),
        Alias::plain("PROMETHEUS_URL", "prometheus.url"),
        Alias::or_empty("ALERTMANAGER_URL", "alertmanager.url"),
        Alias::or_empty("DATABASE_URL", "database.url"),
        Alias {
            variable: "SCRAPE_INTERVAL",
            key: "prometheus.poll_interval_seconds",
            read: |text| seconds(text, 1.0),
            may_be_empty: false,
        },
        Alias {
            variable: "POLL_INTERVAL",
            key: "prometheus.poll_interval_seconds",
            read: |text| seconds(text, 1000.0),
            may_be_empty: false,
        },
        Alias::plain("CORS_ALLOWED_ORIGINS", "cors.allowed_origins"),
        Alias::plain("RUST_LOG", "log.filter"),
        Alias::plain("LOG_FORMAT", "log.format"),
    ],
};

/// All settings of the gateway, checked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(
    missing_docs,
    reason = "each section is documented key by key in config/service-metrics.toml"
)]
pub struct GatewaySettings {
    pub server: Server,
    pub cors: Cors,
    pub ui: Ui,
    pub prometheus: Prometheus,
    pub alertmanager: Alertmanager,
    pub alerts: Alerts,
    pub webhook: Webhook,
    pub database: Database,
    pub incidents: Incidents,
    pub websocket: WebSocket,
    pub log: LogSettings,
    pub instant: Vec<Instant>,
    pub range: Vec<Range>,
}

// A flattened section cannot deny unknown fields; the layers have refused them before.
#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs, reason = "config/service-metrics.toml")]
pub struct Server {
    pub host: String,
    pub port: u16,
    pub hosts: Vec<String>,
    pub external_url: String,
    pub workers: usize,
    pub drain_seconds: f64,
    pub trusted_proxies: Vec<String>,
    pub metrics_share_seconds: f64,
    #[serde(flatten)]
    pub connections: ConnectionSettings,
}

impl Server {
    /// How long one rendering of `/metrics` is served.
    pub fn metrics_share(&self) -> Duration {
        Duration::from_secs_f64(self.metrics_share_seconds)
    }

    /// The networks of `trusted_proxies`.
    pub fn trusted_proxies(&self) -> Vec<IpNet> {
        let networks = self.trusted_proxies.iter();
        networks
            .filter_map(|network| validator::network(network))
            .collect()
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/service-metrics.toml")]
pub struct Cors {
    pub allowed_origins: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/service-metrics.toml")]
pub struct Ui {
    pub dir: PathBuf,
    pub simulator_url: String,
}

impl Ui {
    /// Where browsers find the simulator, if alerts are to be rehearsed.
    pub fn simulator_url(&self) -> Option<&str> {
        Some(self.simulator_url.as_str()).filter(|url| !url.is_empty())
    }

    /// The directory, if there is to be a UI.
    pub fn folder(&self) -> Option<&Path> {
        let named = !self.dir.as_os_str().is_empty();
        named.then_some(&self.dir)
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/service-metrics.toml")]
pub struct Prometheus {
    pub url: Secret,
    pub alerts_url: Secret,
    pub poll_interval_seconds: f64,
    pub timeout_seconds: f64,
    pub max_response_bytes: usize,
}

impl Prometheus {
    /// The beat.
    pub fn interval(&self) -> Duration {
        Duration::from_secs_f64(self.poll_interval_seconds)
    }

    /// How long one query may take: shorter than the beat, whatever was set.
    pub fn timeout(&self) -> Duration {
        Duration::from_secs_f64(self.timeout_seconds)
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/service-metrics.toml")]
pub struct Alertmanager {
    pub url: Secret,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/service-metrics.toml")]
pub struct Alerts {
    pub severities: Vec<AlertSeverity>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/service-metrics.toml")]
pub struct Webhook {
    pub max_bytes: usize,
    pub timeout_seconds: f64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/service-metrics.toml")]
pub struct Database {
    pub url: Secret,
    pub pool_size: u32,
    pub acquire_timeout_seconds: f64,
    pub query_timeout_seconds: f64,
    pub check_interval_seconds: f64,
    pub max_queries_per_address: usize,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/service-metrics.toml")]
pub struct Incidents {
    pub enabled: bool,
    pub severities: Vec<String>,
    pub share_seconds: f64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/service-metrics.toml")]
pub struct WebSocket {
    pub max_sessions: usize,
    /// Where `max_sessions` was set; none for the default.
    #[serde(skip)]
    pub max_sessions_from: Option<String>,
    pub max_sessions_per_address: usize,
    pub max_pinned_bytes: usize,
    pub max_message_bytes: usize,
    pub max_frames_per_second: u32,
    pub ping_interval_seconds: f64,
    pub stall_timeout_seconds: f64,
    pub send_buffer_bytes: usize,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/service-metrics.toml")]
pub struct Instant {
    pub name: String,
    pub query: String,
    pub channels: Vec<InstantChannel>,
}

/// Where the answer to an instant query goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub enum InstantChannel {
    /// Prometheus' bytes, as they came.
    Instant,
    /// Sums over series.
    Metrics,
}

impl TryFrom<String> for InstantChannel {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        match name.as_str() {
            "instant" => Ok(Self::Instant),
            "metrics" => Ok(Self::Metrics),
            _ => Err(format!("must be instant or metrics, found {name:?}")),
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/service-metrics.toml")]
pub struct Range {
    pub name: String,
    pub query: String,
    pub window_seconds: u64,
    pub step_seconds: u64,
}

impl GatewaySettings {
    /// The setting by which incidents are switched off, if they are.
    pub fn incidents_off_by(&self) -> Option<&'static str> {
        if !self.incidents.enabled {
            Some("incidents.enabled")
        } else if self.database.url.reveal().trim().is_empty() {
            Some("database.url")
        } else {
            None
        }
    }

    /// Reads and checks all layers.
    ///
    /// # Errors
    /// Every fault that could be found, each with its key.
    pub fn load(
        file: Option<&Path>,
        environment: &BTreeMap<String, String>,
    ) -> Result<Self, SettingsError> {
        let (mut settings, validator) = load::<Self>(&PROGRAM, file, environment)?;
        let from = validator.source("websocket.max_sessions");
        settings.websocket.max_sessions_from = from.map(str::to_owned);
        settings.checked(validator)
    }
}

/// A number of the variable's own unit, of which a second has so many, or a duration as Prometheus writes it.
fn seconds(text: &str, per_second: f64) -> Result<Value, String> {
    let text = text.trim();
    match (text.parse::<f64>(), parse_duration(text)) {
        (Ok(number), _) if number.is_finite() => Ok(Value::from(number / per_second)),
        (_, Ok(duration)) => Ok(Value::from(duration.as_secs_f64())),
        _ => Err(format!(
            "must be a number, or a duration such as 10s, found {text:?}"
        )),
    }
}

#[cfg(test)]
#[path = "gateway_tests.rs"]
mod tests;
