//! The alerts that a drill watches, and the theory of each. Pure.

use std::{sync::Arc, time::Duration};

use simulator::catalogue::{Act, Alert, Catalogue, Inhibited, Scenario, Step};

use crate::{
    judge::{
        expression,
        theory::{Pace, Theory},
    },
    plan::Chosen,
    record::Record,
    servers::seen::Identity,
    stage::Stage,
};
/// One alert that is watched.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) alert: Arc<Alert>,
    pub(super) identity: Identity,
    /// When it is triggered, after the start.
    pub(super) at: Duration,
    /// Whether Alertmanager is to keep it quiet because of another alert.
    pub(super) inhibited: bool,
    /// Which alerts may be the cause of that.
    pub(super) inhibitors: Vec<Identity>,
    /// Whether a step of the scenario recovers it.
    pub(super) recovered: bool,
}

impl Part {
    /// An alert by itself.
    fn of(alert: &Arc<Alert>, at: Duration) -> Self {
        Self {
            identity: Identity {
                name: alert.alertname.clone(),
                labels: expression::kept(alert),
                ..Identity::default()
            },
            alert: alert.clone(),
            at,
            inhibited: false,
            inhibitors: Vec::new(),
            recovered: false,
        }
    }

    fn inhibited(
        inhibited: &Inhibited,
        inhibitors: &[Self],
        catalogue: &Catalogue,
        at: Duration,
    ) -> Option<Self> {
        let alert = catalogue.alert(&inhibited.alert)?;
        let inhibitors = inhibitors.iter().map(|part| part.identity.clone());
        Some(Self {
            identity: Identity {
                name: alert.alertname.clone(),
                labels: inhibited.labels.clone(),
                ..Identity::default()
            },
            inhibited: true,
            inhibitors: inhibitors.collect(),
            ..Self::of(alert, at)
        })
    }

    /// Its empty record.
    pub(super) fn record(&self) -> Record {
        Record {
            name: self.identity.name.clone(),
            family: self.alert.family.clone(),
            severity: self.alert.severity.clone(),
            labels: self.identity.own(),
            inhibited: self.inhibited,
            ..Record::default()
        }
    }
}

/// What is watched of what was chosen; of a scenario first what is expected, then what is inhibited.
pub(super) fn parts(chosen: &Chosen, catalogue: &Catalogue) -> Vec<Part> {
    match chosen {
        Chosen::Alerts(alerts) => alerts
            .iter()
            .map(|alert| Part::of(alert, Duration::ZERO))
            .collect(),
        Chosen::Scenario(scenario) => of_scenario(scenario, catalogue),
    }
}

fn of_scenario(scenario: &Scenario, catalogue: &Catalogue) -> Vec<Part> {
    let last = scenario
        .steps
        .iter()
        .map(|step| step.at)
        .max()
        .unwrap_or_default();
    let triggers = || {
        scenario
            .steps
            .iter()
            .filter(|step| matches!(step.act, Act::Trigger { .. }))
    };
    let part = |alert: &Arc<Alert>| {
        let step = triggers().find(|step| step.alert.name == alert.name);
        let driven = match step.map(|step| step.act) {
            Some(Act::Trigger { value: Some(value) }) => driven_to(alert, value),
            _ => alert.clone(),
        };
        let recovers = |step: &Step| step.alert.name == alert.name && step.act == Act::Recover;
        Part {
            recovered: scenario.steps.iter().any(recovers),
            // One that no step triggers comes of another one.
            ..Part::of(&driven, step.map_or(last, |step| step.at))
        }
    };
    let mut parts: Vec<_> = scenario.expect.iter().map(part).collect();
    let inhibited = scenario.inhibited.iter();
    let inhibited: Vec<_> = inhibited
        .filter_map(|inhibited| Part::inhibited(inhibited, &parts, catalogue, last))
        .collect();
    parts.extend(inhibited);
    parts
}

/// The alert as a step drives it that names a value.
fn driven_to(alert: &Alert, value: f64) -> Arc<Alert> {
    Arc::new(Alert {
        trigger: alert.trigger.with_value(value),
        ..alert.clone()
    })
}

/// The theory of each part, or why it cannot come about. What is inhibited comes of another alert's course, which may be
/// the slowest of all.
pub(super) fn theories(parts: &[Part], pace: Pace) -> Vec<Result<Theory, String>> {
    let of = parts.iter().map(|part| Theory::of(&part.alert, pace));
    let mut theories: Vec<_> = of.collect();
    let crossings = theories.iter().flatten();
    let slowest = crossings
        .filter_map(|theory| theory.allows(Stage::Crossed))
        .max();
    for (part, theory) in parts.iter().zip(&mut theories) {
        if part.inhibited
            && let Ok(theory) = theory
        {
            *theory = theory.inhibited(slowest.unwrap_or_default());
        }
    }
    theories
}

#[cfg(test)]
mod tests {
    use simulator::lint::CheckedCatalogue;

    use super::*;

    #[test]
    fn a_scenario_is_watched_by_its_steps_and_what_is_inhibited_by_its_own_labels() {
        let catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
        let chosen = Chosen::Scenario(catalogue.scenario("failing-disk").unwrap().clone());
        let parts = parts(&chosen, &catalogue);
        let told: Vec<_> = parts
            .iter()
            .map(|part| (part.identity.told(), part.at.as_secs(), part.inhibited))
            .collect();
        assert_eq!(
            told,
            [
                (r#"DiskReadError{device="sda"}"#.to_owned(), 0, false),
                (r#"DiskWriteError{device="sda"}"#.to_owned(), 30, false),
                (
                    r#"DiskFull{device="sda", mountpoint="/data"}"#.to_owned(),
                    60,
                    false
                ),
                (r#"DiskAlmostFull{device="sda"}"#.to_owned(), 60, true),
            ]
        );
        assert_eq!(parts[3].inhibitors.len(), 3);
        let full = catalogue.alert("DiskFull").unwrap().trigger;
        assert_eq!(parts[2].alert.trigger, full.with_value(99.0));
        assert_ne!(parts[2].alert.trigger, full);
        let second = Duration::from_secs(1);
        let pace = Pace {
            scrape: second,
            evaluation: second,
            poll: second,
            beat: second,
        };
        let theories = theories(&parts, pace);
        let crossed = |index: usize| theories[index].as_ref().unwrap().allows(Stage::Crossed);
        assert!(crossed(3) > crossed(2));
    }
}
