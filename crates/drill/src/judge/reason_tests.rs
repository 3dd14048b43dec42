//! Reasons on scripted observations.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use simulator::{catalogue::Alert, lint::CheckedCatalogue};

use super::{reason::Case, rule};
use crate::{
    evidence::Evidence,
    servers::{
        seen::{Held, Identity, Labels, Rule, Shown, labels},
        simulator::Driven,
    },
    stage::Stage,
};
fn alert() -> Arc<Alert> {
    let catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
    catalogue.alert("DiskFull").unwrap().clone()
}

fn rule() -> Rule {
    rule::of(&alert())
}

pub(super) fn alert_labels(device: &str) -> Labels {
    labels(&[
        ("alertname", "DiskFull"),
        ("device", device),
        ("mountpoint", "/data"),
    ])
}

fn sample<T: serde::de::DeserializeOwned>(value: &str) -> T {
    let series =
        json!({ "metric": { "device": "sda", "mountpoint": "/data" }, "value": [1.0, value] });
    serde_json::from_value(series).unwrap()
}

fn shown(state: &str, labels: Labels) -> Shown {
    Shown {
        labels,
        state: state.to_owned(),
        active_at: "2026-01-01T00:00:00Z".to_owned(),
        ..Shown::default()
    }
}

pub(super) fn held(state: &str, labels: &Labels) -> Held {
    serde_json::from_value(json!({ "labels": labels, "status": { "state": state } })).unwrap()
}

/// The condition holds, and Prometheus makes an alert of it that nobody else has.
pub(super) fn evidence() -> Evidence {
    Evidence {
        waited: Duration::from_millis(21_500),
        silent: (None, None),
        rule: Some(rule()),
        driven: Ok(Driven {
            condition: "active".to_owned(),
            value: Value::from(95.5),
            ..Driven::default()
        }),
        busy: Some("the simulator says active at 95.5".to_owned()),
        series: Ok(vec![sample("95.5")]),
        holding: Ok(vec![sample("95.5")]),
        shown: Ok(vec![shown("firing", alert_labels("sda"))]),
        held: Ok(Vec::new()),
        quieted_by: None,
        framed: Ok(Vec::new()),
        frame_age: Duration::from_millis(1_200),
        gateway: Ok(()),
        alertmanagers: vec!["http://a/api/v2/alerts".to_owned()],
        warnings: Vec::new(),
    }
}

pub(super) fn why(stage: Stage, change: impl FnOnce(&mut Evidence)) -> String {
    judged(stage, false, change).0
}

/// The reason, and whether it is that a server could not be asked.
pub(super) fn judged(
    stage: Stage,
    inhibited: bool,
    change: impl FnOnce(&mut Evidence),
) -> (String, bool) {
    judged_in(false, stage, inhibited, change)
}

/// In a scenario, perhaps with a step that recovers it.
pub(super) fn judged_in(
    recovered: bool,
    stage: Stage,
    inhibited: bool,
    change: impl FnOnce(&mut Evidence),
) -> (String, bool) {
    let mut evidence = evidence();
    change(&mut evidence);
    let alert = alert();
    let identity = Identity {
        name: alert.name.clone(),
        labels: alert.labels.clone(),
        ..Identity::default()
    };
    let case = Case {
        alert: &alert,
        identity: &identity,
        inhibited,
        inhibitors: &[Identity {
            name: "DiskBroken".to_owned(),
            labels: Labels::new(),
            ..Identity::default()
        }],
        recovered,
    };
    (case.why(stage, &evidence), case.unasked(stage, &evidence))
}

#[track_caller]
pub(super) fn says(why: &str, words: &[&str]) {
    for word in words {
        assert!(why.contains(word), "{word:?} is not in {why:?}");
    }
}

#[test]
fn a_raised_threshold_is_told_with_both_expressions_and_the_value() {
    let told = why(Stage::Pending, |evidence| {
        evidence.shown = Ok(Vec::new());
        evidence.rule = Some(Rule {
            query: "mock_disk_usage_percent > 99".to_owned(),
            ..rule()
        });
    });
    says(
        &told,
        &[
            "waited 21.5 s: the catalogue's condition holds (value 95.5), yet Prometheus has no alert",
            "its expr is `mock_disk_usage_percent > 99`, the catalogue's `mock_disk_usage_percent > 90`",
        ],
    );
}

#[test]
fn a_for_that_is_too_long_is_told_with_both() {
    let told = why(Stage::Firing, |evidence| {
        evidence.shown = Ok(vec![shown("pending", alert_labels("sda"))]);
        evidence.rule = Some(Rule {
            duration: 3600.0,
            ..rule()
        });
    });
    says(
        &told,
        &[
            "it is pending since 2026-01-01T00:00:00Z and does not fire",
            "its `for` is 1h, the catalogue's 1m",
        ],
    );
}

#[test]
fn an_alert_with_other_labels_is_told_with_what_is_different() {
    let told = why(Stage::Pending, |evidence| {
        evidence.shown = Ok(vec![shown("firing", alert_labels("sdb"))]);
    });
    says(
        &told,
        &[
            "not with the labels of the catalogue",
            "label device: expected \"sda\", found \"sdb\"",
        ],
    );
    let told = why(Stage::Crossed, |evidence| {
        let other = json!({ "metric": { "device": "sda" }, "value": [1.0, "1"] });
        evidence.holding = Ok(vec![serde_json::from_value(other).unwrap()]);
    });
    says(&told, &["label mountpoint: expected \"/data\", is missing"]);
}

#[test]
fn a_condition_that_does_not_hold_is_told_with_what_prometheus_and_the_simulator_have() {
    let nothing = |evidence: &mut Evidence| evidence.holding = Ok(Vec::new());
    let told = why(Stage::Crossed, |evidence| {
        nothing(evidence);
        evidence.series = Ok(vec![sample("45.1")]);
    });
    says(
        &told,
        &[
            "does not hold: Prometheus has mock_disk_usage_percent{device=\"sda\"",
            "at 45.1",
            "says active at 95.5",
        ],
    );
    let told = why(Stage::Crossed, |evidence| {
        nothing(evidence);
        evidence.series = Ok(Vec::new());
    });
    says(&told, &["has no series", "honor_labels"]);
    let told = why(Stage::Crossed, |evidence| {
        nothing(evidence);
        evidence.series = Ok(Vec::new());
        evidence.warnings = vec!["Prometheus scrapes no target at http://s".to_owned()];
    });
    says(&told, &["scrapes no target at http://s"]);
    let told = why(Stage::Crossed, |evidence| {
        evidence.holding = Err("answers 422: bad".to_owned());
    });
    says(&told, &["answers 422: bad; asked for `mock_disk"]);
}

#[test]
fn an_alert_that_comes_or_goes_otherwise_than_it_should_is_told() {
    let told = why(Stage::Pending, |_| ());
    says(&told, &["it is firing without ever having been pending"]);
    let told = why(Stage::Pending, |evidence| evidence.shown = Ok(Vec::new()));
    says(
        &told,
        &["the rule is the catalogue's, yet Prometheus makes no alert"],
    );
    let told = why(Stage::Pending, |evidence| {
        evidence.shown = Ok(Vec::new());
        evidence.rule = Some(Rule {
            last_error: "many-to-many".to_owned(),
            ..rule()
        });
    });
    says(&told, &["cannot evaluate the rule: many-to-many"]);
    let told = why(Stage::Firing, |evidence| {
        evidence.shown = Ok(Vec::new());
        evidence.holding = Ok(Vec::new());
    });
    says(&told, &["did not hold for long enough"]);
}

#[test]
fn what_does_not_end_is_told_with_what_still_holds() {
    says(
        &why(Stage::ResolvedPrometheus, |_| ()),
        &["still holds (value 95.5); the simulator says active"],
    );
    let told = why(Stage::ResolvedPrometheus, |evidence| {
        evidence.holding = Ok(Vec::new());
        evidence.rule = Some(Rule {
            keep_firing_for: 300.0,
            ..rule()
        });
    });
    says(
        &told,
        &[
            "although the condition no longer holds",
            "its `keep_firing_for` is 5m, the catalogue's 0s",
        ],
    );
    says(
        &why(Stage::ResolvedAlertmanager, |_| ()),
        &["was not told of the end"],
    );
    says(
        &why(Stage::ResolvedBrowser, |_| ()),
        &["the last frame of its /ws/alerts is 1.2 s old"],
    );
}

#[test]
fn what_is_active_before_the_trigger_is_told_with_how_to_end_it() {
    let told = why(Stage::Calm, |_| ());
    says(&told, &["waited 21.5 s: the simulator says active at 95.5"]);
    let told = why(Stage::Calm, |evidence| evidence.busy = None);
    says(
        &told,
        &["it is firing in Prometheus since 2026-01-01T00:00:00Z, although the simulator is calm"],
    );
    assert!(!told.contains("the simulator says"), "{told}");
    let told = why(Stage::Calm, |evidence| {
        evidence.busy = None;
        evidence.rule = Some(Rule {
            query: "vector(1)".to_owned(),
            ..rule()
        });
    });
    says(&told, &["its expr is `vector(1)`, the catalogue's"]);
}
