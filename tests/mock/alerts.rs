//! `/api/alerts`: the catalogue with its state; alerts triggered and recovered.

use std::collections::BTreeSet;

use awc::http::StatusCode;
use serde_json::{Value, json};
use simulator::lint::CheckedCatalogue;

use super::{TestMock, samples};
use crate::support::{eventually, promtool};

/// A catalogue of a user: a metric named like a recording rule, a counter, a metric of a client library.
const FOREIGN: &str = r#"
    [[alert]]
    name = "CartsAbandoned"
    family = "shop"
    severity = "critical"
    metric = "shop:carts_abandoned"
    help = "Carts left behind."
    labels = { cart = "a\"b" }
    expr = "shop:carts_abandoned > {threshold}"
    threshold = 20
    trigger = 30
    flag = "shop_drill"
    [[alert]]
    name = "OrdersFail"
    expr = "rate(orders_failed_total{code=\"500\"}[{window}]) > 1"
    labels = { code = "500" }
    window = "1m"
    trigger = 5
    [[alert]]
    name = "Memory (90%) of a/b + c"
    expr = "process_resident_memory_bytes > 1e9"
    baseline = 5e8
    trigger = 2e9
"#;

fn names(alerts: &Value) -> Vec<&str> {
    let alerts = alerts.as_array().unwrap().iter();
    alerts
        .map(|alert| alert["name"].as_str().unwrap())
        .collect()
}

#[actix::test]
async fn the_list_is_the_catalogue_in_its_order_and_calm() {
    let mock = TestMock::start();
    let answer = mock.get("/api/alerts").await;
    let whole: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(
        (&whole["status"], &whole["time_scale"]),
        (&json!("success"), &json!(1.0))
    );
    let listed = names(&whole["data"]);
    let catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
    let expected = catalogue.alerts.iter().map(|alert| alert.name.as_str());
    assert_eq!(listed, expected.collect::<Vec<_>>());
    for alert in whole["data"].as_array().unwrap() {
        assert_eq!(alert["condition"], "calm", "{alert}");
    }

    let mut full = mock.alert("DiskFull").await;
    let since = full["since"].take();
    let since = since.as_str().unwrap();
    assert!(
        since.ends_with('Z') && since.len() == "2026-01-01T00:00:00.000Z".len(),
        "{since}"
    );
    let expected = json!({
        "name": "DiskFull",
        "family": "disk",
        "severity": "critical",
        "metric": "mock_disk_usage_percent",
        "labels": { "device": "sda", "mountpoint": "/data" },
        "threshold": 90.0,
        "window": null,
        "expr": "mock_disk_usage_percent > 90",
        "for": "1m",
        "condition": "calm",
        "driven": false,
        "value": 45.0,
        "compared": 45.0,
        "since": null,
        "rise_seconds": 30.0,
    });
    assert_eq!(full, expected);
    assert_eq!(mock.alert("MemoryLeakDetected").await["window"], "5m");
}

#[actix::test]
async fn a_trigger_is_seen_in_the_list_and_in_the_exposition_until_the_recovery() {
    let mock = TestMock::scaled(1.0 / 15.0);
    let before = mock.alert("DiskFull").await;
    let body = r#"{"value":97}"#;
    let asked = mock
        .post_body("/api/alerts/DiskFull/trigger", body)
        .await
        .data();
    assert_eq!(asked["name"], "DiskFull");
    assert_eq!(asked["condition"], "rising");
    let active = mock.becomes("DiskFull", "active").await;
    assert_ne!(active["since"], before["since"]);
    let disk = r#"mock_disk_usage_percent{device="sda",mountpoint="/data"}"#;
    eventually("the disk is full", async || {
        mock.value(disk).await.filter(|value| *value == 97.0)
    })
    .await;

    let asked = mock.post("/api/alerts/DiskFull/recover").await.data();
    assert_eq!(asked["condition"], "recovering");
    let calm = mock.becomes("DiskFull", "calm").await;
    assert!(calm["value"].as_f64().unwrap() < 46.0, "{calm}");
}

#[actix::test]
async fn a_trigger_that_is_held_for_a_time_recovers_by_itself() {
    let mock = TestMock::scaled(1.0 / 15.0);
    let body = r#"{"value":1,"ramp_seconds":0,"hold_seconds":10}"#;
    let path = "/api/alerts/DBConnectionFailed/trigger";
    assert_eq!(
        mock.post_body(path, body).await.data()["condition"],
        "active"
    );
    mock.becomes("DBConnectionFailed", "calm").await;
}

#[actix::test]
async fn what_somebody_sets_is_active_and_can_be_recovered() {
    let mock = TestMock::start();
    mock.post("/simulate/service-up/payment/0").await;
    assert_eq!(mock.alert("ServiceDown").await["condition"], "active");
    let asked = mock.post("/api/alerts/ServiceDown/recover").await.data();
    assert_eq!(
        (&asked["condition"], &asked["value"]),
        (&json!("calm"), &json!(1.0))
    );
}

#[actix::test]
async fn a_reset_brings_everything_back() {
    let mock = TestMock::start();
    let before = mock.simulated().await;
    for path in [
        "/simulate/disk-usage/sda/99",
        "/simulate/service-up/shop/0",
        "/api/alerts/ServiceDown/trigger",
        "/api/alerts/MemoryLeakDetected/trigger",
        "/api/scenarios/everything/start",
    ] {
        assert_eq!(mock.post(path).await.status, StatusCode::OK, "{path}");
    }
    assert_ne!(mock.simulated().await, before);
    assert_eq!(
        mock.post("/api/reset").await.data()["stopped"],
        "everything"
    );
    // Counters keep their counts.
    let but_counters = |lines: BTreeSet<String>| {
        let kept = lines.into_iter().filter(|line| !line.contains("_total{"));
        kept.collect::<BTreeSet<_>>()
    };
    assert_eq!(but_counters(mock.simulated().await), but_counters(before));
    assert_eq!(mock.post("/api/reset").await.data()["stopped"], Value::Null);
}

#[actix::test]
async fn a_foreign_catalogue_is_exposed_triggered_and_recovered() {
    let catalogue = CheckedCatalogue::parse("theirs.toml", FOREIGN, 0.1).unwrap();
    let mock = TestMock::of(catalogue, |_| {});
    let exposition = mock.exposition().await;
    for lines in [
        "# HELP shop:carts_abandoned Carts left behind.\n# TYPE shop:carts_abandoned gauge\nshop:carts_abandoned{cart=\"a\\\"b\"} 0\n",
        "# TYPE shop_drill gauge\nshop_drill{cart=\"a\\\"b\"} 0\n",
        "# TYPE orders_failed_total counter\norders_failed_total{code=\"500\"} 0\n",
        "# TYPE process_resident_memory_bytes gauge\nprocess_resident_memory_bytes 500000000\n",
    ] {
        assert!(exposition.contains(lines), "{exposition}");
    }
    assert!(samples(&exposition).any(|line| line.starts_with("mock_service_up{")));
    let (code, said) = promtool::check_metrics(&exposition.replace("shop:", "shop_"));
    assert_eq!((code, said.as_str()), (Some(0), ""));

    assert_eq!(
        names(&mock.data("/api/alerts").await),
        ["CartsAbandoned", "OrdersFail", "Memory (90%) of a/b + c"]
    );
    for name in [
        "CartsAbandoned",
        "OrdersFail",
        "Memory%20(90%25)%20of%20a%2Fb%20%2B%20c",
    ] {
        let path = format!("/api/alerts/{name}");
        mock.post(&format!("{path}/trigger")).await.data();
        mock.becomes(name, "active").await;
        mock.post(&format!("{path}/recover")).await.data();
        mock.becomes(name, "calm").await;
    }
}
