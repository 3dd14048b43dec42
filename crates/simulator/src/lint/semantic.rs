//! Checks each alert and each scenario: every rule is PromQL and selects the alert's series, its condition does not hold
//! at the baseline, the trigger makes it hold, and the recovery ends it.

use std::{collections::BTreeSet, time::Duration};

use alerting::format_duration;
use promql::Expression;

use crate::{
    catalogue::{Act, Alert, Catalogue, EntryErrors, Scenario, parse_promql},
    prediction::{self, Adjustment, PredictionError, PredictionResult},
};

/// The prediction of each alert, in their order.
///
/// # Errors
/// A line per error.
pub(super) fn check(catalogue: &Catalogue) -> Result<Vec<PredictionResult>, Vec<String>> {
    let mut names = BTreeSet::new();
    let mut predictions = Vec::new();
    let mut all = Vec::new();
    for alert in &catalogue.alerts {
        let mut errors = EntryErrors::of(format!("alert {}", alert.name));
        if !names.insert(&alert.name) {
            errors.add("name", "is used twice");
        }
        let interval = catalogue.timing.interval;
        if let Some(expression) = check_expression(alert, interval, &mut errors) {
            predictions.push(predict(alert, &expression, interval, &mut errors));
        }
        all.append(&mut errors.into_lines());
    }
    if all.is_empty() {
        let scenarios = catalogue.scenarios.iter();
        all = scenarios
            .flat_map(|scenario| check_steps(scenario, catalogue))
            .collect();
    }
    if all.is_empty() {
        Ok(predictions)
    } else {
        Err(all)
    }
}

/// Checks that the values of a scenario make the conditions hold, and that its recoveries do not come too early.
fn check_steps(scenario: &Scenario, catalogue: &Catalogue) -> Vec<String> {
    let mut errors = EntryErrors::of(format!("scenario {}", scenario.name));
    for alert in &scenario.expect {
        if let Some(message) = recovered_too_early(alert, scenario, catalogue.timing.interval) {
            errors.add("steps", message);
        }
    }
    for step in &scenario.steps {
        let Act::Trigger { value } = step.act else {
            continue;
        };
        let adjustment = Adjustment {
            value,
            ..Adjustment::default()
        };
        if let Err(invalid) = adjustment.stimulus(&step.alert, &catalogue.timing) {
            let (alert, key, must) = (&step.alert.name, invalid.key, invalid.must);
            errors.add("steps", format!("trigger {alert}: {key} {must}"));
        }
    }
    errors.into_lines()
}

/// The error that `scenario` recovers `alert` too early to have fired, each time that it triggers it.
fn recovered_too_early(alert: &Alert, scenario: &Scenario, interval: Duration) -> Option<String> {
    let moves = |other: &Alert| other.metric == alert.metric && other.labels == alert.labels;
    let mut soonest = None;
    for (index, step) in scenario.steps.iter().enumerate() {
        let Act::Trigger { value } = step.act else {
            continue;
        };
        if step.alert.name != alert.name {
            if moves(&step.alert) {
                return None;
            }
            continue;
        }
        let later = &scenario.steps[index..];
        let recovery = later
            .iter()
            .find(|later| later.alert.name == alert.name && later.act == Act::Recover)?;
        let mut driven = alert.clone();
        driven.trigger = value.map_or(driven.trigger, |value| driven.trigger.with_value(value));
        let predicted = prediction::predict(&driven, interval).ok()?;
        let held = recovery.at - step.at + predicted.fall;
        if held >= predicted.rise + alert.for_duration + interval * 2 {
            return None;
        }
        soonest.get_or_insert(recovery.at);
    }
    soonest.map(|at| {
        format!(
            "recover {} at {}: its condition has not held for its `for` of {} and two evaluations by then",
            alert.name,
            format_duration(at),
            format_duration(alert.for_duration)
        )
    })
}

/// The expression of an alert, unless its condition can never hold or always holds.
fn check_expression(
    alert: &Alert,
    interval: Duration,
    errors: &mut EntryErrors,
) -> Option<Expression> {
    let expression = errors.take("expr", parse_promql(&alert.expr))?;
    let metrics = expression.metrics();
    if !metrics.contains(&alert.metric) {
        let selected: Vec<_> = metrics.into_iter().collect();
        let message = format!(
            "{} is not in expr, which selects {}",
            alert.metric,
            selected.join(", ")
        );
        errors.add("metric", message);
        return None;
    }
    check_labels(alert, &expression, errors);
    if !expression.has_condition() {
        errors.add(
            "expr",
            "has no condition such as `> {threshold}`: the alert would always fire",
        );
        return None;
    }
    if let Some((key, window)) = narrow_window(alert, &expression, interval)
        && window < interval
    {
        let message = format!(
            "{} never holds two scrapes, {}",
            format_duration(window),
            why_two_scrapes(interval)
        );
        errors.add(key, message);
        return None;
    }
    Some(expression)
}

/// Checks that the expression selects the series of the alert.
fn check_labels(alert: &Alert, expression: &Expression, errors: &mut EntryErrors) {
    for label in expression.missing_labels(&alert.metric, &alert.labels) {
        let message = match label.as_str() {
            "drill" => {
                let message = "selects no series with drill=\"true\", which every series of a drill has: it can never fire in one";
                errors.add("expr", message);
                continue;
            }
            "job" => {
                "job is missing: expr selects a job other than mock-metrics, which the scrape adds to series without this label"
            }
            "instance" => {
                "instance is missing: expr selects an instance other than the simulator's, which the scrape adds to series without this label"
            }
            _ => &format!("{label} is missing: expr selects by it, and the series would not match"),
        };
        errors.add("labels", message);
    }
    if let Some((label, matcher)) = expression.contradicted_label(&alert.metric, &alert.labels) {
        let message =
            format!("{label} is not what expr selects, {matcher}: the series would not match");
        errors.add("labels", message);
    }
}

/// The key and the length of the shortest window of a rate that may hold fewer than two scrapes.
pub(super) fn narrow_window(
    alert: &Alert,
    expression: &Expression,
    interval: Duration,
) -> Option<(&'static str, Duration)> {
    let shortest = expression.shortest_rate_window()?;
    let key = if alert.window == Some(shortest) {
        "window"
    } else {
        "expr"
    };
    (shortest < interval * 2).then_some((key, shortest))
}

/// Why a window should hold at least two scrapes.
pub(super) fn why_two_scrapes(interval: Duration) -> String {
    format!(
        "which come every {}, and a rate needs two: use a window of four scrapes",
        format_duration(interval)
    )
}

/// Predicts the course of an alert; what makes it impossible is an error.
fn predict(
    alert: &Alert,
    expression: &Expression,
    interval: Duration,
    errors: &mut EntryErrors,
) -> PredictionResult {
    let predicted = prediction::predict(alert, interval);
    let (key, reason) = match &predicted {
        Ok(_) | Err(PredictionError::Unsupported(_)) => return predicted,
        Err(PredictionError::Baseline(reason)) => ("baseline", reason),
        Err(PredictionError::Trigger(reason)) => ("trigger", reason),
        Err(PredictionError::Recovery(reason)) => ("recover", reason),
    };
    if alert.is_counter() && expression.compares_raw_samples(&alert.metric) {
        let metric = &alert.metric;
        errors.add(
            "expr",
            format!(
                "compares the counter {metric} itself, which never falls: compare rate({metric}[5m]) or \
                 increase({metric}[5m]); if it can fall and is not a counter, set type = \"gauge\""
            ),
        );
    } else {
        errors.add(key, reason);
    }
    predicted
}
