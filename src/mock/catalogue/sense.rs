//! Whether the alerts of a catalogue make sense: that each rule is PromQL, is about its metric, is silent at the baseline
//! and answers to its trigger.

use std::collections::BTreeSet;

use super::{
    Act, Alert, Catalogue, Scenario,
    entry::{Faults, promql},
};
use crate::mock::{
    model::{adjustment::Adjustment, pattern::Pattern},
    prediction::{self, Prediction, Unpredicted},
    rules::template,
};

/// What theory says of one alert.
pub(super) type Told = Result<Prediction, Unpredicted>;

/// What theory says of each alert, in their order.
///
/// # Errors
/// All that makes no sense, a line each.
pub(super) fn told(catalogue: &Catalogue) -> Result<Vec<Told>, Vec<String>> {
    let mut names = BTreeSet::new();
    let mut told = Vec::new();
    let mut all = Vec::new();
    for alert in &catalogue.alerts {
        let mut faults = Faults::of(format!("alert {}", alert.name));
        if !names.insert(&alert.name) {
            faults.add("name", "stands twice");
        }
        if expression(alert, &mut faults) && pattern(alert, &mut faults) {
            told.push(course(alert, catalogue, &mut faults));
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
    if all.is_empty() { Ok(told) } else { Err(all) }
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

/// What is valid, as far as can be told, a line each.
pub(super) fn notes(catalogue: &Catalogue) -> Vec<String> {
    let mut notes = Vec::new();
    for (alert, told) in catalogue.predicted() {
        let mut note = |key: &str, told: &str| {
            notes.push(format!("alert {}: {key}: {told}", alert.name));
        };
        if let Err(Unpredicted::Expression(why)) = told {
            let told = format!(
                "{why}: whether its trigger crosses the threshold, and when, only a drill can tell"
            );
            note("expr", &told);
        }
        let predictor = prediction::predictor(alert, catalogue.timing.interval);
        if predictor.is_ok_and(|predictor| !predictor.keeps("drill")) {
            note(
                "expr",
                "sums the label drill away: when it is rehearsed, Alertmanager tells people; add drill to its `by`",
            );
        }
        let texts = [
            ("summary", &alert.summary),
            ("description", &alert.description),
        ];
        for (key, text) in texts {
            if template::render(text, &alert.labels, 1.0).is_none() {
                note(
                    key,
                    "whether Prometheus can fill it in, only promtool can tell",
                );
            }
        }
    }
    notes
}

fn expression(alert: &Alert, faults: &mut Faults) -> bool {
    let Some(expression) = faults.take("expr", promql(&alert.expr)) else {
        return false;
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
    for label in expression.unset(&alert.metric, &alert.labels) {
        let told =
            format!("{label} is missing: expr selects by it, and the series would not match");
        faults.add("labels", told);
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

fn course(alert: &Alert, catalogue: &Catalogue, faults: &mut Faults) -> Told {
    let told = prediction::predict(alert, catalogue.timing.interval);
    match &told {
        Ok(_) | Err(Unpredicted::Expression(_)) => {}
        Err(Unpredicted::Baseline(told)) => faults.add("baseline", told),
        Err(Unpredicted::Trigger(told)) => faults.add("trigger", told),
        Err(Unpredicted::Recovery(told)) => faults.add("recover", told),
    }
    told
}
