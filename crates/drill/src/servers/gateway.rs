//! The gateway as a browser sees it: its WebSocket of alerts; and its own metrics, for how often it looks.

use std::time::Duration;

use actix_codec::Framed;
use awc::{
    BoxedSocket,
    error::WsClientError,
    ws::{Codec, Frame, Message},
};
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt, TryFutureExt, future::join};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::time::{Instant, timeout_at};

use super::{
    seen::Shown,
    server::{Fault, Server, patiently},
};

const LONGEST_FRAME: usize = 64 << 20;
const POLL_INTERVAL: &str = "service_metrics_poll_interval_seconds ";
const WEBHOOKS: &str = "service_metrics_webhooks_total{outcome=\"accepted\"} ";

/// service-metrics.
#[derive(Clone)]
pub(crate) struct Gateway(pub(crate) Server);

/// What its own metrics say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Telemetry {
    /// How often it asks Prometheus, if it says so.
    pub(crate) poll: Option<Duration>,
    /// How many webhooks it has accepted, if it counts them.
    pub(crate) webhooks: Option<f64>,
}

/// One frame of the channel `alerts`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct AlertsFrame {
    /// The gateway itself could not see Prometheus.
    pub(crate) stale: bool,
    pub(crate) alerts: Vec<Shown>,
}

/// A WebSocket on `/ws/alerts`.
pub(crate) struct Browser(Framed<BoxedSocket, Codec>);

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    stale: bool,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Data {
    #[serde(default)]
    alerts: Option<Vec<Shown>>,
}

impl Gateway {
    /// What its own metrics say.
    ///
    /// # Errors
    /// When it does not answer.
    pub(crate) async fn telemetry(&self) -> Result<Telemetry, Fault> {
        let body = self.0.get(&["metrics"], &[]).await?;
        Ok(telemetry(&String::from_utf8_lossy(&body)))
    }

    /// The same, of one that a browser can connect to.
    ///
    /// # Errors
    /// When it does not answer, or has no WebSocket.
    pub(crate) async fn found(&self) -> Result<Telemetry, Fault> {
        let (telemetry, browser) = join(self.telemetry(), self.browse()).await;
        browser.and(telemetry)
    }

    /// Connects as a browser would.
    ///
    /// # Errors
    /// When there is no WebSocket.
    pub(crate) async fn browse(&self) -> Result<Browser, Fault> {
        let mut url = self.0.url(&["ws", "alerts"], &[]);
        // Both are special schemes, between which the standard lets an address change.
        let _ = url.set_scheme(if url.scheme() == "https" { "wss" } else { "ws" });
        let request = self.0.client()?.ws(url.as_str());
        let connecting = request.max_frame_size(LONGEST_FRAME).connect();
        patiently(connecting.map_err(refused))
            .await
            .map(|(_, framed)| Browser(framed))
    }
}

impl Browser {
    /// The next frame of alerts. Pings are answered on the way.
    ///
    /// # Errors
    /// When the connection has ended, or none comes for so long.
    pub(crate) async fn next(&mut self, patience: Duration) -> Result<AlertsFrame, Fault> {
        let ended = |why: &str| Fault::Unreachable(format!("/ws/alerts: {why}"));
        let deadline = Instant::now() + patience;
        loop {
            let frame = timeout_at(deadline, self.0.next()).await;
            let silent = |_| ended(&format!("no frame for {} s", patience.as_secs()));
            match frame.map_err(silent)? {
                Some(Ok(Frame::Text(text))) => {
                    if let Some(frame) = read(&text)? {
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

/// Why there is no WebSocket.
fn refused(error: WsClientError) -> Fault {
    match error {
        WsClientError::InvalidResponseStatus(status) => {
            let words = "a WebSocket at /ws/alerts was asked for".to_owned();
            Fault::Status(status.as_u16(), words)
        }
        WsClientError::SendRequest(error) => Fault::Unreachable(format!("/ws/alerts: {error}")),
        error => Fault::Malformed(format!("/ws/alerts: {error}")),
    }
}

/// A text message, if it is a frame of alerts.
fn read(text: &Bytes) -> Result<Option<AlertsFrame>, Fault> {
    let malformed = |error: serde_json::Error| Fault::Malformed(format!("/ws/alerts: {error}"));
    let wire: Wire<'_> = serde_json::from_slice(text).map_err(malformed)?;
    let Some(data) = wire.data.filter(|_| wire.kind == "alerts") else {
        return Ok(None);
    };
    // Where the gateway's query has failed there is an error in its place, and no alerts.
    let data: Data = serde_json::from_str(data.get()).map_err(malformed)?;
    Ok(Some(AlertsFrame {
        stale: wire.stale,
        alerts: data.alerts.unwrap_or_default(),
    }))
}

fn telemetry(exposition: &str) -> Telemetry {
    let value = |name: &str| -> Option<f64> {
        let mut lines = exposition.lines();
        let value = lines.find_map(|line| line.strip_prefix(name))?;
        value.trim().parse().ok()
    };
    let poll = value(POLL_INTERVAL).and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let poll = poll.filter(|interval| !interval.is_zero());
    // A counter that has counted nothing yet is not shown.
    let webhooks = value(WEBHOOKS).or(poll.map(|_| 0.0));
    Telemetry { poll, webhooks }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(text: &'static str) -> Result<Option<AlertsFrame>, Fault> {
        read(&Bytes::from_static(text.as_bytes()))
    }

    #[test]
    fn a_frame_of_alerts_is_told_from_other_messages() {
        let alerts = frame(
            r#"{"type":"alerts","seq":3,"stale":false,"data":{"alerts":[{"labels":{"alertname":"A"},
               "annotations":{},"state":"firing","activeAt":"2026-01-01T00:00:00Z","value":"9.7e+01"}]}}"#,
        );
        let alerts = alerts.unwrap().unwrap().alerts;
        assert!(alerts[0].fires() && alerts[0].since(chrono::TimeDelta::zero()).is_some());
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
        let read = telemetry(text);
        assert_eq!(
            (read.poll, read.webhooks),
            (Some(Duration::from_secs(10)), Some(0.0))
        );
        let text =
            format!("service_metrics_webhooks_total{{outcome=\"malformed\"}} 7\n{WEBHOOKS}3\n");
        assert_eq!(telemetry(&text).webhooks, Some(3.0));
        for text in [
            "",
            "service_metrics_poll_interval_seconds 0",
            "service_metrics_poll_interval_seconds x",
        ] {
            assert_eq!(
                (telemetry(text).poll, telemetry(text).webhooks),
                (None, None)
            );
        }
    }
}
