//! What a real Alertmanager does with alerts, beside the alerts of a scripted Prometheus.

use std::{path::Path, time::Duration};

use actix_web::rt::time::interval;
use chrono::{TimeDelta, Utc};
use lab::Alertmanager;
use serde_json::{Value, json};

use super::webhook::{LEAST, PATH};
use crate::support::{
    NOWHERE, eventually,
    gateway::{QUERY_TIMEOUT, TestGateway},
    http, scratch,
    scripted::{ALERTS, Script, Scripted},
};

/// Alerts as Prometheus has them, and what is added to their labels on the way to Alertmanager.
fn labels() -> [Value; 3] {
    [
        json!({"alertname": "DiskFull", "device": "sda", "instance": "a"}),
        json!({"alertname": "DiskAlmostFull", "device": "sda", "instance": "a"}),
        json!({"alertname": "Quiet", "who": "żółć 🦀"}),
    ]
}

fn added(labels: &Value) -> Value {
    let mut labels = labels.clone();
    labels["cluster"] = "eu".into();
    labels
}

/// What the latest frame says of the alerts, in the order of [`labels`]; the keys are theirs.
fn handlings(frame: &Value) -> [Value; 3] {
    let by_key = &frame["alertmanager"];
    ["884b7a24a16e0344", "60a7742c9af7fa2e", "9469c12c091d13c6"].map(|key| by_key[key].clone())
}

async fn say(alertmanager: &Alertmanager, path: &str, body: &Value) -> Value {
    let addr = ([127, 0, 0, 1], alertmanager.port()).into();
    let answer = http::post(addr, path, &body.to_string()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    serde_json::from_str(&answer.body).unwrap_or_default()
}

async fn tell(alertmanager: &Alertmanager) {
    let alerts: Vec<_> = labels()
        .iter()
        .map(|labels| json!({"labels": added(labels)}))
        .collect();
    say(alertmanager, "/api/v2/alerts", &json!(alerts)).await;
}

async fn prometheus() -> Scripted {
    let prometheus = Scripted::start().await;
    let alerts = labels().map(|labels| json!({"labels": labels, "state": "firing"}).to_string());
    prometheus.script(ALERTS, Script::alerts(&alerts.join(",")));
    prometheus
}

/// An Alertmanager of the alerts of a scripted Prometheus.
async fn servers(folder: &Path) -> (Alertmanager, Scripted) {
    let alertmanager = Alertmanager::start(folder, 0, NOWHERE).await.unwrap();
    tell(&alertmanager).await;
    (alertmanager, prometheus().await)
}

#[actix::test]
async fn silenced_and_inhibited_alerts_are_told_by_whom_and_until_when() {
    let folder = scratch();
    let (alertmanager, prometheus) = servers(folder.path()).await;
    let gateway = TestGateway::start([
        ("PROMETHEUS_URL", prometheus.url()),
        ("ALERTMANAGER_URL", alertmanager.url()),
        ("SCRAPE_INTERVAL", "3600".into()),
    ]);
    let active = json!({"state": "active", "silencedBy": [], "inhibitedBy": [], "until": null});
    let frame = gateway
        .frame("alerts", |frame| handlings(frame)[2] == active)
        .await;
    let [full, almost, _] = handlings(&frame);
    assert_eq!(full, active);
    let inhibited = json!({"state": "suppressed", "silencedBy": [], "inhibitedBy": ["884b7a24a16e0344"], "until": null});
    assert_eq!(almost, inhibited);
    assert_eq!(
        frame["data"]["alerts"][2]["labels"],
        labels()[2],
        "as it came"
    );
    assert!(frame.get("warnings").is_none(), "{frame}");

    let now = Utc::now();
    let until = now + TimeDelta::hours(1);
    let silence = json!({
        "matchers": [{"name": "alertname", "value": "Quiet", "isRegex": false, "isEqual": true}],
        "startsAt": now, "endsAt": until, "createdBy": "a test", "comment": "hush",
    });
    let silence = say(&alertmanager, "/api/v2/silences", &silence).await;
    let quiet = eventually("the silence arrives", async || {
        // As Alertmanager does when an alert changes; silences alone are seen on the next beat.
        http::post(gateway.addr, PATH, LEAST).await;
        let (_, frame) = gateway.get("/api/metrics/alerts").await;
        let quiet = handlings(&frame)[2].clone();
        (quiet["state"] == "suppressed").then_some(quiet)
    })
    .await;
    assert_eq!(quiet["silencedBy"], json!([silence["silenceID"]]));
    let told = quiet["until"].as_str().unwrap();
    assert_eq!(told, until.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string());
}

#[actix::test]
async fn an_alertmanager_that_hangs_or_is_gone_holds_no_frame_up_and_is_told() {
    let folder = scratch();
    let (mut alertmanager, prometheus) = servers(folder.path()).await;
    let gateway = TestGateway::start([
        ("PROMETHEUS_URL", prometheus.url()),
        ("ALERTMANAGER_URL", alertmanager.url()),
        ("POLL_INTERVAL", "200".into()),
        (QUERY_TIMEOUT, "1".into()),
    ]);
    let knows = |frame: &Value| handlings(frame)[0]["state"] == "active";
    gateway.frame("alerts", knows).await;
    let check = async |ok: bool| {
        eventually("readiness", async || {
            let (status, ready) = gateway.get("/-/ready").await;
            let check = &ready["checks"]["alertmanager"];
            assert_eq!(status, 200);
            (check["ok"] == ok).then(|| check["error"].clone())
        })
        .await
    };
    check(true).await;

    alertmanager.pause().unwrap();
    let warned = |frame: &Value| {
        let warnings = &frame["warnings"]["alerts"];
        let text = warnings[0].as_str().unwrap_or_default().to_owned();
        (frame["alertmanager"].is_null() && frame["stale"] == false).then_some(text)
    };
    let frame = gateway
        .frame("alerts", |frame| warned(frame).is_some())
        .await;
    let text = warned(&frame).unwrap();
    assert!(text.contains("Alertmanager took longer than"), "{text}");
    assert!(text.contains("alertmanager.url"), "{text}");
    let told = check(false).await;
    assert!(told.as_str().unwrap().contains("took longer"), "{told}");
    // Beats go on, and leave nothing behind at the server.
    let seq = frame["seq"].as_u64().unwrap();
    gateway
        .frame("alerts", |frame| frame["seq"].as_u64() >= Some(seq + 10))
        .await;
    let series = "service_metrics_poll_duration_seconds_count{source=\"alertmanager\"}";
    let answered = gateway.metric(series).await;
    let mut beats = interval(Duration::from_millis(200));
    for _ in 0..5 {
        beats.tick().await;
    }
    assert_eq!(gateway.metric(series).await, answered, "asked again");
    alertmanager.resume();
    gateway.frame("alerts", knows).await;
    check(true).await;

    alertmanager.kill().await;
    let gone = |frame: &Value| warned(frame).is_some_and(|text| text.contains("cannot be reached"));
    gateway.frame("alerts", gone).await;
    alertmanager.restart().await.unwrap();
    tell(&alertmanager).await;
    gateway.frame("alerts", knows).await;
}

#[actix::test]
async fn without_an_alertmanager_nothing_is_said_of_one() {
    let prometheus = prometheus().await;
    let gateway = TestGateway::start([("PROMETHEUS_URL", prometheus.url())]);
    let frame = gateway
        .frame("alerts", |frame| frame["stale"] == false)
        .await;
    let silent = frame.get("alertmanager").is_none() && frame.get("warnings").is_none();
    assert!(silent, "{frame}");
    let (_, ready) = gateway.get("/-/ready").await;
    assert!(ready["checks"].get("alertmanager").is_none(), "{ready}");
}
