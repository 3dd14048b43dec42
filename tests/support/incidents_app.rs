//! The gateway over a database of a test's own.

use std::time::Duration;

use serde_json::Value;
use service_metrics::incidents::{incident_repo::RepoOptions, queries::database::DatabaseOptions};
use tokio_postgres::{Config, config::Host};

use super::{gateway::TestGateway, http};

/// How long the tests of deadlines wait for a connection: the contract's two seconds.
pub(crate) const ACQUIRE: Duration = Duration::from_secs(2);

/// For a gateway that is a process of its own: as much time for the database as settings allow.
pub(crate) const PATIENT: [(&str, &str); 2] = [
    ("SERVICE_METRICS__DATABASE__ACQUIRE_TIMEOUT_SECONDS", "10"),
    ("SERVICE_METRICS__DATABASE__QUERY_TIMEOUT_SECONDS", "15"),
];

/// Options for quick checks, and with nothing kept once it has been answered. There is as much time as settings allow; who
/// asks about deadlines sets them.
pub(crate) fn options(config: Config) -> RepoOptions {
    RepoOptions {
        database: DatabaseOptions {
            config,
            pool_size: 4,
            acquire_timeout: Duration::from_secs(10),
            query_timeout: Duration::from_secs(15),
        },
        check_interval: Duration::from_millis(200),
        share_for: Duration::ZERO,
        queries_per_address: 0,
    }
}

/// What `/-/ready` says of the database.
pub(crate) struct DatabaseCheck {
    pub(crate) ok: bool,
    pub(crate) error: Option<String>,
}

pub(crate) struct TestApp(TestGateway);

impl TestApp {
    pub(crate) fn start(options: &RepoOptions) -> Self {
        let database = &options.database;
        let seconds = |duration: Duration| duration.as_secs_f64().to_string();
        Self(TestGateway::start([
            ("DATABASE_URL", url(&database.config)),
            (
                "SERVICE_METRICS__DATABASE__POOL_SIZE",
                database.pool_size.to_string(),
            ),
            (
                "SERVICE_METRICS__DATABASE__ACQUIRE_TIMEOUT_SECONDS",
                seconds(database.acquire_timeout),
            ),
            (
                "SERVICE_METRICS__DATABASE__QUERY_TIMEOUT_SECONDS",
                seconds(database.query_timeout),
            ),
            (
                "SERVICE_METRICS__DATABASE__CHECK_INTERVAL_SECONDS",
                seconds(options.check_interval),
            ),
            (
                "SERVICE_METRICS__DATABASE__MAX_QUERIES_PER_ADDRESS",
                options.queries_per_address.to_string(),
            ),
            // Whoever says that it speaks for another address does.
            (
                "SERVICE_METRICS__SERVER__TRUSTED_PROXIES",
                "127.0.0.1".to_owned(),
            ),
            (
                "SERVICE_METRICS__INCIDENTS__SHARE_SECONDS",
                seconds(options.share_for),
            ),
        ]))
    }

    /// Status and body of `GET /api/metrics/incidents/{path}`.
    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        self.0.get(&format!("/api/metrics/incidents/{path}")).await
    }

    /// Like [`Self::get`], by a client at `address`.
    pub(crate) async fn get_from(&self, address: &str, path: &str) -> (u16, Value) {
        let path = format!("/api/metrics/incidents/{path}");
        let client = [("X-Forwarded-For", address)];
        let answer = http::request(self.0.addr, "GET", &path, &client).await;
        (answer.status, serde_json::from_str(&answer.body).unwrap())
    }

    /// The `data` of an answer that must be a success.
    pub(crate) async fn data(&self, path: &str) -> Value {
        let (status, mut body) = self.get(path).await;
        assert_eq!(
            (status, &body["status"]),
            (200, &"success".into()),
            "{body}"
        );
        body["data"].take()
    }

    /// The value of one of the gateway's own series, 0 if there is none yet.
    pub(crate) async fn metric(&self, series: &str) -> f64 {
        self.0.metric(series).await
    }

    /// How many queries were answered, and how many failed.
    pub(crate) async fn queries(&self) -> (f64, f64) {
        let counter = async |name| {
            let series = format!("service_metrics_{name}_total{{source=\"postgres\"}}");
            self.0.metric(&series).await
        };
        (counter("collected").await, counter("errors").await)
    }

    pub(crate) async fn database_status(&self) -> DatabaseCheck {
        let (_, ready) = self.0.get("/-/ready").await;
        let check = &ready["checks"]["database"];
        DatabaseCheck {
            ok: check["ok"].as_bool().unwrap(),
            error: check["error"].as_str().map(str::to_owned),
        }
    }
}

pub(crate) fn url(config: &Config) -> String {
    let [Host::Tcp(host)] = config.get_hosts() else {
        panic!("one TCP host: {config:?}");
    };
    let user = config.get_user().unwrap();
    let (port, database) = (config.get_ports()[0], config.get_dbname().unwrap());
    format!("postgres://{user}@{host}:{port}/{database}")
}
