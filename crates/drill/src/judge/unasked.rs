//! Whether a stage was not reached, or could not be seen. Pure.

use std::time::Duration;

use super::reason::Case;
use crate::{evidence::Evidence, stage::Stage};

impl Case<'_> {
    /// Whether it is not known what became of `stage`, since a server could not be asked.
    pub(crate) fn unasked(&self, stage: Stage, evidence: &Evidence) -> bool {
        let (prometheus, alertmanager) = evidence.silent;
        let no_prometheus = evidence.shown.is_err() || prometheus.is_some();
        let no_alertmanager = evidence.held.is_err() || alertmanager.is_some();
        match stage {
            Stage::Rule | Stage::Trigger | Stage::Recover => false,
            Stage::Calm => {
                let no_others = evidence.driven.is_err() || evidence.gateway.is_err();
                no_prometheus || no_alertmanager || no_others
            }
            Stage::Crossed | Stage::Pending | Stage::Firing | Stage::ResolvedPrometheus => {
                no_prometheus || evidence.driven.is_err()
            }
            Stage::Alertmanager | Stage::ResolvedAlertmanager => no_prometheus || no_alertmanager,
            Stage::Browser | Stage::ResolvedBrowser => no_prometheus || evidence.gateway.is_err(),
        }
    }
}

/// Who did not answer for long while a stage was waited for.
pub(super) fn told_of_silence(stage: Stage, evidence: &Evidence) -> String {
    let (prometheus, alertmanager) = evidence.silent;
    let of_alertmanager = [
        Stage::Calm,
        Stage::Alertmanager,
        Stage::ResolvedAlertmanager,
    ];
    let alertmanager = alertmanager.filter(|_| of_alertmanager.contains(&stage));
    let told = |(name, silent): (&str, Option<Duration>)| {
        let seconds = silent?.as_secs_f64();
        Some(format!(
            "{name} did not answer for {seconds:.1} s of that; "
        ))
    };
    [("Prometheus", prometheus), ("Alertmanager", alertmanager)]
        .into_iter()
        .filter_map(told)
        .collect()
}
