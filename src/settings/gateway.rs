//! The settings of `service-metrics`; their meaning, units and defaults stand in `config/service-metrics.toml`.

use std::{collections::BTreeMap, collections::HashSet, path::Path, time::Duration};

use config::Value;
use serde::Deserialize;
use url::Url;

use super::{Alias, Faults, Program, Secret, SettingsError, layers::comma_list, load};
use crate::logging::LogSettings;

const PROGRAM: Program = Program {
    defaults: include_str!("../../config/service-metrics.toml"),
    prefix: "SERVICE_METRICS",
    aliases: &[
        Alias {
            variable: "PORT",
            key: "server.port",
            read: |text| Ok(Value::from(text)),
        },
        Alias {
            variable: "PROMETHEUS_URL",
            key: "prometheus.url",
            read: |text| Ok(Value::from(text)),
        },
        Alias {
            variable: "ALERTMANAGER_URL",
            key: "alertmanager.url",
            read: |text| Ok(Value::from(text)),
        },
        Alias {
            variable: "DATABASE_URL",
            key: "database.url",
            read: |text| Ok(Value::from(text)),
        },
        Alias {
            variable: "SCRAPE_INTERVAL",
            key: "prometheus.poll_interval_seconds",
            read: |text| seconds(text, 1.0),
        },
        Alias {
            variable: "POLL_INTERVAL",
            key: "prometheus.poll_interval_seconds",
            read: |text| seconds(text, 1000.0),
        },
        Alias {
            variable: "CORS_ALLOWED_ORIGINS",
            key: "cors.allowed_origins",
            read: |text| Ok(comma_list(text)),
        },
        Alias {
            variable: "RUST_LOG",
            key: "log.filter",
            read: |text| Ok(Value::from(text)),
        },
        Alias {
            variable: "LOG_FORMAT",
            key: "log.format",
            read: |text| Ok(Value::from(text)),
        },
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
    pub prometheus: Prometheus,
    pub alertmanager: Alertmanager,
    pub database: Database,
    pub incidents: Incidents,
    pub websocket: WebSocket,
    pub log: LogSettings,
    pub instant: Vec<Instant>,
    pub range: Vec<Range>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/service-metrics.toml")]
pub struct Server {
    pub host: String,
    pub port: u16,
    pub workers: usize,
    pub drain_seconds: f64,
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
pub struct Prometheus {
    pub url: Secret,
    pub poll_interval_seconds: f64,
    pub timeout_seconds: f64,
    pub max_response_bytes: usize,
}

impl Prometheus {
    /// The beat.
    pub fn interval(&self) -> Duration {
        Duration::from_secs_f64(self.poll_interval_seconds)
    }

    /// How long one query may take: always shorter than the beat.
    pub fn timeout(&self) -> Duration {
        Duration::from_secs_f64(self.timeout_seconds.min(self.poll_interval_seconds * 0.8))
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
pub struct Database {
    pub url: Secret,
    pub pool_size: u32,
    pub acquire_timeout_seconds: f64,
    pub query_timeout_seconds: f64,
    pub check_interval_seconds: f64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/service-metrics.toml")]
pub struct Incidents {
    pub severities: Vec<String>,
    pub share_seconds: f64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "config/service-metrics.toml")]
pub struct WebSocket {
    pub max_sessions: usize,
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
#[serde(rename_all = "lowercase")]
pub enum InstantChannel {
    /// Prometheus' bytes, as they came.
    Instant,
    /// Sums over series.
    Metrics,
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
    /// Reads and checks all layers.
    ///
    /// # Errors
    /// Every fault that could be found, each with its key.
    pub fn load(
        file: Option<&Path>,
        environment: &BTreeMap<String, String>,
    ) -> Result<Self, SettingsError> {
        load::<Self>(&PROGRAM, file, environment)?.checked()
    }

    fn checked(self) -> Result<Self, SettingsError> {
        let mut faults = Faults::default();
        self.check_server(&mut faults);
        self.check_dependencies(&mut faults);
        self.check_websocket(&mut faults);
        self.check_queries(&mut faults);
        self.log.check(&mut faults);
        faults.or(self)
    }

    fn check_server(&self, faults: &mut Faults) {
        let server = &self.server;
        faults.expect(
            server.host.parse::<std::net::IpAddr>().is_ok(),
            "server.host",
            "must be an IP address",
        );
        faults.expect(
            server.workers <= 1024,
            "server.workers",
            "must be at most 1024",
        );
        within(
            faults,
            "server.drain_seconds",
            server.drain_seconds,
            0.0,
            8.0,
        );
        check_origins(faults, "cors.allowed_origins", &self.cors.allowed_origins);
    }

    fn check_dependencies(&self, faults: &mut Faults) {
        check_http_url(faults, "prometheus.url", &self.prometheus.url);
        check_http_url(faults, "alertmanager.url", &self.alertmanager.url);
        within(
            faults,
            "prometheus.poll_interval_seconds",
            self.prometheus.poll_interval_seconds,
            0.1,
            3600.0,
        );
        within(
            faults,
            "prometheus.timeout_seconds",
            self.prometheus.timeout_seconds,
            0.05,
            3600.0,
        );
        let bytes = self.prometheus.max_response_bytes;
        faults.expect(
            (1024..=1 << 30).contains(&bytes),
            "prometheus.max_response_bytes",
            "must be 1024 to 1073741824",
        );

        let database = &self.database;
        check_database_url(faults, &database.url);
        faults.expect(
            (1..=100).contains(&database.pool_size),
            "database.pool_size",
            "must be 1 to 100",
        );
        within(
            faults,
            "database.acquire_timeout_seconds",
            database.acquire_timeout_seconds,
            0.1,
            60.0,
        );
        within(
            faults,
            "database.query_timeout_seconds",
            database.query_timeout_seconds,
            0.1,
            600.0,
        );
        within(
            faults,
            "database.check_interval_seconds",
            database.check_interval_seconds,
            0.1,
            600.0,
        );
        within(
            faults,
            "incidents.share_seconds",
            self.incidents.share_seconds,
            0.0,
            1.0,
        );
    }

    fn check_websocket(&self, faults: &mut Faults) {
        let socket = &self.websocket;
        faults.expect(
            socket.max_sessions >= 1,
            "websocket.max_sessions",
            "must be at least 1",
        );
        let bytes = socket.max_message_bytes;
        faults.expect(
            (125..=1 << 20).contains(&bytes),
            "websocket.max_message_bytes",
            "must be 125 to 1048576",
        );
        let rate = socket.max_frames_per_second;
        faults.expect(
            (1..=100_000).contains(&rate),
            "websocket.max_frames_per_second",
            "must be 1 to 100000",
        );
        within(
            faults,
            "websocket.ping_interval_seconds",
            socket.ping_interval_seconds,
            0.1,
            3600.0,
        );
        within(
            faults,
            "websocket.stall_timeout_seconds",
            socket.stall_timeout_seconds,
            0.1,
            3600.0,
        );
        let bytes = socket.send_buffer_bytes;
        faults.expect(
            (4096..=1 << 24).contains(&bytes),
            "websocket.send_buffer_bytes",
            "must be 4096 to 16777216",
        );
    }

    fn check_queries(&self, faults: &mut Faults) {
        let mut names = HashSet::new();
        for (index, query) in self.instant.iter().enumerate() {
            let key = format!("instant[{index}]");
            check_query(faults, &key, &query.name, &query.query);
            faults.expect(
                names.insert(&query.name),
                &format!("{key}.name"),
                "is used twice in [[instant]]",
            );
            faults.expect(
                !query.channels.is_empty(),
                &format!("{key}.channels"),
                "must name instant, metrics or both",
            );
        }
        names.clear();
        for (index, query) in self.range.iter().enumerate() {
            let key = format!("range[{index}]");
            check_query(faults, &key, &query.name, &query.query);
            faults.expect(
                names.insert(&query.name),
                &format!("{key}.name"),
                "is used twice in [[range]]",
            );
            faults.expect(
                query.step_seconds >= 1,
                &format!("{key}.step_seconds"),
                "must be at least 1",
            );
            let points = query.window_seconds / query.step_seconds.max(1);
            // Prometheus refuses a range of more than 11,000 points per series.
            faults.expect(
                (1..=11_000).contains(&points),
                &format!("{key}.window_seconds"),
                "must be 1 to 11000 steps",
            );
        }
    }
}

fn seconds(text: &str, per_second: f64) -> Result<Value, String> {
    match text.trim().parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(Value::from(number / per_second)),
        _ => Err(format!("must be a number, found {text:?}")),
    }
}

fn within(faults: &mut Faults, key: &str, value: f64, least: f64, most: f64) {
    faults.expect(
        (least..=most).contains(&value),
        key,
        format_args!("must be {least} to {most}, found {value}"),
    );
}

fn check_query(faults: &mut Faults, key: &str, name: &str, query: &str) {
    let plain = !name.is_empty() && name.len() <= 128 && !name.chars().any(char::is_control);
    faults.expect(
        plain,
        &format!("{key}.name"),
        "must be 1 to 128 printable characters",
    );
    faults.expect(
        !query.trim().is_empty(),
        &format!("{key}.query"),
        "must be a PromQL expression",
    );
}

fn check_http_url(faults: &mut Faults, key: &str, url: &Secret) {
    match Url::parse(url.reveal()) {
        Ok(url) => {
            faults.expect(
                matches!(url.scheme(), "http" | "https"),
                key,
                "must start with http:// or https://",
            );
            faults.expect(
                url.query().is_none() && url.fragment().is_none(),
                key,
                "must not have a query or a fragment",
            );
        }
        Err(error) => faults.add(key, format_args!("is not a URL: {error}")),
    }
}

fn check_database_url(faults: &mut Faults, url: &Secret) {
    // The value is not repeated, and neither is what the parser says of it: both may hold the password.
    match url.reveal().parse::<tokio_postgres::Config>() {
        Ok(config) => {
            faults.expect(
                !config.get_hosts().is_empty(),
                "database.url",
                "must name a host",
            );
            let plain = config.get_ssl_mode() != tokio_postgres::config::SslMode::Require;
            faults.expect(plain, "database.url", "sslmode=require is not supported");
        }
        Err(_) => faults.add(
            "database.url",
            "must look like postgres://user:password@host:5432/database",
        ),
    }
}

/// An origin as browsers send it (RFC 6454 §6.2): scheme, host and, unless it is the default, port; nothing else.
pub(super) fn check_origins(faults: &mut Faults, key: &str, origins: &[String]) {
    for origin in origins {
        let exact = Url::parse(origin).is_ok_and(|url| {
            url.origin().is_tuple() && url.origin().ascii_serialization() == *origin
        });
        faults.expect(
            exact,
            key,
            format_args!("{origin:?} is not an origin such as https://ui.example.org:8443"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load_with(pairs: &[(&str, &str)]) -> Result<GatewaySettings, SettingsError> {
        let environment = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        GatewaySettings::load(None, &environment)
    }

    #[test]
    fn the_defaults_are_valid_and_are_the_contract_s() {
        let settings = load_with(&[]).unwrap();
        assert_eq!(settings.server.port, 8005);
        assert_eq!(settings.prometheus.interval(), Duration::from_secs(10));
        assert_eq!(settings.instant.len(), 7);
        assert_eq!(settings.range.len(), 4);
    }

    #[test]
    fn milliseconds_win_over_seconds() {
        let settings = load_with(&[("SCRAPE_INTERVAL", "20"), ("POLL_INTERVAL", "500")]).unwrap();
        assert_eq!(settings.prometheus.interval(), Duration::from_millis(500));
        assert_eq!(settings.prometheus.timeout(), Duration::from_millis(400));
    }

    #[test]
    fn each_fault_is_one_line_with_its_key() {
        let cases = [
            ("PORT", "70000", "server.port"),
            ("POLL_INTERVAL", "soon", "POLL_INTERVAL"),
            ("POLL_INTERVAL", "0", "prometheus.poll_interval_seconds"),
            ("PROMETHEUS_URL", "ftp://x", "prometheus.url"),
            ("PROMETHEUS_URL", "not a url", "prometheus.url"),
            (
                "CORS_ALLOWED_ORIGINS",
                "http://localhost:3000/",
                "cors.allowed_origins",
            ),
            (
                "CORS_ALLOWED_ORIGINS",
                "HTTP://localhost:3000",
                "cors.allowed_origins",
            ),
            ("CORS_ALLOWED_ORIGINS", "*", "cors.allowed_origins"),
            ("LOG_FORMAT", "xml", "log.format"),
            (
                "SERVICE_METRICS__DATABASE__POOL_SIZE",
                "0",
                "database.pool_size",
            ),
            (
                "SERVICE_METRICS__DATABASE__POOL_SIZE",
                "lots",
                "database.pool_size",
            ),
            (
                "SERVICE_METRICS__SERVER__HOST",
                "nowhere.example",
                "server.host",
            ),
        ];
        for (variable, value, key) in cases {
            let error = load_with(&[(variable, value)])
                .expect_err(variable)
                .to_string();
            assert_eq!(error.lines().count(), 1, "{error}");
            assert!(
                error.starts_with(&format!("{key}:")),
                "{variable}={value}: {error}"
            );
        }
    }

    #[test]
    fn a_bad_database_url_is_named_but_never_repeated() {
        for url in [
            "hunter2",
            "postgres://u:hunter2@h:notaport/db",
            "postgres://u:hunter2@h/db?sslmode=require",
        ] {
            let error = load_with(&[("DATABASE_URL", url)]).unwrap_err().to_string();
            assert!(error.starts_with("database.url:"), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
        assert!(
            !format!(
                "{:?}",
                load_with(&[("DATABASE_URL", "postgres://u:hunter2@h/db")]).unwrap()
            )
            .contains("hunter2")
        );
    }

    #[test]
    fn several_faults_are_all_told() {
        let error = load_with(&[
            ("SERVICE_METRICS__WEBSOCKET__MAX_SESSIONS", "0"),
            ("SERVICE_METRICS__DATABASE__POOL_SIZE", "0"),
        ]);
        assert_eq!(error.unwrap_err().faults().len(), 2);
    }
}
