//! The channel `alerts`: Prometheus' own bytes, of a real Prometheus with a rule that fires, and of broken ones.

use std::{fs, time::Duration};

use lab::Prometheus;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json, value::RawValue};

use super::{
    faults::{Fault, GOOD, faults},
    webhook::{LEAST, PATH},
};
use crate::support::{
    eventually,
    gateway::{QUERY_TIMEOUT, TestGateway},
    http,
    recording_proxy::RecordingProxy,
    scratch,
    scripted::{ALERTS, Script, Scripted},
    ws::WsClient,
};

/// Texts that a reader who prints them anew would write otherwise.
const RULES: &str = r#"
groups:
  - name: test
    rules:
      - alert: AlwaysThere
        expr: vector(0.1) + 0.2
        labels: {severity: page, who: "żółć 🦀 <b> & \"\\"}
        annotations: {summary: "is {{ $value }} <b>"}
"#;

/// The `data` of a frame, or of Prometheus' envelope, as it came.
fn data(json: &[u8]) -> String {
    #[derive(serde::Deserialize)]
    struct Envelope<'a> {
        #[serde(borrow)]
        data: &'a RawValue,
    }
    let envelope: Envelope<'_> = serde_json::from_slice(json).unwrap();
    envelope.data.get().to_owned()
}

/// Gives a running Prometheus a rule, and waits until its alert fires.
async fn fire(prometheus: &Prometheus, folder: &std::path::Path) {
    let (configuration, rules) = (folder.join("prometheus.yml"), folder.join("rules.yml"));
    fs::write(&rules, RULES).unwrap();
    let mut text = fs::read_to_string(&configuration).unwrap();
    text += &format!("rule_files: [{}]\n", rules.display());
    fs::write(configuration, text).unwrap();
    let pid = Pid::from_raw(prometheus.pid() as i32).unwrap();
    kill_process(pid, Signal::HUP).unwrap();
    eventually("the alert fires", async || {
        let (_, alerts) = prometheus.get(ALERTS).await.ok()?;
        alerts.contains("firing").then_some(())
    })
    .await;
}

#[actix::test]
async fn a_webhook_brings_a_real_alert_byte_for_byte() {
    let folder = scratch();
    let scrape = Duration::from_millis(500);
    let prometheus = Prometheus::start(folder.path(), 0, &[], scrape)
        .await
        .unwrap();
    let proxy = RecordingProxy::start(prometheus.port(), "").await;
    let gateway = TestGateway::start([
        ("PROMETHEUS_URL", format!("http://{}", proxy.addr())),
        ("SCRAPE_INTERVAL", "3600".into()),
    ]);
    let mut browser = WsClient::open(gateway.addr, "/ws/alerts").await;
    assert_eq!(browser.json().await["channels"], json!(["alerts"]));
    let calm = browser.json_of("alerts").await;
    assert_eq!(calm["data"], json!({"alerts": []}));

    fire(&prometheus, folder.path()).await;
    assert_eq!(http::post(gateway.addr, PATH, LEAST).await.status, 200);
    let frame = browser.json_of("alerts").await;
    let alert = &frame["data"]["alerts"][0];
    assert_eq!(
        (&alert["state"], &alert["labels"]["alertname"]),
        (&"firing".into(), &"AlwaysThere".into())
    );
    assert_eq!(alert["labels"]["who"], "żółć 🦀 <b> & \"\\");

    let asked = proxy.exchanges();
    let looks: Vec<_> = asked
        .iter()
        .filter(|exchange| exchange.target == ALERTS)
        .collect();
    assert_eq!(looks.len(), 2);
    let latest = http::get(gateway.addr, "/api/metrics/alerts").await;
    let sent = data(&looks[1].body);
    assert_eq!(data(latest.body.as_bytes()), sent);
    let reprinted = serde_json::from_str::<Value>(&sent).unwrap().to_string();
    assert_ne!(reprinted, sent, "the test shows nothing");
}

#[actix::test]
async fn whoever_subscribes_later_gets_the_latest_frame_at_once() {
    let server = Scripted::start().await;
    server.script(ALERTS, Script::alerts(r#"{"value":"7e+00"}"#));
    let environment = [
        ("PROMETHEUS_URL", server.url()),
        ("SCRAPE_INTERVAL", "3600".into()),
    ];
    let gateway = TestGateway::start(environment);
    gateway.frame("alerts", |_| true).await;
    let mut late = WsClient::open(gateway.addr, "/ws").await;
    late.say(r#"{"type":"subscribe","channel":"alerts"}"#).await;
    late.json_of("ack").await;
    let frame = late.json_of("alerts").await;
    assert_eq!(
        (&frame["seq"], &frame["stale"], &frame["data"]),
        (
            &1.into(),
            &false.into(),
            &json!({"alerts": [{"value": "7e+00"}]})
        )
    );
    late.say(r#"{"type":"unsubscribe","channel":"alerts"}"#)
        .await;
    late.json_of("ack").await;
    // The session acknowledges when it has told the hub, which counts when it hears of it.
    eventually("nobody is subscribed", async || {
        let left = gateway.metric("service_metrics_subscriptions{channel=\"alerts\"}");
        (left.await == 0.0).then_some(())
    })
    .await;
    assert_eq!(server.asked(ALERTS), 1);
}

#[actix::test]
async fn a_broken_answer_is_told_in_the_place_of_alerts_and_in_readiness() {
    let (server, elsewhere) = (Scripted::start().await, Scripted::start().await);
    let gateway = TestGateway::start([
        ("PROMETHEUS_URL", server.url()),
        ("SCRAPE_INTERVAL", "3600".into()),
        (
            "SERVICE_METRICS__PROMETHEUS__MAX_RESPONSE_BYTES",
            (1 << 20).to_string(),
        ),
    ]);
    gateway
        .frame("alerts", |frame| frame["stale"] == false)
        .await;
    let look = async |seq: usize| {
        assert_eq!(http::post(gateway.addr, PATH, LEAST).await.status, 200);
        gateway.frame("alerts", |frame| frame["seq"] == seq).await
    };
    let faults = faults(&elsewhere);
    let here = |fault: &&Fault| fault.name != "not_data" && fault.reason != "timeout";
    let mut seq = 1;
    for fault in faults.iter().filter(here) {
        server.script(ALERTS, fault.script.clone());
        seq += 1;
        let frame = look(seq).await;
        assert_eq!(frame["stale"], true, "{}", fault.name);
        let told = frame["data"].as_object().unwrap();
        assert_eq!(
            told["errorType"], fault.error_type,
            "{}: {told:?}",
            fault.name
        );
        assert_eq!(told.len(), 2, "{told:?}");
    }
    server.script(ALERTS, Script::vector(GOOD));
    let frame = look(seq + 1).await;
    assert_eq!(frame["data"]["errorType"], "bad_data", "{frame}");
    assert_eq!(elsewhere.asked(""), 0, "a redirect was followed");

    let check = async || gateway.get("/-/ready").await.1["checks"]["prometheus"].clone();
    let failing = check().await;
    assert_eq!(failing["ok"], false, "{failing}");
    assert!(failing["error"].as_str().unwrap().contains("\"alerts\""));
    server.heal();
    assert_eq!(look(seq + 2).await["data"], json!({"alerts": []}));
    assert_eq!(check().await["ok"], true);
    let errors = gateway.metric("service_metrics_errors_total{source=\"prometheus_alerts\"}");
    assert_eq!(errors.await, seq as f64);
}

#[actix::test]
async fn an_answer_that_takes_too_long_is_told_in_the_place_of_alerts() {
    let (server, elsewhere) = (Scripted::start().await, Scripted::start().await);
    let faults = faults(&elsewhere);
    for fault in faults.iter().filter(|fault| fault.reason == "timeout") {
        server.script(ALERTS, fault.script.clone());
        let gateway = TestGateway::start([
            ("PROMETHEUS_URL", server.url()),
            ("SCRAPE_INTERVAL", "3600".into()),
            (QUERY_TIMEOUT, "0.5".into()),
        ]);
        let frame = gateway.frame("alerts", |_| true).await;
        assert_eq!(frame["stale"], true, "{}", fault.name);
        assert_eq!(frame["data"]["errorType"], "timeout", "{}", fault.name);
    }
}
