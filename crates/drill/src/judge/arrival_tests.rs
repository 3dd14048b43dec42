//! Reasons behind Prometheus, and those that lie with somebody else, on scripted observations.

use std::time::Duration;

use super::reason_tests::{alert_labels, held, judged, judged_in, says, why};
use crate::{evidence::Evidence, servers::simulator::Driven, stage::Stage};

#[test]
fn alertmanager_s_silence_is_told_by_name() {
    let told = why(Stage::Alertmanager, |evidence| {
        evidence.held = Ok(vec![held("suppressed", &alert_labels("sda"))]);
        evidence.quieted_by = Some("DiskBroken{device=\"sda\"}".to_owned());
    });
    says(&told, &["keeps it quiet: by DiskBroken{device=\"sda\"}"]);
    says(
        &why(Stage::Alertmanager, |_| ()),
        &["tells http://a/api/v2/alerts", "the same one?"],
    );
    let told = why(Stage::Alertmanager, |evidence| {
        evidence.alertmanagers.clear();
    });
    says(&told, &["tells no Alertmanager"]);
    let told = why(Stage::Alertmanager, |evidence| {
        evidence.held = Err("Alertmanager at x".to_owned());
    });
    says(&told, &["Alertmanager at x"]);
}

#[test]
fn the_browser_s_side_is_told() {
    says(
        &why(Stage::Browser, |_| ()),
        &["no frame of the gateway's /ws/alerts has it"],
    );
    let told = why(Stage::Browser, |evidence| {
        evidence.framed = Err("closed".to_owned());
    });
    says(&told, &["closed"]);
}

#[test]
fn a_server_that_could_not_be_asked_is_told_and_nothing_else_is_claimed() {
    let fine = judged(Stage::Firing, false, |_| ());
    says(&fine.0, &["it fires now, later than it was waited for"]);
    assert!(!fine.1);
    let frozen = judged(Stage::Firing, false, |evidence| {
        evidence.silent.0 = Some(Duration::from_secs(14));
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
    let (told, unasked) = judged(Stage::Browser, false, gateway);
    says(
        &told,
        &[
            "service-metrics at http://g does not answer; the last frame",
            "is 40.0 s old",
        ],
    );
    assert!(unasked && !judged(Stage::Pending, false, gateway).1);
}

#[test]
fn one_that_somebody_else_has_recovered_is_told_to_be() {
    let calm = |evidence: &mut Evidence| {
        evidence.driven = Ok(Driven {
            condition: "calm".to_owned(),
            ..Driven::default()
        });
    };
    let words = "it was recovered meanwhile, and not by this drill";
    says(&why(Stage::Firing, calm), &[words]);
    assert!(!why(Stage::ResolvedPrometheus, calm).contains(words));
    let (told, _) = judged_in(true, Stage::Firing, false, calm);
    assert!(
        told.ends_with("; a step of the scenario recovers it"),
        "{told}"
    );
}

#[test]
fn one_that_is_silenced_is_not_taken_for_inhibited() {
    let (told, _) = judged(Stage::Alertmanager, true, |evidence| {
        evidence.held = Ok(vec![held("suppressed", &alert_labels("sda"))]);
        evidence.quieted_by = Some("the silence \"night\" of ann".to_owned());
    });
    says(
        &told,
        &["quiet by the silence \"night\" of ann, and not because of DiskBroken"],
    );
}
