//! Why an alert missed a stage: pure functions over evidence, one file per server.

pub(crate) mod alertmanager;
pub(crate) mod checks;
#[cfg(test)]
mod delivery_tests;
pub(crate) mod evidence;
mod gateway;
mod prometheus;
#[cfg(test)]
mod prometheus_tests;
pub(crate) mod rule_differences;
pub(crate) mod simulator;

use std::time::Duration;

use crate::{recorder::record::StageError, rehearsed_alert::RehearsedAlert, stages::Stage};
use evidence::Evidence;

/// Why `alert` missed `stage`.
pub(crate) fn diagnose(stage: Stage, alert: &RehearsedAlert, evidence: &Evidence) -> StageError {
    let cause = match stage {
        Stage::Rule | Stage::Trigger | Stage::Recover => String::new(),
        Stage::Calm => not_calm(alert, evidence),
        Stage::Crossed => prometheus::not_crossed(alert, evidence),
        Stage::Pending => prometheus::not_pending(alert, evidence),
        Stage::Firing => prometheus::not_firing(alert, evidence),
        Stage::Alertmanager => alertmanager::not_delivered(alert, evidence),
        Stage::Browser => gateway::not_in_browser(alert, evidence),
        Stage::ResolvedPrometheus => prometheus::not_resolved(alert, evidence),
        Stage::ResolvedAlertmanager => alertmanager::not_resolved(evidence),
        Stage::ResolvedBrowser => gateway::not_resolved(evidence),
    };
    let why = format!(
        "waited {:.1} s: {}{cause}{}",
        evidence.waited.as_secs_f64(),
        silences(stage, evidence),
        simulator::recovered_meanwhile(stage, alert, evidence)
    );
    StageError {
        stage,
        why,
        no_answer: lacks_an_answer(stage, evidence),
    }
}

fn not_calm(alert: &RehearsedAlert, evidence: &Evidence) -> String {
    match (&evidence.simulated, &evidence.not_calm) {
        (Err(error), _) => return error.clone(),
        (_, Some(how)) => return how.clone(),
        (Ok(_), None) => {}
    }
    if let Some(cause) = prometheus::not_calm(alert, evidence) {
        return cause;
    }
    if let Some(cause) = alertmanager::not_calm(alert, evidence) {
        return cause;
    }
    gateway::not_resolved(evidence)
}

/// Whether a server that is needed to judge `stage` did not answer.
fn lacks_an_answer(stage: Stage, evidence: &Evidence) -> bool {
    let prometheus = evidence.active.is_err() || evidence.prometheus_silence.is_some();
    let alertmanager = evidence.in_alertmanager.is_err() || evidence.alertmanager_silence.is_some();
    let (gateway, simulator) = (evidence.gateway.is_err(), evidence.simulated.is_err());
    match stage {
        Stage::Rule | Stage::Trigger | Stage::Recover => false,
        Stage::Calm => prometheus || alertmanager || gateway || simulator,
        Stage::Crossed | Stage::Pending | Stage::Firing | Stage::ResolvedPrometheus => {
            prometheus || simulator
        }
        Stage::Alertmanager | Stage::ResolvedAlertmanager => prometheus || alertmanager,
        Stage::Browser | Stage::ResolvedBrowser => prometheus || gateway,
    }
}

/// The servers that were silent while `stage` was waited for.
fn silences(stage: Stage, evidence: &Evidence) -> String {
    let needs_alertmanager = matches!(
        stage,
        Stage::Calm | Stage::Alertmanager | Stage::ResolvedAlertmanager
    );
    let alertmanager = evidence.alertmanager_silence.filter(|_| needs_alertmanager);
    let sentence = |(name, silence): (&str, Option<Duration>)| {
        let seconds = silence?.as_secs_f64();
        Some(format!(
            "{name} did not answer for {seconds:.1} s of that; "
        ))
    };
    [
        ("Prometheus", evidence.prometheus_silence),
        ("Alertmanager", alertmanager),
    ]
    .into_iter()
    .filter_map(sentence)
    .collect()
}
