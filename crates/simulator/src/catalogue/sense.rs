//! Whether the alerts of a catalogue make sense: that each rule is PromQL, is about its metric, is silent at the baseline
//! and answers to its trigger.

use std::{collections::BTreeSet, time::Duration};

use alerting::span;
use alerting::template;
use promql::Expression;

use super::{Act, Alert, Catalogue, Scenario, entry::Faults, expr::promql};
use crate::{
    model::adjustment::Adjustment,
    prediction::{self, Prediction, Unpredicted},
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
        let interval = catalogue.timing.interval;
        if let Some(expression) = expression(alert, interval, &mut faults) {
            told.push(course(alert, &expression, interval, &mut faults));
        }
        all.append(&mut faults.into_lines());
    }
    if all.is_empty() {
        all = catalogue
            .scenarios
            .iter()
            .flat_map(|scenario| steps(scenario, catalogue))
            .collect();
    }
    if all.is_empty() { Ok(told) } else { Err(all) }
}

/// A scenario's own values must make the conditions hold, as the alerts' own do, and its recoveries not end them too soon.
fn steps(scenario: &Scenario, catalogue: &Catalogue) -> Vec<String> {
    let mut faults = Faults::of(format!("scenario {}", scenario.name));
    for alert in &scenario.expect {
        if let Some(told) = cut_short(alert, scenario, catalogue.timing.interval) {
            faults.add("steps", told);
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
        if let Err(misfit) = adjustment.drive(&step.alert, &catalogue.timing) {
            let (alert, key, must) = (&step.alert.name, misfit.key, misfit.must);
            faults.add("steps", format!("trigger {alert}: {key} {must}"));
        }
    }
    faults.into_lines()
}

/// Says that `scenario` recovers an alert before it can have fired, each time that it triggers it.
fn cut_short(alert: &Alert, scenario: &Scenario, interval: Duration) -> Option<String> {
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
        if held >= predicted.rise + alert.hold_for + interval * 2 {
            return None;
        }
        soonest.get_or_insert(recovery.at);
    }
    soonest.map(|at| {
        format!(
            "recover {} at {}: its condition has not held for its `for` of {} and two evaluations by then",
            alert.name,
            span(at),
            span(alert.hold_for)
        )
    })
}

/// What is valid, as far as can be told, a line each.
pub(super) fn notes(catalogue: &Catalogue) -> Vec<String> {
    let mut notes = Vec::new();
    for alert in &catalogue.alerts {
        let mut note = |key: &str, told: &str| {
            notes.push(format!("alert {}: {key}: {told}", alert.name));
        };
        let expression = promql(&alert.expr);
        let interval = catalogue.timing.interval;
        if let Ok(expression) = expression
            && let Some((key, narrow)) = narrow(alert, &expression, interval)
        {
            let told = format!(
                "{} may hold fewer than two scrapes, {}",
                span(narrow),
                why_two(interval)
            );
            note(key, &told);
        }
        let predictor = prediction::predictor(alert, interval);
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

/// The alert's expression, if it could hold at all.
fn expression(alert: &Alert, interval: Duration, faults: &mut Faults) -> Option<Expression> {
    let expression = faults.take("expr", promql(&alert.expr))?;
    let metrics = expression.metrics();
    if !metrics.contains(&alert.metric) {
        let selected: Vec<_> = metrics.into_iter().collect();
        let told = format!(
            "{} is not in expr, which selects {}",
            alert.metric,
            selected.join(", ")
        );
        faults.add("metric", told);
        return None;
    }
    for label in expression.missing_labels(&alert.metric, &alert.labels) {
        let told = match label.as_str() {
            "drill" => {
                let told = "selects no series with drill=\"true\", which every series of a drill has: it can never fire in one";
                faults.add("expr", told);
                continue;
            }
            "job" => {
                "job is missing: expr selects another than mock-metrics, which the scrape adds where the series has none"
            }
            "instance" => {
                "instance is missing: expr selects another than the simulator's, which the scrape adds where the series has none"
            }
            _ => &format!("{label} is missing: expr selects by it, and the series would not match"),
        };
        faults.add("labels", told);
    }
    if let Some((label, matcher)) = expression.contradicted_label(&alert.metric, &alert.labels) {
        let told =
            format!("{label} is not what expr selects, {matcher}: the series would not match");
        faults.add("labels", told);
    }
    if !expression.has_condition() {
        faults.add(
            "expr",
            "has no condition such as `> {threshold}`: it would fire always",
        );
        return None;
    }
    if let Some((key, narrow)) = narrow(alert, &expression, interval)
        && narrow < interval
    {
        let told = format!(
            "{} never holds two scrapes, {}",
            span(narrow),
            why_two(interval)
        );
        faults.add(key, told);
        return None;
    }
    Some(expression)
}

/// The shortest window that tells a change, if it may hold fewer than two scrapes, and the key that says it.
fn narrow(
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

/// Why a window should hold two scrapes, and better more.
fn why_two(interval: Duration) -> String {
    format!(
        "one each {}, and a single one makes no rate: let it hold four",
        span(interval)
    )
}

fn course(alert: &Alert, expression: &Expression, interval: Duration, faults: &mut Faults) -> Told {
    let told = prediction::predict(alert, interval);
    let (key, why) = match &told {
        Ok(_) | Err(Unpredicted::Expression(_)) => return told,
        Err(Unpredicted::Baseline(why)) => ("baseline", why),
        Err(Unpredicted::Trigger(why)) => ("trigger", why),
        Err(Unpredicted::Recovery(why)) => ("recover", why),
    };
    if alert.is_counter() && expression.compares_raw_samples(&alert.metric) {
        let metric = &alert.metric;
        let told = format!("compares the counter {metric} itself, which never falls");
        let instead = format!(
            "compare rate({metric}[5m]) or increase({metric}[5m]); if it may fall, and is no counter, say type = \"gauge\""
        );
        faults.add("expr", format!("{told}: {instead}"));
    } else {
        faults.add(key, why);
    }
    told
}
