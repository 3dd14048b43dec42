//! A real Alertmanager with the deployment's configuration: what reaches the gateway, and what is silenced.

use std::{net::SocketAddr, time::Duration};

use lab::{Alertmanager, Program, Prometheus, PrometheusSetup, Target, free_port};
use serde_json::{Value, json};

use crate::support::{eventually, http, scratch, webhook::Webhook};

const PAST: &str = "2020-01-01T00:00:00Z";

#[actix_rt::test]
async fn the_gateway_is_notified_of_an_alert_and_of_its_end() {
    let (folder, gateway) = (scratch(), Webhook::start());
    let alertmanager = started(&folder, &gateway.url()).await;
    let alert = json!({"labels": {"alertname": "Real", "family": "disk"}});
    post(&alertmanager, &[alert]).await;
    let (labels, path) = gateway.receives("Real", "firing").await;
    assert_eq!(path, "/api/alerts/webhook");
    assert_eq!(labels["family"], "disk");

    let over = json!({"labels": {"alertname": "Real", "family": "disk"}, "startsAt": PAST, "endsAt": PAST});
    post(&alertmanager, &[over]).await;
    gateway.receives("Real", "resolved").await;
}

#[actix_rt::test]
async fn a_gateway_that_was_away_is_notified_when_it_is_back() {
    let folder = scratch();
    let port = free_port().unwrap();
    let mut alertmanager = started(&folder, &format!("http://127.0.0.1:{port}")).await;
    alertmanager.kill().await;
    alertmanager.restart().await.unwrap();
    post(&alertmanager, &[json!({"labels": {"alertname": "Late"}})]).await;
    let failed = async || {
        let (_, metrics) = alertmanager.get("/metrics").await.ok()?;
        let name = "alertmanager_notification_requests_failed_total{integration=\"webhook\"}";
        let count = metrics.lines().find_map(|line| line.strip_prefix(name))?;
        (count.trim() != "0").then_some(())
    };
    eventually("a failed notification", failed).await;

    let gateway = Webhook::start_on(port);
    gateway.receives("Late", "firing").await;
}

#[actix_rt::test]
async fn a_worse_alert_silences_the_lesser_of_the_same_thing_only() {
    let (folder, gateway) = (scratch(), Webhook::start());
    let alertmanager = started(&folder, &gateway.url()).await;
    let disk = |name: &str, instance: &str, device: &str, id: &str| json!({"labels": {"alertname": name, "instance": instance, "device": device, "id": id}});
    let service = |name: &str, service: &str, id: &str| json!({"labels": {"alertname": name, "service": service, "id": id}});
    let mut drill = service("ServiceDown", "search", "a drill");
    drill["labels"]["drill"] = "true".into();
    post(
        &alertmanager,
        &[
            // First, so that they have been evaluated when the others are silenced.
            drill,
            service("HighLatency", "search", "real, beside a drill"),
            json!({"labels": {"alertname": "ServiceDown", "id": "nobody's"}}),
            json!({"labels": {"alertname": "HighLatency", "id": "nobody's too"}}),
            disk("DiskFull", "one", "sda", "full"),
            disk("DiskAlmostFull", "one", "sda", "the same disk"),
            disk("DiskAlmostFull", "one", "sdb", "another disk"),
            disk("DiskAlmostFull", "two", "sda", "another machine"),
            service("ServiceDown", "orders", "down"),
            service("HighLatency", "orders", "the same service"),
            service("HighLatency", "users", "another service"),
        ],
    )
    .await;

    let silenced = eventually("two alerts are silenced", async || {
        let alerts = alerts(&alertmanager).await?;
        let all_seen = alerts.len() == 11;
        let mut silenced: Vec<String> = alerts
            .iter()
            .filter(|alert| alert["status"]["state"] == "suppressed")
            .map(|alert| {
                assert_ne!(alert["status"]["inhibitedBy"], json!([]));
                alert["labels"]["id"].as_str().unwrap().to_owned()
            })
            .collect();
        silenced.sort();
        (all_seen && silenced.len() >= 2).then_some(silenced)
    })
    .await;
    assert_eq!(silenced, ["the same disk", "the same service"]);
}

#[actix_rt::test]
async fn an_alert_made_from_the_simulators_series_is_a_drill_whatever_its_rule_says() {
    let (folder, gateway) = (scratch(), Webhook::start());
    let port = free_port().unwrap();
    let mock = Program::mock(folder.path(), port, &[]).await.unwrap();
    let alertmanager = started(&folder, &gateway.url()).await;
    let targets = [Target::mock(format!("127.0.0.1:{}", mock.port()))];
    let mut setup = PrometheusSetup::scraping(&targets, Duration::from_secs(1));
    setup.alertmanager = Some(format!("127.0.0.1:{}", alertmanager.port()));
    setup.rules = Some(
        "groups: [{name: theirs, rules: [\
         {alert: Simulated, expr: mock_high_cpu_usage_percent >= 0},\
         {alert: Real, expr: 'up{job=\"prometheus\"} == 1'}]}]"
            .to_owned(),
    );
    let prometheus = folder.path().join("prometheus");
    let _prometheus = Prometheus::start_with(&prometheus, 0, &setup)
        .await
        .unwrap();

    let (labels, _) = gateway.receives("Simulated", "firing").await;
    assert_eq!(
        (&labels["drill"], &labels["instance"]),
        (&"true".into(), &"mock-app-1".into())
    );
    let (labels, _) = gateway.receives("Real", "firing").await;
    assert_eq!(labels.get("drill"), None);
}

async fn started(folder: &tempfile::TempDir, gateway: &str) -> Alertmanager {
    let folder = folder.path().join("alertmanager");
    Alertmanager::start(&folder, 0, gateway).await.unwrap()
}

async fn post(alertmanager: &Alertmanager, alerts: &[Value]) {
    let body = serde_json::to_string(alerts).unwrap();
    let address = SocketAddr::from(([127, 0, 0, 1], alertmanager.port()));
    let request = format!(
        "POST /api/v2/alerts HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = http::exchange(address, request.as_bytes()).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

async fn alerts(alertmanager: &Alertmanager) -> Option<Vec<Value>> {
    let (_, body) = alertmanager.get("/api/v2/alerts").await.ok()?;
    serde_json::from_str(&body).ok()
}
