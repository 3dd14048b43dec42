//! The gateway as a browser uses it: its WebSocket of alerts. Besides, its own metrics.

use std::time::Duration;

use actix_codec::Framed;
use awc::{
    BoxedSocket,
    error::WsClientError,
    ws::{Codec, Frame, Message},
};
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt, TryFutureExt, future::join};
use prometheus_api::{
    json_api::{JsonApi, JsonApiError, within_timeout},
    typed::alert::ActiveAlert,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::time::{Instant, timeout_at};

const MAX_FRAME_BYTES: usize = 64 << 20;
const POLL_INTERVAL: &str = "service_metrics_poll_interval_seconds ";
const ACCEPTED_WEBHOOKS: &str = "service_metrics_webhooks_total{outcome=\"accepted\"} ";

/// service-metrics.
#[derive(Clone)]
pub(crate) struct GatewayApi(JsonApi);

/// What its own metrics say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct GatewayMetrics {
    /// How often it polls Prometheus, if it says so.
    pub(crate) poll_interval: Option<Duration>,
    /// How many webhooks it has accepted, if it counts them.
    pub(crate) accepted_webhooks: Option<f64>,
}

/// A frame of the channel `alerts`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct AlertsFrame {
    /// Whether the gateway's last poll of Prometheus failed.
    pub(crate) stale: bool,
    pub(crate) alerts: Vec<ActiveAlert>,
}

/// A WebSocket on `/ws/alerts`.
pub(crate) struct AlertsSocket(Framed<BoxedSocket, Codec>);

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    stale: bool,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct AlertsData {
    #[serde(default)]
    alerts: Option<Vec<ActiveAlert>>,
}

impl GatewayApi {
    /// The gateway at that address.
    pub(super) fn new(api: JsonApi) -> Self {
        Self(api)
    }

    /// What its own metrics say.
    ///
    /// # Errors
    /// Why they are not known.
    pub(crate) async fn metrics(&self) -> Result<GatewayMetrics, JsonApiError> {
        let body = self.0.get(&["metrics"], &[]).await?;
        Ok(parse_metrics(&String::from_utf8_lossy(&body)))
    }

    /// The same, of a gateway that accepts a WebSocket.
    ///
    /// # Errors
    /// Why it does not answer, or has no WebSocket.
    pub(crate) async fn probe(&self) -> Result<GatewayMetrics, JsonApiError> {
        let (metrics, socket) = join(self.metrics(), self.connect()).await;
        socket.and(metrics)
    }

    /// Connects as a browser does.
    ///
    /// # Errors
    /// Why there is no WebSocket.
    pub(crate) async fn connect(&self) -> Result<AlertsSocket, JsonApiError> {
        let mut url = self.0.url(&["ws", "alerts"], &[]);
        // Both are special schemes, between which a URL may be changed.
        let _ = url.set_scheme(if url.scheme() == "https" { "wss" } else { "ws" });
        let request = self.0.client()?.ws(url.as_str());
        let connecting = request.max_frame_size(MAX_FRAME_BYTES).connect();
        within_timeout(connecting.map_err(connect_error))
            .await
            .map(|(_, framed)| AlertsSocket(framed))
    }
}

impl AlertsSocket {
    /// The next frame of alerts. Answers pings meanwhile.
    ///
    /// # Errors
    /// When the connection ends, or no frame comes within `frame_timeout`.
    pub(crate) async fn next(
        &mut self,
        frame_timeout: Duration,
    ) -> Result<AlertsFrame, JsonApiError> {
        let ended = |why: &str| JsonApiError::Unreachable(format!("/ws/alerts: {why}"));
        let deadline = Instant::now() + frame_timeout;
        loop {
            let frame = timeout_at(deadline, self.0.next()).await;
            let late = |_| ended(&format!("no frame for {} s", frame_timeout.as_secs()));
            match frame.map_err(late)? {
                Some(Ok(Frame::Text(text))) => {
                    if let Some(frame) = parse_frame(&text)? {
                        return Ok(frame);
                    }
                }
                Some(Ok(Frame::Ping(payload))) => {
                    let sent = self.0.send(Message::Pong(payload)).await;
                    sent.map_err(|error| ended(&error.to_string()))?;
                }
                Some(Ok(Frame::Close(reason))) => {
                    return Err(ended(&format!("closed by the gateway: {reason:?}")));
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(ended(&error.to_string())),
                None => return Err(ended("the connection has ended")),
            }
        }
    }
}

fn connect_error(error: WsClientError) -> JsonApiError {
    match error {
        WsClientError::InvalidResponseStatus(status) => {
            let text = "a WebSocket at /ws/alerts was asked for".to_owned();
            JsonApiError::Status(status.as_u16(), text)
        }
        WsClientError::SendRequest(error) => {
            JsonApiError::Unreachable(format!("/ws/alerts: {error}"))
        }
        error => JsonApiError::Malformed(format!("/ws/alerts: {error}")),
    }
}

/// The frame of alerts in a text message; `None` if it is another message.
fn parse_frame(text: &Bytes) -> Result<Option<AlertsFrame>, JsonApiError> {
    let malformed =
        |error: serde_json::Error| JsonApiError::Malformed(format!("/ws/alerts: {error}"));
    let envelope: Envelope<'_> = serde_json::from_slice(text).map_err(malformed)?;
    let Some(data) = envelope.data.filter(|_| envelope.kind == "alerts") else {
        return Ok(None);
    };
    // After a failed query the data has an error instead of alerts.
    let data: AlertsData = serde_json::from_str(data.get()).map_err(malformed)?;
    Ok(Some(AlertsFrame {
        stale: envelope.stale,
        alerts: data.alerts.unwrap_or_default(),
    }))
}

fn parse_metrics(exposition: &str) -> GatewayMetrics {
    let value = |name: &str| -> Option<f64> {
        let mut lines = exposition.lines();
        let value = lines.find_map(|line| line.strip_prefix(name))?;
        value.trim().parse().ok()
    };
    let seconds = value(POLL_INTERVAL);
    let poll_interval = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let poll_interval = poll_interval.filter(|interval| !interval.is_zero());
    // A counter that is still zero is not in the exposition.
    let accepted_webhooks = value(ACCEPTED_WEBHOOKS).or(poll_interval.map(|_| 0.0));
    GatewayMetrics {
        poll_interval,
        accepted_webhooks,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(text: &'static str) -> Result<Option<AlertsFrame>, JsonApiError> {
        parse_frame(&Bytes::from_static(text.as_bytes()))
    }

    #[test]
    fn a_frame_of_alerts_is_recognised_among_other_messages() {
        let alerts = frame(
            r#"{"type":"alerts","seq":3,"stale":false,"data":{"alerts":[{"labels":{"alertname":"A"},
               "annotations":{},"state":"firing","activeAt":"2026-01-01T00:00:00Z","value":"9.7e+01"}]}}"#,
        );
        let alerts = alerts.unwrap().unwrap().alerts;
        assert!(
            alerts[0].is_firing() && alerts[0].active_since(chrono::TimeDelta::zero()).is_some()
        );
        assert_eq!(
            frame(r#"{"type":"connection","message":"hello"}"#),
            Ok(None)
        );
        let failed =
            frame(r#"{"type":"alerts","stale":true,"data":{"error":"x","errorType":"timeout"}}"#);
        assert!(failed.unwrap().unwrap().stale);
        assert!(frame("x").is_err());
    }

    #[test]
    fn the_poll_interval_and_the_webhooks_are_read_from_the_gateway_s_metrics() {
        let text = "# TYPE service_metrics_poll_interval_seconds gauge\nservice_metrics_poll_interval_seconds 10\n";
        let read = parse_metrics(text);
        assert_eq!(
            (read.poll_interval, read.accepted_webhooks),
            (Some(Duration::from_secs(10)), Some(0.0))
        );
        let text = format!(
            "service_metrics_webhooks_total{{outcome=\"malformed\"}} 7\n{ACCEPTED_WEBHOOKS}3\n"
        );
        assert_eq!(parse_metrics(&text).accepted_webhooks, Some(3.0));
        for text in [
            "",
            "service_metrics_poll_interval_seconds 0",
            "service_metrics_poll_interval_seconds x",
        ] {
            assert_eq!(
                parse_metrics(text),
                GatewayMetrics {
                    poll_interval: None,
                    accepted_webhooks: None
                }
            );
        }
    }
}
