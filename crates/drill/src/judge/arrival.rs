//! Why an alert that fires in Prometheus has not arrived where it should, or has not left. Pure.

use super::reason::{Case, nearest};
use crate::evidence::Evidence;

impl Case<'_> {
    pub(super) fn not_in_alertmanager(&self, evidence: &Evidence) -> String {
        let held = match &evidence.held {
            Ok(held) => held,
            Err(fault) => return fault.clone(),
        };
        let ours = held.iter().find(|held| self.identity.is(&held.labels));
        match (ours, &evidence.quieted_by) {
            (Some(_), Some(by)) if self.inhibited => format!(
                "Alertmanager keeps it quiet by {by}, and not because of {}: look at inhibit_rules",
                self.causes()
            ),
            (Some(_), Some(by)) => format!("Alertmanager has it but keeps it quiet: by {by}"),
            (Some(ours), _) if self.inhibited => format!(
                "Alertmanager has it {} where another alert should keep it quiet: look at inhibit_rules",
                ours.status.state
            ),
            (Some(ours), _) => format!("Alertmanager has it, but {}", ours.status.state),
            (None, _) if !held.is_empty() => format!(
                "Alertmanager has an alert of this name, but not with the labels of the catalogue: {}",
                nearest(&self.identity.own(), held.iter().map(|held| &held.labels))
            ),
            (None, _) if evidence.alertmanagers.is_empty() => {
                "Prometheus fires it and tells no Alertmanager: see alerting.alertmanagers of its configuration"
                    .to_owned()
            }
            (None, _) => format!(
                "Prometheus fires it and tells {}; the Alertmanager that was asked does not have it: is it the same one?",
                evidence.alertmanagers.join(", ")
            ),
        }
    }

    fn causes(&self) -> String {
        let told: Vec<_> = self.inhibitors.iter().map(|cause| cause.told()).collect();
        told.join(" or ")
    }

    pub(super) fn not_in_browser(&self, evidence: &Evidence) -> String {
        let age = age(evidence);
        match (&evidence.gateway, &evidence.framed) {
            (Err(fault), _) | (Ok(()), Err(fault)) => format!("{fault}; {age}"),
            (Ok(()), Ok(framed)) => match self.identity.shown(framed) {
                Some(shown) => format!("the gateway's frames have it {}; {age}", shown.state),
                None => format!(
                    "Prometheus fires it, and no frame of the gateway's /ws/alerts has it: does the gateway ask this \
                     Prometheus? {age}"
                ),
            },
        }
    }

    pub(super) fn still_in_alertmanager(evidence: &Evidence) -> String {
        match &evidence.held {
            Err(fault) => fault.clone(),
            Ok(_) => "Prometheus has it no longer; it is still with Alertmanager, which was not told of the end"
                .to_owned(),
        }
    }

    pub(super) fn still_in_browser(evidence: &Evidence) -> String {
        let age = age(evidence);
        match (&evidence.gateway, &evidence.framed) {
            (Err(fault), _) | (Ok(()), Err(fault)) => format!("{fault}; {age}"),
            (Ok(()), Ok(_)) => {
                format!("Prometheus has it no longer; it is still with the gateway: {age}")
            }
        }
    }
}

fn age(evidence: &Evidence) -> String {
    format!(
        "the last frame of its /ws/alerts is {:.1} s old",
        evidence.frame_age.as_secs_f64()
    )
}
