//! Diagnoses of scripted evidence: the stages behind Prometheus, and servers that do not answer.

use std::time::Duration;

use super::{
    evidence::Evidence,
    prometheus_tests::{
        alert_labels, diagnosed, diagnosed_in_scenario, in_alertmanager, says, why,
    },
};
use crate::{observers::simulator::SimulatedAlert, stages::Stage};

#[test]
fn what_suppresses_an_alert_is_named() {
    let reason = why(Stage::Alertmanager, |evidence| {
        evidence.in_alertmanager = Ok(vec![in_alertmanager("suppressed", &alert_labels("sda"))]);
        evidence.suppressed_by = Some("DiskBroken{device=\"sda\"}".to_owned());
    });
    says(
        &reason,
        &["suppresses it because of DiskBroken{device=\"sda\"}"],
    );
    says(
        &why(Stage::Alertmanager, |_| ()),
        &["sends alerts to http://a/api/v2/alerts", "the same one?"],
    );
    let reason = why(Stage::Alertmanager, |evidence| {
        evidence.alertmanagers.clear();
    });
    says(&reason, &["sends alerts to no Alertmanager"]);
    let reason = why(Stage::Alertmanager, |evidence| {
        evidence.in_alertmanager = Err("Alertmanager at x".to_owned());
    });
    says(&reason, &["Alertmanager at x"]);
}

#[test]
fn what_the_gateway_lacks_is_explained() {
    says(
        &why(Stage::Browser, |_| ()),
        &["no frame of the gateway's /ws/alerts has it"],
    );
    let reason = why(Stage::Browser, |evidence| {
        evidence.in_last_frame = Err("closed".to_owned());
    });
    says(&reason, &["closed"]);
}

#[test]
fn a_server_that_does_not_answer_is_named_and_the_alert_is_not_blamed() {
    let fine = diagnosed(Stage::Firing, false, |_| ());
    says(&fine.0, &["it fires now, after the deadline"]);
    assert!(!fine.1);
    let frozen = diagnosed(Stage::Firing, false, |evidence| {
        evidence.prometheus_silence = Some(Duration::from_secs(14));
    });
    says(
        &frozen.0,
        &["waited 21.5 s: Prometheus did not answer for 14.0 s of that; it fires now"],
    );
    assert!(frozen.1);
    let gateway = |evidence: &mut Evidence| {
        evidence.gateway = Err("service-metrics at http://g does not answer".to_owned());
        evidence.frame_age = Duration::from_secs(40);
    };
    let (reason, no_answer) = diagnosed(Stage::Browser, false, gateway);
    says(
        &reason,
        &[
            "service-metrics at http://g does not answer; the last frame",
            "is 40.0 s old",
        ],
    );
    assert!(no_answer && !diagnosed(Stage::Pending, false, gateway).1);
}

#[test]
fn an_alert_that_somebody_else_has_recovered_is_explained() {
    let calm = |evidence: &mut Evidence| {
        evidence.simulated = Ok(SimulatedAlert {
            condition: "calm".to_owned(),
            ..SimulatedAlert::default()
        });
    };
    let words = "it was recovered meanwhile, and not by this drill";
    says(&why(Stage::Firing, calm), &[words]);
    assert!(!why(Stage::ResolvedPrometheus, calm).contains(words));
    let (reason, _) = diagnosed_in_scenario(true, Stage::Firing, false, calm);
    assert!(
        reason.ends_with("; a step of the scenario recovers it"),
        "{reason}"
    );
}

#[test]
fn an_alert_that_is_silenced_does_not_count_as_inhibited() {
    let (reason, _) = diagnosed(Stage::Alertmanager, true, |evidence| {
        evidence.in_alertmanager = Ok(vec![in_alertmanager("suppressed", &alert_labels("sda"))]);
        evidence.suppressed_by = Some("the silence \"night\" of ann".to_owned());
    });
    says(
        &reason,
        &["suppresses it because of the silence \"night\" of ann, and not because of DiskBroken"],
    );
}
