//! Whether a rule that Prometheus has loaded is the catalogue's. Pure.

use std::time::Duration;

use super::{checks, expression};
use crate::drill::servers::seen::Rule;
use crate::mock::catalogue::{Alert, span};

/// In what a loaded rule is different from the catalogue's alert: a text each. It may have more labels and annotations.
pub(crate) fn different(rule: &Rule, alert: &Alert) -> Vec<String> {
    let mut different = Vec::new();
    if !expression::same(&rule.query, &alert.expr) {
        different.push(told("expr", &rule.query, &alert.expr));
    }
    let hold_for = duration(rule.duration);
    if hold_for != alert.hold_for {
        different.push(format!(
            "its `for` is {}, the catalogue's {}",
            spelt(hold_for),
            spelt(alert.hold_for)
        ));
    }
    different.extend(checks::differences(
        &checks::rule_labels(alert),
        &rule.labels,
    ));
    let own = [
        ("summary", &alert.summary),
        ("description", &alert.description),
    ];
    let more = alert
        .annotations
        .iter()
        .map(|(name, text)| (name.as_str(), text));
    for (name, ours) in own.into_iter().chain(more) {
        let theirs = rule.annotations.get(name).map_or("", String::as_str);
        if theirs.trim() != ours.trim() {
            different.push(told(&format!("annotation {name}"), theirs, ours));
        }
    }
    let keep = duration(rule.keep_firing_for);
    if keep != alert.keep_firing_for {
        different.push(format!(
            "its `keep_firing_for` is {}, the catalogue's {}",
            spelt(keep),
            spelt(alert.keep_firing_for)
        ));
    }
    different
}

fn told(what: &str, theirs: &str, ours: &str) -> String {
    format!("its {what} is `{theirs}`, the catalogue's `{ours}`")
}

fn duration(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}

/// A duration; `0s` for none.
fn spelt(duration: Duration) -> String {
    match duration.is_zero() {
        true => "0s".to_owned(),
        false => span(duration),
    }
}

/// The rule of an alert as `mock-metrics rules` prints it.
#[cfg(test)]
pub(crate) fn of(alert: &Alert) -> Rule {
    use crate::drill::servers::seen::labels;
    Rule {
        name: alert.name.clone(),
        query: alert.expr.clone(),
        duration: alert.hold_for.as_secs_f64(),
        labels: checks::rule_labels(alert),
        annotations: labels(&[
            ("summary", &alert.summary),
            ("description", &alert.description),
        ]),
        ..Rule::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mock::catalogue::Catalogue;

    #[test]
    fn a_rule_that_is_not_the_catalogue_s_is_told_with_both() {
        let catalogue = Catalogue::load(None, 1.0).unwrap();
        let alert = catalogue.alert("DiskFull").unwrap();
        let mut rule = of(alert);
        rule.query = "mock_disk_usage_percent>90".to_owned();
        rule.annotations
            .insert("runbook_url".to_owned(), "http://w".to_owned());
        rule.labels.insert("team".to_owned(), "a".to_owned());
        assert_eq!(different(&rule, alert), Vec::<String>::new());
        rule.query = "mock_disk_usage_percent > 99".to_owned();
        rule.duration = 3600.0;
        rule.labels.clear();
        rule.annotations
            .insert("summary".to_owned(), "Full".to_owned());
        assert_eq!(
            different(&rule, alert),
            [
                "its expr is `mock_disk_usage_percent > 99`, the catalogue's `mock_disk_usage_percent > 90`",
                "its `for` is 1h, the catalogue's 1m",
                "label family: expected \"disk\", is missing",
                "label severity: expected \"critical\", is missing",
                &format!(
                    "its annotation summary is `Full`, the catalogue's `{}`",
                    alert.summary
                ),
            ]
        );
    }
}
