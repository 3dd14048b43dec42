//! One alert that a drill rehearses or watches: its rule in the catalogue, and what a scenario does with it.

use std::{sync::Arc, time::Duration};

use alerting::Labels;
use prometheus_api::typed::alertmanager::AlertmanagerAlert;
use promql::SeriesRef;
use simulator::catalogue::{Act, Alert, Catalogue, Inhibited, Scenario, Step};

use crate::alert_key::AlertKey;

/// One alert that is rehearsed.
#[derive(Debug, Clone)]
pub(crate) struct RehearsedAlert {
    /// Its entry in the catalogue.
    pub(crate) alert: Arc<Alert>,
    /// By which it is found among the alerts of a server.
    pub(crate) key: AlertKey,
    /// How long after the start of a scenario it is triggered; zero without a scenario.
    pub(crate) triggered_after: Duration,
    /// Whether Alertmanager must suppress it because of another alert.
    pub(crate) inhibited: bool,
    /// The alerts that may inhibit it.
    pub(crate) inhibitors: Vec<AlertKey>,
    /// Whether a step of the scenario recovers it.
    pub(crate) recovered_by_step: bool,
}

impl RehearsedAlert {
    /// An alert of the catalogue.
    pub(crate) fn new(alert: &Arc<Alert>, triggered_after: Duration) -> Self {
        Self {
            key: AlertKey {
                name: alert.alertname.clone(),
                labels: kept_labels(alert),
                ..AlertKey::default()
            },
            alert: alert.clone(),
            triggered_after,
            inhibited: false,
            inhibitors: Vec::new(),
            recovered_by_step: false,
        }
    }

    /// The alerts of a scenario: first those that it expects, then those that it expects to be inhibited.
    pub(crate) fn of_scenario(scenario: &Scenario, catalogue: &Catalogue) -> Vec<Self> {
        let last_step = scenario.steps.iter().map(|step| step.at).max();
        let last_step = last_step.unwrap_or_default();
        let expected = scenario.expect.iter();
        let mut alerts: Vec<_> = expected
            .map(|alert| Self::expected_in(scenario, alert, last_step))
            .collect();
        let inhibited = scenario.inhibited.iter();
        let inhibited: Vec<_> = inhibited
            .filter_map(|inhibited| Self::inhibited(inhibited, &alerts, catalogue, last_step))
            .collect();
        alerts.extend(inhibited);
        alerts
    }

    /// An alert that no step triggers is a consequence of another one; it counts as triggered by the last step.
    fn expected_in(scenario: &Scenario, alert: &Arc<Alert>, last_step: Duration) -> Self {
        let steps = || {
            let steps = scenario.steps.iter();
            steps.filter(|step| step.alert.name == alert.name)
        };
        let trigger = steps().find(|step| matches!(step.act, Act::Trigger { .. }));
        let driven = match trigger.map(|step| step.act) {
            Some(Act::Trigger { value: Some(value) }) => triggered_with(alert, value),
            _ => alert.clone(),
        };
        let recovers = |step: &Step| step.act == Act::Recover;
        Self {
            recovered_by_step: steps().any(recovers),
            ..Self::new(&driven, trigger.map_or(last_step, |step| step.at))
        }
    }

    fn inhibited(
        inhibited: &Inhibited,
        inhibitors: &[Self],
        catalogue: &Catalogue,
        triggered_after: Duration,
    ) -> Option<Self> {
        let alert = catalogue.alert(&inhibited.alert)?;
        let inhibitors = inhibitors.iter().map(|alert| alert.key.clone());
        Some(Self {
            key: AlertKey {
                name: alert.alertname.clone(),
                labels: inhibited.labels.clone(),
                ..AlertKey::default()
            },
            inhibited: true,
            inhibitors: inhibitors.collect(),
            ..Self::new(alert, triggered_after)
        })
    }

    /// The alert among those of Alertmanager, if it is in the expected state there: active, or suppressed by one of its
    /// inhibitors.
    pub(crate) fn find_delivered<'a>(
        &self,
        alerts: &'a [AlertmanagerAlert],
    ) -> Option<&'a AlertmanagerAlert> {
        let found = self.key.find_in_alertmanager(alerts)?;
        let as_expected = match self.inhibited {
            false => found.status.state == "active",
            true => found.status.state == "suppressed" && self.is_inhibited(found, alerts),
        };
        as_expected.then_some(found)
    }

    /// Whether one of its inhibitors is a reason why Alertmanager suppresses `alert`. A silence is no such reason.
    fn is_inhibited(&self, alert: &AlertmanagerAlert, alerts: &[AlertmanagerAlert]) -> bool {
        let inhibited_by = &alert.status.inhibited_by;
        alerts
            .iter()
            .filter(|other| inhibited_by.contains(&other.fingerprint))
            .any(|other| self.inhibitors.iter().any(|key| key.matches(&other.labels)))
    }
}

/// The selector of an alert's series, PromQL.
pub(crate) fn series_selector(alert: &Alert) -> String {
    format!("{}{{{}}}", alert.metric, alert.series())
}

/// Whether the expression of `alert` keeps that label of its series.
pub(crate) fn keeps_label(alert: &Alert, label: &str) -> bool {
    let series = SeriesRef {
        metric: &alert.metric,
        labels: &alert.labels,
    };
    promql::keeps_label(&alert.expr, &series, label)
}

fn kept_labels(alert: &Alert) -> Labels {
    let mut kept = alert.labels.clone();
    kept.retain(|label, _| keeps_label(alert, label));
    kept
}

fn triggered_with(alert: &Alert, value: f64) -> Arc<Alert> {
    Arc::new(Alert {
        trigger: alert.trigger.with_value(value),
        ..alert.clone()
    })
}

#[cfg(test)]
mod tests {
    use simulator::lint::CheckedCatalogue;

    use super::*;

    #[test]
    fn an_alert_is_inhibited_by_one_of_its_inhibitors_and_not_by_a_silence() {
        let alert = |name: &str, by: &[&str]| -> AlertmanagerAlert {
            let status =
                serde_json::json!({"state": "suppressed", "inhibitedBy": by, "silencedBy": ["s"]});
            let alert = serde_json::json!({"labels": {"alertname": name}, "fingerprint": name, "status": status});
            serde_json::from_value(alert).unwrap()
        };
        let catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
        let disk_full = catalogue.alert("DiskFull").unwrap();
        let rehearsed = RehearsedAlert {
            inhibitors: vec![AlertKey {
                name: "Full".to_owned(),
                ..AlertKey::default()
            }],
            ..RehearsedAlert::new(disk_full, Duration::ZERO)
        };
        let all = [alert("Full", &[]), alert("Other", &[])];
        assert!(rehearsed.is_inhibited(&alert("Quiet", &["Full"]), &all));
        assert!(!rehearsed.is_inhibited(&alert("Quiet", &["Other"]), &all));
        assert!(!rehearsed.is_inhibited(&alert("Quiet", &[]), &all));
    }
}
