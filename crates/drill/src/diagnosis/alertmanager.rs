//! Why an alert has not arrived in Alertmanager, or has not left it; what was lost on its way; who is notified of it.

use alerting::routing::RoutingTree;
use prometheus_api::typed::{
    alert::ActiveAlert,
    alertmanager::{AlertmanagerAlert, Silence},
};

use super::{checks::nearest, evidence::Evidence};
use crate::{
    alert_key::{format_labels, has_drill_label},
    rehearsed_alert::RehearsedAlert,
};

/// Labels that most alerts share, and that do not help to recognise one.
const COMMON_LABELS: [&str; 4] = ["severity", "family", "job", "drill"];

/// Why Alertmanager does not have the alert in the expected state.
pub(super) fn not_delivered(alert: &RehearsedAlert, evidence: &Evidence) -> String {
    let found = match &evidence.in_alertmanager {
        Ok(found) => found,
        Err(error) => return error.clone(),
    };
    match (alert.key.find_in_alertmanager(found), &evidence.suppressed_by) {
        (Some(_), Some(by)) if alert.inhibited => format!(
            "Alertmanager suppresses it because of {by}, and not because of {}: look at inhibit_rules",
            inhibitors(alert)
        ),
        (Some(_), Some(by)) => format!("Alertmanager has it but suppresses it because of {by}"),
        (Some(found), None) if alert.inhibited => format!(
            "Alertmanager has it {} where another alert should suppress it: look at inhibit_rules",
            found.status.state
        ),
        (Some(found), None) => format!("Alertmanager has it, but {}", found.status.state),
        (None, _) if !found.is_empty() => format!(
            "Alertmanager has an alert of this name, but not with the labels of the catalogue: {}",
            nearest(
                &alert.key.required_labels(),
                found.iter().map(|alert| &alert.labels)
            )
        ),
        (None, _) if evidence.alertmanagers.is_empty() => {
            "Prometheus fires it but sends alerts to no Alertmanager: see alerting.alertmanagers of its configuration"
                .to_owned()
        }
        (None, _) => format!(
            "Prometheus fires it and sends alerts to {}; the Alertmanager that the drill asks does not have it: is it the \
             same one?",
            evidence.alertmanagers.join(", ")
        ),
    }
}

/// Why Alertmanager still has the alert.
pub(super) fn not_resolved(evidence: &Evidence) -> String {
    match &evidence.in_alertmanager {
        Err(error) => error.clone(),
        Ok(_) => {
            "Prometheus no longer has it, but Alertmanager still does: it received no resolved alert"
                .to_owned()
        }
    }
}

/// What Alertmanager has of the alert before it is triggered.
pub(super) fn not_calm(alert: &RehearsedAlert, evidence: &Evidence) -> Option<String> {
    match &evidence.in_alertmanager {
        Ok(found) => alert.key.find_in_alertmanager(found).map(|_| {
            "Alertmanager has it although Prometheus does not: it drops it when `resolve_timeout` is over"
                .to_owned()
        }),
        Err(error) => Some(error.clone()),
    }
}

/// What is wrong with how the alert was delivered: the label `drill` that it `fired` with was lost on the way
/// (`alert_relabel_configs`), or a receiver notifies people of it.
pub(crate) fn delivery_problems(
    alert: &RehearsedAlert,
    fired: Option<&ActiveAlert>,
    delivered: &AlertmanagerAlert,
    routing: Option<&RoutingTree>,
) -> Vec<String> {
    // Nobody is notified of an inhibited alert.
    if alert.inhibited {
        return Vec::new();
    }
    let mut problems = Vec::new();
    let had_label = fired.is_some_and(|fired| has_drill_label(&fired.labels));
    if had_label && !has_drill_label(&delivered.labels) {
        problems.push(
            "it has lost its label drill=\"true\" on the way to Alertmanager (alert_relabel_configs of Prometheus), \
             which takes it for a real alert"
                .to_owned(),
        );
    }
    let receivers = routing.into_iter().flat_map(|routing| {
        let names = delivered.receivers.iter();
        names.filter_map(|receiver| routing.receiver(&receiver.name))
    });
    let notifying = receivers.filter(|receiver| !receiver.integrations.is_empty());
    problems.extend(notifying.map(|receiver| {
        let (name, integrations) = (&receiver.name, receiver.integrations.join(", "));
        format!(
            "Alertmanager notifies people of it: the receiver {name:?} ({integrations}); --page-people allows that"
        )
    }));
    problems
}

/// The alerts and silences that suppress `alert`, in words. `all` are the alerts of Alertmanager.
pub(crate) fn suppressed_by(
    alert: &AlertmanagerAlert,
    all: &[AlertmanagerAlert],
    silences: &[Silence],
) -> String {
    let inhibitor = |fingerprint: &String| {
        let inhibitor = all.iter().find(|other| other.fingerprint == *fingerprint);
        inhibitor.map_or_else(|| format!("the alert {fingerprint}"), describe_alert)
    };
    let inhibitors = alert.status.inhibited_by.iter().map(inhibitor);
    let silenced_by = alert.status.silenced_by.iter();
    let silences = silenced_by.map(|id| describe_silence(id, silences));
    let all: Vec<_> = inhibitors.chain(silences).collect();
    all.join(" and ")
}

fn describe_alert(alert: &AlertmanagerAlert) -> String {
    let mut labels = alert.labels.clone();
    let name = labels.remove("alertname").unwrap_or_default();
    labels.retain(|label, _| !COMMON_LABELS.contains(&label.as_str()));
    format!("{name}{}", format_labels(&labels))
}

fn describe_silence(id: &str, silences: &[Silence]) -> String {
    let Some(silence) = silences.iter().find(|silence| silence.id == id) else {
        return format!("the silence {id}");
    };
    let ends_at = silence
        .ends_at
        .to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    format!(
        "the silence {:?} of {}, until {ends_at} ({id})",
        silence.comment, silence.created_by
    )
}

fn inhibitors(alert: &RehearsedAlert) -> String {
    let inhibitors: Vec<_> = alert.inhibitors.iter().map(ToString::to_string).collect();
    inhibitors.join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert_key::labels;

    #[test]
    fn alerts_and_silences_that_suppress_are_described_by_labels_and_comments() {
        let alert: AlertmanagerAlert = serde_json::from_str(
            r#"{"labels":{"alertname":"DiskFull","device":"sda","severity":"critical"},"fingerprint":"f",
                "status":{"state":"active","inhibitedBy":[],"silencedBy":[],"mutedBy":[]},"startsAt":""}"#,
        )
        .unwrap();
        assert_eq!(describe_alert(&alert), r#"DiskFull{device="sda"}"#);
        assert_eq!(alert.annotations, labels(&[]));
        let silences: Vec<Silence> = serde_json::from_str(
            r#"[{"id":"1","createdBy":"ann","comment":"night","endsAt":"2026-01-01T00:00:00Z"}]"#,
        )
        .unwrap();
        assert_eq!(
            describe_silence("1", &silences),
            r#"the silence "night" of ann, until 2026-01-01T00:00:00Z (1)"#
        );
        assert_eq!(describe_silence("2", &silences), "the silence 2");
    }
}
