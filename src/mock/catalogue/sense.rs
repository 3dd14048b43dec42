//! Whether the alerts of a catalogue make sense: that each rule is PromQL, is about its metric, is silent at the baseline
//! and answers to its trigger.

use std::collections::BTreeSet;

use super::{Act, Alert, Catalogue, Scenario, entry::Faults};
use crate::mock::{
    model::{adjustment::Adjustment, pattern::Pattern},
    prediction::{self, Unpredicted},
    promql::Expression,
};

/// All that makes no sense, a line each.
pub(super) fn faults(catalogue: &Catalogue) -> Vec<String> {
    let mut names = BTreeSet::new();
    let mut all = Vec::new();
    for alert in &catalogue.alerts {
        let mut faults = Faults::of(format!("alert {}", alert.name));
        if !names.insert(&alert.name) {
            faults.add("name", "stands twice");
        }
        if expression(alert, &mut faults) && pattern(alert, &mut faults) {
            course(alert, catalogue, &mut faults);
        }
        all.append(&mut faults.into_lines());
    }
    if all.is_empty() {
        all = catalogue
            .scenarios
            .iter()
            .flat_map(|scenario| values(scenario, catalogue))
            .collect();
    }
    all
}

/// A scenario's own values must make the conditions hold, as the alerts' own do.
fn values(scenario: &Scenario, catalogue: &Catalogue) -> Vec<String> {
    let mut faults = Faults::of(format!("scenario {}", scenario.name));
    for step in &scenario.steps {
        let Act::Trigger { value } = step.act else {
            continue;
        };
        let adjustment = Adjustment {
            value,
            ..Adjustment::default()
        };
        if let Err(misfit) = adjustment.drive(&step.alert, &catalogue.timing) {
            let (alert, key, must) = (&step.alert.name, misfit.key, misfit.must);
            faults.add("steps", format!("trigger {alert}: {key} {must}"));
        }
    }
    faults.into_lines()
}

/// What can be rehearsed but not told beforehand, a line each.
pub(super) fn notes(catalogue: &Catalogue) -> Vec<String> {
    let predicted = |alert: &Alert| prediction::predict(alert, catalogue.timing.interval);
    let notes = catalogue.alerts.iter().filter_map(|alert| match predicted(alert) {
        Err(Unpredicted::Expression(why)) => Some(format!(
            "alert {}: expr: {why}: whether its trigger crosses the threshold, and when, only a drill can tell",
            alert.name
        )),
        _ => None,
    });
    notes.collect()
}

fn expression(alert: &Alert, faults: &mut Faults) -> bool {
    let expression = match Expression::parse(&alert.expr) {
        Ok(expression) => expression,
        Err(told) => {
            faults.add("expr", format!("is not PromQL: {told}"));
            return false;
        }
    };
    let metrics = expression.metrics();
    if !metrics.contains(&alert.metric) {
        let selected: Vec<_> = metrics.into_iter().collect();
        let told = format!(
            "{} is not in expr, which selects {}",
            alert.metric,
            selected.join(", ")
        );
        faults.add("metric", told);
        return false;
    }
    if !expression.has_condition() {
        faults.add(
            "expr",
            "has no condition such as `> {threshold}`: it would fire always",
        );
        return false;
    }
    true
}

fn pattern(alert: &Alert, faults: &mut Faults) -> bool {
    let told = match alert.trigger {
        Pattern::Growth { .. } if alert.is_counter() => {
            "growth is for gauges: a counter grows by `hold` or `ramp`, whose `to` is a rate"
        }
        Pattern::Burst { .. } if !alert.is_counter() => {
            "burst is for counters, and the metric is none (`type` says otherwise)"
        }
        _ => return true,
    };
    faults.add("trigger", told);
    false
}

fn course(alert: &Alert, catalogue: &Catalogue, faults: &mut Faults) {
    match prediction::predict(alert, catalogue.timing.interval) {
        Ok(_) | Err(Unpredicted::Expression(_)) => {}
        Err(Unpredicted::Baseline(told)) => faults.add("baseline", told),
        Err(Unpredicted::Trigger(told)) => faults.add("trigger", told),
        Err(Unpredicted::Recovery(told)) => faults.add("recover", told),
    }
}
