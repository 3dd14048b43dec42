//! Alertmanager's view, read and joined with Prometheus' alerts.

use serde_json::{Value, json};

use super::*;

fn alert(labels: &Value, status: &Value) -> Value {
    json!({"labels": labels, "status": status, "annotations": {}, "fingerprint": "?"})
}

fn view(alerts: &Value, silences: &Value) -> AlertmanagerView {
    let (alerts, silences) = (alerts.to_string(), silences.to_string());
    let view = AlertmanagerView::read(alerts.as_bytes()).unwrap();
    view.with_ends(silences.as_bytes()).unwrap()
}

fn said(view: &AlertmanagerView, labels: &[Value]) -> Value {
    let alerts = labels.iter().map(|labels| json!({"labels": labels}));
    let data = json!({"alerts": alerts.collect::<Vec<_>>()}).to_string();
    let mut out = Vec::new();
    view.write(data.as_bytes(), &mut out);
    serde_json::from_slice(&out).unwrap()
}

fn active() -> Value {
    json!({"state": "active", "silencedBy": [], "inhibitedBy": []})
}

/// Alertmanager 0.25 gave these.
#[test]
fn a_fingerprint_is_alertmanagers() {
    let labels = [
        ("alertname", "DiskFull"),
        ("device", "sda"),
        ("severity", "critical"),
    ];
    let labels: BTreeMap<_, _> = labels.into();
    assert_eq!(hex(fingerprint(&labels)), "664bba8f75c49826");
    let none = BTreeMap::<&str, &str>::new();
    assert_eq!(hex(fingerprint(&none)), "cbf29ce484222325");
}

#[test]
fn silences_tell_until_when_and_alerts_that_it_does_not_know_are_left_out() {
    let quiet = json!({"alertname": "Quiet", "a": "ż\u{1f980}"});
    let status =
        json!({"state": "suppressed", "silencedBy": ["1", "2", "gone"], "inhibitedBy": null});
    let silences = json!([
        {"id": "1", "endsAt": "2026-02-10T06:00:00.000Z", "status": {"state": "active"}},
        {"id": "2", "endsAt": "2026-02-10T07:00:00.5+01:00", "status": {"state": "active"}},
        {"id": "3", "endsAt": "2030-01-01T00:00:00Z"},
    ]);
    let view = view(&json!([alert(&quiet, &status)]), &silences);
    let said = said(&view, &[quiet, json!({"alertname": "Unknown"})]);
    let said: Vec<_> = said.as_object().unwrap().values().collect();
    let expected = json!({"state": "suppressed", "silencedBy": ["1", "2", "gone"], "inhibitedBy": [],
        "until": "2026-02-10T06:00:00.500Z"});
    assert_eq!(said, [&expected]);
}

#[test]
fn labels_that_are_added_on_the_way_do_not_part_an_alert_from_itself() {
    let theirs = |name: &str, device: &str| json!({"alertname": name, "device": device, "cluster": "eu", "replica": "1"});
    let ours = |name: &str, device: &str| json!({"alertname": name, "device": device});
    let key = |labels: &Value| {
        let labels: Labels = serde_json::from_value(labels.clone()).unwrap();
        hex(fingerprint(&labels))
    };
    let mut alerts: Vec<_> = (0..100)
        .map(|number| alert(&theirs("Full", &number.to_string()), &active()))
        .collect();
    let inhibited = json!({"state": "suppressed", "silencedBy": [], "inhibitedBy": [key(&theirs("Full", "7"))]});
    alerts.push(alert(&theirs("AlmostFull", "7"), &inhibited));
    let view = view(&json!(alerts), &json!(null));
    let mut asked: Vec<_> = (0..100)
        .map(|number| ours("Full", &number.to_string()))
        .collect();
    asked.push(ours("AlmostFull", "7"));
    let said = said(&view, &asked);
    assert_eq!(said.as_object().unwrap().len(), 101);
    let quiet = &said[key(&ours("AlmostFull", "7"))];
    assert_eq!(quiet["inhibitedBy"], json!([key(&ours("Full", "7"))]));
}

#[test]
fn the_order_of_an_answer_says_nothing() {
    let one = alert(&json!({"alertname": "A"}), &active());
    let other = alert(&json!({"alertname": "B"}), &active());
    let first = view(&json!([one, other]), &json!([]));
    assert_eq!(first, view(&json!([other, one]), &json!([])));
}

#[test]
fn anything_else_is_an_error_or_says_nothing() {
    for (alerts, silences) in [
        ("{}", "[]"),
        ("[1]", "[]"),
        (
            "[{\"labels\":{\"a\":1},\"status\":{\"state\":\"active\"}}]",
            "[]",
        ),
        ("[]", "{\"a\":1}"),
        ("[]", "[{\"id\":\"1\",\"endsAt\":\"soon\"}]"),
        ("", ""),
    ] {
        let read = AlertmanagerView::read(alerts.as_bytes());
        let read = read.and_then(|view| view.with_ends(silences.as_bytes()));
        assert!(read.is_err(), "{alerts} {silences}");
    }
    let view = view(&json!([alert(&json!({"a": "b"}), &active())]), &json!([]));
    for data in [
        "",
        "{}",
        "[]",
        "{\"alerts\":null}",
        "{\"alerts\":[{\"labels\":{\"a\":1}}]}",
    ] {
        let mut out = Vec::new();
        view.write(data.as_bytes(), &mut out);
        assert_eq!(out, b"{}", "{data}");
    }
}
