//! Diagnoses of scripted evidence: the stages in Prometheus.

use std::{sync::Arc, time::Duration};

use alerting::Labels;
use prometheus_api::{
    typed::{alert::ActiveAlert, alertmanager::AlertmanagerAlert, prometheus::AlertingRule},
    vector::Sample,
};
use serde_json::{Value, json};
use simulator::{catalogue::Alert, lint::CheckedCatalogue};

use super::{diagnose, evidence::Evidence, rule_differences::rule_of};
use crate::{
    alert_key::{AlertKey, labels},
    observers::simulator::SimulatedAlert,
    rehearsed_alert::RehearsedAlert,
    stages::Stage,
};

fn alert() -> Arc<Alert> {
    let catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
    catalogue.alert("DiskFull").unwrap().clone()
}

fn rule() -> AlertingRule {
    rule_of(&alert())
}

pub(super) fn alert_labels(device: &str) -> Labels {
    labels(&[
        ("alertname", "DiskFull"),
        ("device", device),
        ("mountpoint", "/data"),
    ])
}

fn sample(labels: Labels, value: f64) -> Sample {
    Sample {
        labels,
        at_ms: 1_000,
        value,
    }
}

fn series(value: f64) -> Sample {
    let device = labels(&[("device", "sda"), ("mountpoint", "/data")]);
    sample(device, value)
}

fn active(state: &str, labels: Labels) -> ActiveAlert {
    ActiveAlert {
        labels,
        state: state.to_owned(),
        active_at: "2026-01-01T00:00:00Z".to_owned(),
        ..ActiveAlert::default()
    }
}

pub(super) fn in_alertmanager(state: &str, labels: &Labels) -> AlertmanagerAlert {
    serde_json::from_value(json!({ "labels": labels, "status": { "state": state } })).unwrap()
}

/// The condition holds, and Prometheus has a firing alert that no other server has.
fn evidence() -> Evidence {
    Evidence {
        waited: Duration::from_millis(21_500),
        prometheus_silence: None,
        alertmanager_silence: None,
        rule: Some(rule()),
        simulated: Ok(SimulatedAlert {
            condition: "active".to_owned(),
            value: Value::from(95.5),
            ..SimulatedAlert::default()
        }),
        not_calm: Some("the simulator says active at 95.5".to_owned()),
        series: Ok(vec![series(95.5)]),
        results: Ok(vec![series(95.5)]),
        active: Ok(vec![active("firing", alert_labels("sda"))]),
        in_alertmanager: Ok(Vec::new()),
        suppressed_by: None,
        in_last_frame: Ok(Vec::new()),
        frame_age: Duration::from_millis(1_200),
        gateway: Ok(()),
        alertmanagers: vec!["http://a/api/v2/alerts".to_owned()],
        warnings: Vec::new(),
    }
}

pub(super) fn why(stage: Stage, change: impl FnOnce(&mut Evidence)) -> String {
    diagnosed(stage, false, change).0
}

/// The reason, and whether it is that a server did not answer.
pub(super) fn diagnosed(
    stage: Stage,
    inhibited: bool,
    change: impl FnOnce(&mut Evidence),
) -> (String, bool) {
    diagnosed_in_scenario(false, stage, inhibited, change)
}

/// The same in a scenario, perhaps with a step that recovers the alert.
pub(super) fn diagnosed_in_scenario(
    recovered_by_step: bool,
    stage: Stage,
    inhibited: bool,
    change: impl FnOnce(&mut Evidence),
) -> (String, bool) {
    let mut evidence = evidence();
    change(&mut evidence);
    let rehearsed = RehearsedAlert {
        inhibited,
        inhibitors: vec![AlertKey {
            name: "DiskBroken".to_owned(),
            ..AlertKey::default()
        }],
        recovered_by_step,
        ..RehearsedAlert::new(&alert(), Duration::ZERO)
    };
    let error = diagnose(stage, &rehearsed, &evidence);
    (error.why, error.no_answer)
}

#[track_caller]
pub(super) fn says(why: &str, words: &[&str]) {
    for word in words {
        assert!(why.contains(word), "{word:?} is not in {why:?}");
    }
}

#[test]
fn a_raised_threshold_is_explained_with_both_expressions_and_the_value() {
    let reason = why(Stage::Pending, |evidence| {
        evidence.active = Ok(Vec::new());
        evidence.rule = Some(AlertingRule {
            query: "mock_disk_usage_percent > 99".to_owned(),
            ..rule()
        });
    });
    says(
        &reason,
        &[
            "waited 21.5 s: the catalogue's condition holds (value 95.5), yet Prometheus has no alert",
            "its expr is `mock_disk_usage_percent > 99`, the catalogue's `mock_disk_usage_percent > 90`",
        ],
    );
}

#[test]
fn a_for_that_is_too_long_is_explained_with_both() {
    let reason = why(Stage::Firing, |evidence| {
        evidence.active = Ok(vec![active("pending", alert_labels("sda"))]);
        evidence.rule = Some(AlertingRule {
            duration: 3600.0,
            ..rule()
        });
    });
    says(
        &reason,
        &[
            "it is pending since 2026-01-01T00:00:00Z and does not fire",
            "its `for` is 1h, the catalogue's 1m",
        ],
    );
}

#[test]
fn an_alert_with_other_labels_is_explained_with_the_differences() {
    let reason = why(Stage::Pending, |evidence| {
        evidence.active = Ok(vec![active("firing", alert_labels("sdb"))]);
    });
    says(
        &reason,
        &[
            "not with the labels of the catalogue",
            "label device: expected \"sda\", found \"sdb\"",
        ],
    );
    let reason = why(Stage::Crossed, |evidence| {
        let other = sample(labels(&[("device", "sda")]), 1.0);
        evidence.results = Ok(vec![other]);
    });
    says(
        &reason,
        &["label mountpoint: expected \"/data\", is missing"],
    );
}

#[test]
fn a_condition_that_does_not_hold_is_explained_with_what_prometheus_and_the_simulator_have() {
    let nothing = |evidence: &mut Evidence| evidence.results = Ok(Vec::new());
    let reason = why(Stage::Crossed, |evidence| {
        nothing(evidence);
        evidence.series = Ok(vec![series(45.1)]);
    });
    says(
        &reason,
        &[
            "does not hold: Prometheus has mock_disk_usage_percent{device=\"sda\"",
            "at 45.1",
            "says active at 95.5",
        ],
    );
    let reason = why(Stage::Crossed, |evidence| {
        nothing(evidence);
        evidence.series = Ok(Vec::new());
    });
    says(&reason, &["has no series", "honor_labels"]);
    let reason = why(Stage::Crossed, |evidence| {
        nothing(evidence);
        evidence.series = Ok(Vec::new());
        evidence.warnings = vec!["Prometheus scrapes no target at http://s".to_owned()];
    });
    says(&reason, &["scrapes no target at http://s"]);
    let reason = why(Stage::Crossed, |evidence| {
        evidence.results = Err("answers 422: bad".to_owned());
    });
    says(&reason, &["answers 422: bad; asked for `mock_disk"]);
}

#[test]
fn an_alert_that_skips_a_state_or_is_not_made_is_explained() {
    let reason = why(Stage::Pending, |_| ());
    says(&reason, &["it is firing without ever having been pending"]);
    let reason = why(Stage::Pending, |evidence| evidence.active = Ok(Vec::new()));
    says(
        &reason,
        &["the rule is the catalogue's, yet Prometheus makes no alert"],
    );
    let reason = why(Stage::Pending, |evidence| {
        evidence.active = Ok(Vec::new());
        evidence.rule = Some(AlertingRule {
            last_error: "many-to-many".to_owned(),
            ..rule()
        });
    });
    says(&reason, &["cannot evaluate the rule: many-to-many"]);
    let reason = why(Stage::Firing, |evidence| {
        evidence.active = Ok(Vec::new());
        evidence.results = Ok(Vec::new());
    });
    says(&reason, &["did not hold for long enough"]);
}

#[test]
fn an_alert_that_does_not_resolve_is_explained_with_what_still_holds() {
    says(
        &why(Stage::ResolvedPrometheus, |_| ()),
        &["still holds (value 95.5); the simulator says active"],
    );
    let reason = why(Stage::ResolvedPrometheus, |evidence| {
        evidence.results = Ok(Vec::new());
        evidence.rule = Some(AlertingRule {
            keep_firing_for: 300.0,
            ..rule()
        });
    });
    says(
        &reason,
        &[
            "although the condition no longer holds",
            "its `keep_firing_for` is 5m, the catalogue's 0s",
        ],
    );
    says(
        &why(Stage::ResolvedAlertmanager, |_| ()),
        &["received no resolved alert"],
    );
    says(
        &why(Stage::ResolvedBrowser, |_| ()),
        &["the last frame of its /ws/alerts is 1.2 s old"],
    );
}

#[test]
fn an_alert_that_is_active_before_the_trigger_is_explained_with_how_to_end_it() {
    let reason = why(Stage::Calm, |_| ());
    says(
        &reason,
        &["waited 21.5 s: the simulator says active at 95.5"],
    );
    let reason = why(Stage::Calm, |evidence| evidence.not_calm = None);
    says(
        &reason,
        &["it is firing in Prometheus since 2026-01-01T00:00:00Z, although the simulator is calm"],
    );
    assert!(!reason.contains("the simulator says"), "{reason}");
    let reason = why(Stage::Calm, |evidence| {
        evidence.not_calm = None;
        evidence.rule = Some(AlertingRule {
            query: "vector(1)".to_owned(),
            ..rule()
        });
    });
    says(&reason, &["its expr is `vector(1)`, the catalogue's"]);
}
