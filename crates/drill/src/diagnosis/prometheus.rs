//! Why an alert is not in the expected state in Prometheus.

use prometheus_api::{typed::alert::ActiveAlert, vector::Sample};

use super::{
    checks::nearest, evidence::Evidence, rule_differences::rule_differences, simulator::condition,
};
use crate::{
    alert_key::label_differences,
    rehearsed_alert::{RehearsedAlert, series_selector},
};

/// What Prometheus has of the alert before it is triggered.
pub(super) fn not_calm(alert: &RehearsedAlert, evidence: &Evidence) -> Option<String> {
    match find_active(alert, evidence) {
        Ok(found) => found.map(|found| {
            format!(
                "it is {} in Prometheus since {}, although the simulator is calm{}",
                found.state,
                found.active_at,
                other_rule(alert, evidence)
            )
        }),
        Err(error) => Some(error.to_owned()),
    }
}

/// Why the expression has no result with the alert's labels.
pub(super) fn not_crossed(alert: &RehearsedAlert, evidence: &Evidence) -> String {
    let expr = &alert.alert.expr;
    match &evidence.results {
        Err(error) => return format!("{error}; asked for `{expr}`"),
        Ok(results) if !results.is_empty() => {
            let labels = results.iter().map(|sample| &sample.labels);
            return format!(
                "`{expr}` holds in Prometheus, but not for the labels of the catalogue: {}",
                nearest(&alert.key.labels, labels)
            );
        }
        Ok(_) => {}
    }
    let selector = series_selector(&alert.alert);
    let simulator = condition(evidence);
    match evidence.series.as_deref() {
        Err(error) => error.to_owned(),
        Ok([]) => {
            let warning = evidence.warnings.first().map(String::as_str);
            let cause = warning.unwrap_or(
                "is the simulator scraped, with `honor_labels: true`, so that its own `instance` is kept?",
            );
            format!("Prometheus has no series {selector}: {cause}; {simulator}")
        }
        Ok([sample, ..]) => format!(
            "`{expr}` does not hold: Prometheus has {selector} at {}; {simulator}",
            sample.value
        ),
    }
}

/// Why Prometheus has no such alert, or why it was never pending.
pub(super) fn not_pending(alert: &RehearsedAlert, evidence: &Evidence) -> String {
    let active = match &evidence.active {
        Ok(active) => active,
        Err(error) => return error.clone(),
    };
    let other_rule = other_rule(alert, evidence);
    if let Some(found) = alert.key.find_active(active) {
        return format!(
            "it is {} without ever having been pending{other_rule}",
            found.state
        );
    }
    if !active.is_empty() {
        let labels = active.iter().map(|alert| &alert.labels);
        return format!(
            "Prometheus has an alert of this name, but not with the labels of the catalogue: {}{other_rule}",
            nearest(&alert.key.required_labels(), labels)
        );
    }
    let rule = evidence.rule.as_ref();
    if let Some(rule) = rule.filter(|rule| !rule.last_error.is_empty()) {
        return format!("Prometheus cannot evaluate the rule: {}", rule.last_error);
    }
    match result(alert, evidence) {
        Some(value) if other_rule.is_empty() => format!(
            "the condition holds (value {value}) and the rule is the catalogue's, yet Prometheus makes no alert \
             of it: look at the state of its rules"
        ),
        Some(value) => format!(
            "the catalogue's condition holds (value {value}), yet Prometheus has no alert{other_rule}"
        ),
        None => format!(
            "the condition held, but no longer does; {}{other_rule}",
            condition(evidence)
        ),
    }
}

/// Why the alert does not fire.
pub(super) fn not_firing(alert: &RehearsedAlert, evidence: &Evidence) -> String {
    let other_rule = other_rule(alert, evidence);
    match find_active(alert, evidence) {
        Err(error) => error.to_owned(),
        Ok(Some(found)) if found.is_firing() => {
            format!("it fires now, after the deadline{other_rule}")
        }
        Ok(Some(found)) => format!(
            "it is {} since {} and does not fire{other_rule}",
            found.state, found.active_at
        ),
        Ok(None) => match result(alert, evidence) {
            Some(value) => format!(
                "it was pending and is gone, although the condition holds (value {value}){other_rule}"
            ),
            None => format!(
                "it was pending, but its condition did not hold for long enough; {}{other_rule}",
                condition(evidence)
            ),
        },
    }
}

/// Why Prometheus still has the alert.
pub(super) fn not_resolved(alert: &RehearsedAlert, evidence: &Evidence) -> String {
    let other_rule = other_rule(alert, evidence);
    match find_active(alert, evidence) {
        Err(error) => error.to_owned(),
        Ok(None) => "it is gone now, after the deadline".to_owned(),
        Ok(Some(_)) => match result(alert, evidence) {
            Some(value) => format!(
                "the condition still holds (value {value}); {}{other_rule}",
                condition(evidence)
            ),
            None => {
                format!("Prometheus keeps it although the condition no longer holds{other_rule}")
            }
        },
    }
}

/// In what the loaded rule differs from the catalogue's; empty if it does not.
fn other_rule(alert: &RehearsedAlert, evidence: &Evidence) -> String {
    let Some(rule) = &evidence.rule else {
        return ". Prometheus has no rule of this name any more".to_owned();
    };
    let differences = rule_differences(rule, &alert.alert);
    let mut text = match differences.is_empty() {
        true => String::new(),
        false => format!(
            ". The rule that Prometheus has loaded is another one: {}",
            differences.join("; ")
        ),
    };
    if !rule.last_error.is_empty() {
        text += &format!(". Prometheus cannot evaluate the rule: {}", rule.last_error);
    }
    text
}

/// The value of the catalogue's expression for the alert's labels, if it has one.
fn result(alert: &RehearsedAlert, evidence: &Evidence) -> Option<f64> {
    let has_labels =
        |sample: &&Sample| label_differences(&alert.key.labels, &sample.labels).is_empty();
    let mut results = evidence.results.iter().flatten();
    results.find(has_labels).map(|sample| sample.value)
}

fn find_active<'a>(
    alert: &RehearsedAlert,
    evidence: &'a Evidence,
) -> Result<Option<&'a ActiveAlert>, &'a str> {
    let active = evidence.active.as_ref();
    active
        .map(|active| alert.key.find_active(active))
        .map_err(String::as_str)
}
