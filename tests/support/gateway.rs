//! The whole gateway on a free port of loopback, in the test's own process.

use std::{collections::BTreeMap, net::SocketAddr, path::Path};

use actix_web::rt::{spawn, task::JoinHandle};
use program::exit::ProgramError;
use serde_json::Value;
use service_metrics::{app::Gateway, settings::GatewaySettings};
use tokio::sync::oneshot;

use super::{FOR_EVER, NOWHERE, eventually, http};

/// How long a query may take. A test whose subject that is sets it; in the others Prometheus has time, so that on a busy
/// machine a beat is late, and not stale.
pub(crate) const QUERY_TIMEOUT: &str = "SERVICE_METRICS__PROMETHEUS__TIMEOUT_SECONDS";

pub(crate) struct TestGateway {
    pub(crate) addr: SocketAddr,
    pub(crate) settings: GatewaySettings,
    stop: oneshot::Sender<&'static str>,
    ended: JoinHandle<Result<(), ProgramError>>,
}

impl TestGateway {
    /// The defaults, a free port, no Prometheus, no Alertmanager and no database, and over that what `environment` says.
    pub(crate) fn start<'e>(environment: impl IntoIterator<Item = (&'e str, String)>) -> Self {
        Self::load(None, environment)
    }

    /// Like [`Self::start`], with a settings file of this content.
    pub(crate) fn configured<'e>(
        file: &str,
        environment: impl IntoIterator<Item = (&'e str, String)>,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("service-metrics.toml");
        std::fs::write(&path, file).unwrap();
        Self::load(Some(&path), environment)
    }

    fn load<'e>(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (&'e str, String)>,
    ) -> Self {
        let mut variables = BTreeMap::from(
            [
                ("PORT", "0"),
                ("SERVICE_METRICS__SERVER__HOST", "127.0.0.1"),
                // A test sees what has just been counted.
                ("SERVICE_METRICS__SERVER__METRICS_SHARE_SECONDS", "0"),
                ("PROMETHEUS_URL", NOWHERE),
                ("ALERTMANAGER_URL", ""),
                ("DATABASE_URL", "postgres://metrics_reader@127.0.0.1:9/none"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
        variables.extend(
            environment
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value)),
        );
        let mut settings = GatewaySettings::load(file, &variables).unwrap();
        if !variables.contains_key(QUERY_TIMEOUT) {
            settings.prometheus.timeout_seconds = FOR_EVER.as_secs_f64();
        }
        let gateway = Gateway::build(&settings).unwrap();
        let addr = gateway.addr();
        let (stop, stopped) = oneshot::channel();
        let ended = spawn(gateway.serve_until(async { stopped.await.unwrap_or("dropped") }));
        Self {
            addr,
            settings,
            stop,
            ended,
        }
    }

    /// Status and JSON of a `GET`.
    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        let answer = http::get(self.addr, path).await;
        let content_type = answer.header("content-type");
        assert_eq!(content_type, Some("application/json"), "{path}: {answer:?}");
        (answer.status, serde_json::from_str(&answer.body).unwrap())
    }

    /// The value of one of the gateway's own series, 0 if there is none yet.
    pub(crate) async fn metric(&self, series: &str) -> f64 {
        let text = http::get(self.addr, "/metrics").await.body;
        let line = text.lines().find_map(|line| line.strip_prefix(series));
        line.map_or(0.0, |value| value.trim().parse().unwrap())
    }

    /// The latest frame of the channel `instant` or `range` for which `is_it`; waits for it.
    pub(crate) async fn frame(&self, channel: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let path = format!("/api/metrics/{channel}");
        eventually(&format!("the frame on {channel}"), async || {
            let (status, frame) = self.get(&path).await;
            (status == 200 && is_it(&frame)).then_some(frame)
        })
        .await
    }

    /// Stops it as a signal would, and waits for its end.
    pub(crate) async fn stop(self) -> Result<(), ProgramError> {
        // It may have ended by itself: then the result says so.
        let _ = self.stop.send("the test");
        self.ended.await.unwrap()
    }
}
