//! The whole gateway on a free port of loopback, in the test's own process.

use std::{collections::BTreeMap, net::SocketAddr};

use actix_web::rt::{spawn, task::JoinHandle};
use serde_json::Value;
use service_metrics::{
    exit::ProgramError, gateway::app::Gateway, settings::gateway::GatewaySettings,
};
use tokio::sync::oneshot;

use super::http;

/// Where nothing listens: whoever connects is refused at once.
pub(crate) const NOWHERE: &str = "http://127.0.0.1:9";

pub(crate) struct TestGateway {
    pub(crate) addr: SocketAddr,
    stop: oneshot::Sender<&'static str>,
    ended: JoinHandle<Result<(), ProgramError>>,
}

impl TestGateway {
    /// The defaults, a free port, no Prometheus and no database, and over that what `environment` says.
    pub(crate) fn start<'e>(environment: impl IntoIterator<Item = (&'e str, String)>) -> Self {
        let mut variables = BTreeMap::from(
            [
                ("PORT", "0"),
                ("SERVICE_METRICS__SERVER__HOST", "127.0.0.1"),
                ("PROMETHEUS_URL", NOWHERE),
                ("DATABASE_URL", "postgres://metrics_reader@127.0.0.1:9/none"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
        variables.extend(
            environment
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value)),
        );
        let settings = GatewaySettings::load(None, &variables).unwrap();
        let gateway = Gateway::build(&settings).unwrap();
        let addr = gateway.addr();
        let (stop, stopped) = oneshot::channel();
        let ended = spawn(gateway.serve_until(async { stopped.await.unwrap_or("dropped") }));
        Self { addr, stop, ended }
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

    /// Stops it as a signal would, and waits for its end.
    pub(crate) async fn stop(self) -> Result<(), ProgramError> {
        // It may have ended by itself: then the result says so.
        let _ = self.stop.send("the test");
        self.ended.await.unwrap()
    }
}
