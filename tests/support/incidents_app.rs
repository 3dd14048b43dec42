//! The gateway over a database of a test's own.

use std::time::Duration;

use serde_json::Value;
use service_metrics::gateway::{
    actors::incident_repo::RepoOptions, storage::database::DatabaseOptions,
};
use tokio_postgres::{Config, config::Host};

use super::gateway::TestGateway;

/// What the tests wait for a connection: the contract's two seconds.
pub(crate) const ACQUIRE: Duration = Duration::from_secs(2);

/// Options as the defaults have them, but for quicker checks, and nothing kept once it has been answered.
pub(crate) fn options(config: Config) -> RepoOptions {
    RepoOptions {
        database: DatabaseOptions {
            config,
            pool_size: 4,
            acquire_timeout: ACQUIRE,
            query_timeout: Duration::from_secs(5),
        },
        check_interval: Duration::from_millis(200),
        share_for: Duration::ZERO,
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
                "SERVICE_METRICS__INCIDENTS__SHARE_SECONDS",
                seconds(options.share_for),
            ),
        ]))
    }

    /// Status and body of `GET /api/metrics/incidents/{path}`.
    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        self.0.get(&format!("/api/metrics/incidents/{path}")).await
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

fn url(config: &Config) -> String {
    let [Host::Tcp(host)] = config.get_hosts() else {
        panic!("one TCP host: {config:?}");
    };
    let user = config.get_user().unwrap();
    let (port, database) = (config.get_ports()[0], config.get_dbname().unwrap());
    format!("postgres://{user}@{host}:{port}/{database}")
}
