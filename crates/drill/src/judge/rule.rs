//! Whether a rule that Prometheus has loaded is the catalogue's. Pure.

use std::time::Duration;

use alerting::format_duration;
use simulator::catalogue::Alert;

use super::{checks, expression};
use crate::servers::seen::{Labels, Rule};
/// In what a loaded rule is different from the catalogue's alert: a text each. It may have more labels and annotations.
pub(crate) fn different(rule: &Rule, alert: &Alert) -> Vec<String> {
    let mut different = Vec::new();
    if !expression::same(&rule.query, &alert.expr) {
        different.push(told("expr", &rule.query, &alert.expr));
    }
    let hold_for = duration(rule.duration);
    if hold_for != alert.for_duration {
        different.push(format!(
            "its `for` is {}, the catalogue's {}",
            spelt(hold_for),
            spelt(alert.for_duration)
        ));
    }
    different.extend(checks::differences(&alert.added_labels(), &rule.labels));
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

/// The labels by which the alerts of a rule are told from those of the other `rules` of its name: what it adds and one of
/// them does not, and empty what only others add, unless the series has it.
pub(crate) fn told_apart(rule: &Rule, rules: &[Rule], of_series: &Labels) -> Labels {
    let namesakes = rules
        .iter()
        .filter(|other| other.name == rule.name && *other != rule);
    let mut told = Labels::new();
    for other in namesakes {
        let adds = rule.labels.iter().filter(|(name, value)| {
            !value.contains("{{") && other.labels.get(*name) != Some(*value)
        });
        told.extend(adds.map(|(name, value)| (name.clone(), value.clone())));
        let lacks = other
            .labels
            .keys()
            .filter(|name| !rule.labels.contains_key(*name) && !of_series.contains_key(*name));
        told.extend(lacks.map(|name| (name.clone(), String::new())));
    }
    told
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
        false => format_duration(duration),
    }
}

/// The rule of an alert as `mock-metrics rules` prints it.
#[cfg(test)]
pub(crate) fn of(alert: &Alert) -> Rule {
    use crate::servers::seen::labels;
    Rule {
        name: alert.name.clone(),
        query: alert.expr.clone(),
        duration: alert.for_duration.as_secs_f64(),
        labels: alert.added_labels(),
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
    use crate::servers::seen::labels;
    use simulator::lint::CheckedCatalogue;

    #[test]
    fn rules_of_one_name_are_told_apart_by_what_only_one_of_them_adds() {
        let rule = |added: &[(&str, &str)]| Rule {
            name: "A".to_owned(),
            labels: labels(added),
            ..Rule::default()
        };
        let ours = rule(&[("severity", "critical"), ("family", "x")]);
        let apart = |other: Rule| {
            let rules = [ours.clone(), other];
            told_apart(&ours, &rules, &labels(&[("device", "sda")]))
        };
        let severity = labels(&[("severity", "critical")]);
        assert_eq!(
            apart(rule(&[("severity", "page"), ("family", "x")])),
            severity
        );
        assert_eq!(apart(rule(&[("family", "x")])), severity);
        let more = [
            ("severity", "critical"),
            ("family", "x"),
            ("team", "a"),
            ("device", "b"),
        ];
        assert_eq!(apart(rule(&more)), labels(&[("team", "")]));
        let templated = [("severity", "{{ $value }}"), ("family", "x")];
        assert_eq!(apart(rule(&templated)), severity);
        assert_eq!(
            told_apart(
                &rule(&templated),
                std::slice::from_ref(&ours),
                &Labels::new()
            ),
            Labels::new()
        );
        let other_name = Rule {
            name: "B".to_owned(),
            ..rule(&[])
        };
        assert_eq!(apart(other_name), Labels::new());
    }

    #[test]
    fn a_rule_that_is_not_the_catalogue_s_is_told_with_both() {
        let catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
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
