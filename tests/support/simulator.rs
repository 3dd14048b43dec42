//! The whole simulator on a free port of loopback, in the test's own process.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::Arc,
};

use awc::{
    Client, ClientRequest, SendClientRequest,
    http::{Method, StatusCode, header::HeaderMap},
};
use http_kit::api_error::ErrorEnvelope;
use program::settings::Secret;
use serde_json::Value;
use simulator::{Mock, lint::CheckedCatalogue, settings::MockSettings};
use tokio::sync::oneshot;

use super::{FOR_EVER, eventually};

/// A simulator that serves until it is dropped.
pub(crate) struct TestMock {
    pub(crate) addr: SocketAddr,
    /// One per simulator: each new one reads all root certificates.
    pub(crate) client: Client,
    _stop: oneshot::Sender<()>,
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl TestMock {
    /// One with the default settings on a free loopback port.
    pub(crate) fn start() -> Self {
        Self::with(|_| {})
    }

    /// One of the built-in catalogue without noise, so that what nobody changes stays as it is.
    pub(crate) fn with(adjust: impl FnOnce(&mut MockSettings)) -> Self {
        let mut catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
        for alert in &mut catalogue.alerts {
            Arc::make_mut(alert).noise = 0.0;
        }
        Self::of(catalogue, adjust)
    }

    /// One of the built-in catalogue with time scaled.
    pub(crate) fn scaled(scale: f64) -> Self {
        Self::of(CheckedCatalogue::load(None, scale).unwrap(), |_| {})
    }

    pub(crate) fn of(catalogue: CheckedCatalogue, adjust: impl FnOnce(&mut MockSettings)) -> Self {
        let mut settings = MockSettings::load(None, &BTreeMap::new()).unwrap();
        settings.server.host = "127.0.0.1".to_owned();
        settings.server.port = 0;
        adjust(&mut settings);
        let mock = Mock::build(settings, catalogue, None).unwrap();
        let addr = mock.addr();
        let (stop, stopped) = oneshot::channel();
        actix_rt::spawn(mock.serve_until(async {
            let _: Result<(), _> = stopped.await;
            "the test has ended"
        }));
        Self {
            addr,
            client: Client::builder().timeout(FOR_EVER).finish(),
            _stop: stop,
        }
    }

    /// One on all interfaces that answers who bears `token`.
    pub(crate) fn on_all_interfaces(token: &str) -> Self {
        Self::with(|settings| {
            settings.server.host = "0.0.0.0".to_owned();
            settings.control.token = Secret::new(token);
        })
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    pub(crate) fn port(&self) -> u16 {
        self.addr.port()
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> ClientRequest {
        self.client
            .request(method, format!("http://127.0.0.1:{}{path}", self.port()))
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        answer(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str) -> Answer {
        answer(self.request(Method::POST, path)).await
    }

    /// POST with a body; the answer whatever it is.
    pub(crate) async fn post_body(&self, path: &str, body: impl Into<String>) -> Answer {
        let request = self.request(Method::POST, path);
        read(request.send_body(body.into())).await
    }

    /// The `data` of a good answer to a GET.
    pub(crate) async fn data(&self, path: &str) -> Value {
        self.get(path).await.data()
    }

    /// One alert as `GET /api/alerts/{name}` tells it.
    pub(crate) async fn alert(&self, name: &str) -> Value {
        self.data(&format!("/api/alerts/{name}")).await
    }

    /// Waits until an alert's condition is `condition`.
    pub(crate) async fn becomes(&self, alert: &str, condition: &str) -> Value {
        eventually(&format!("{alert} is {condition}"), async || {
            let alert = self.alert(alert).await;
            (alert["condition"] == condition).then_some(alert)
        })
        .await
    }

    pub(crate) async fn exposition(&self) -> String {
        let answer = self.get("/metrics").await;
        assert_eq!(answer.status, StatusCode::OK);
        answer.body
    }

    /// Every sample of the metrics that only requests change: all `mock_*` but those about the program itself.
    pub(crate) async fn simulated(&self) -> BTreeSet<String> {
        let exposition = self.exposition().await;
        let simulated = samples(&exposition)
            .filter(|line| line.starts_with("mock_") && !line.starts_with("mock_metrics_"));
        simulated.map(str::to_owned).collect()
    }

    /// The value of one series.
    pub(crate) async fn value(&self, series: &str) -> Option<f64> {
        let exposition = self.exposition().await;
        let found = samples(&exposition).find_map(|line| line.strip_prefix(series));
        found.map(|value| value.trim().parse().unwrap())
    }
}

/// The lines that are samples.
pub(crate) fn samples(exposition: &str) -> impl Iterator<Item = &str> {
    exposition.lines().filter(|line| !line.starts_with('#'))
}

pub(crate) async fn answer(request: ClientRequest) -> Answer {
    read(request.send()).await
}

async fn read(sent: SendClientRequest) -> Answer {
    let mut answer = sent.await.unwrap();
    let body = answer.body().await.unwrap();
    Answer {
        status: answer.status(),
        headers: answer.headers().clone(),
        body: String::from_utf8(body.to_vec()).unwrap(),
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The `data` of a good answer.
    pub(crate) fn data(&self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        let mut answer: Value = serde_json::from_str(&self.body).unwrap();
        assert_eq!(answer["status"], "success", "{}", self.body);
        answer["data"].take()
    }

    /// The envelope, after checking the status and the kind of error.
    pub(crate) fn refused(
        &self,
        status: StatusCode,
        error_type: &str,
        what: &str,
    ) -> ErrorEnvelope {
        assert_eq!(self.status, status, "{what}: {}", self.body);
        let envelope: ErrorEnvelope = serde_json::from_str(&self.body).unwrap();
        assert_eq!(
            (envelope.status.as_str(), envelope.error_type.as_str()),
            ("error", error_type),
            "{what}"
        );
        assert!(!envelope.error.is_empty());
        envelope
    }
}
