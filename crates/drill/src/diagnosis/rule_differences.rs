//! In what a rule that Prometheus has loaded differs from the catalogue's, and from other rules of its name.

use std::time::Duration;

use alerting::{Labels, format_duration};
use prometheus_api::typed::prometheus::AlertingRule;
use promql::are_equivalent;
use simulator::catalogue::Alert;

use crate::alert_key::label_differences;

/// In what a loaded rule differs from the catalogue's, one text for each difference. It may have further labels and
/// annotations.
pub(crate) fn rule_differences(rule: &AlertingRule, alert: &Alert) -> Vec<String> {
    let mut differences = Vec::new();
    if !are_equivalent(&rule.query, &alert.expr) {
        differences.push(differs("expr", &rule.query, &alert.expr));
    }
    differences.extend(duration_difference(
        "for",
        rule.duration,
        alert.for_duration,
    ));
    differences.extend(label_differences(&alert.added_labels(), &rule.labels));
    let texts = [
        ("summary", &alert.summary),
        ("description", &alert.description),
    ];
    let others = alert.annotations.iter();
    let others = others.map(|(name, text)| (name.as_str(), text));
    for (name, ours) in texts.into_iter().chain(others) {
        let theirs = rule.annotations.get(name).map_or("", String::as_str);
        if theirs.trim() != ours.trim() {
            differences.push(differs(&format!("annotation {name}"), theirs, ours));
        }
    }
    let keep_firing_for = rule.keep_firing_for;
    differences.extend(duration_difference(
        "keep_firing_for",
        keep_firing_for,
        alert.keep_firing_for,
    ));
    differences
}

/// The labels by which the alerts of a rule are distinguished from those of the other `rules` of its name: those that only
/// this rule adds, and, with an empty value, those that only others add and its series does not have.
pub(crate) fn distinguishing_labels(
    rule: &AlertingRule,
    rules: &[AlertingRule],
    series_labels: &Labels,
) -> Labels {
    let others = rules
        .iter()
        .filter(|other| other.name == rule.name && *other != rule);
    let mut distinguishing = Labels::new();
    for other in others {
        let only_here = rule.labels.iter().filter(|(name, value)| {
            !value.contains("{{") && other.labels.get(*name) != Some(*value)
        });
        distinguishing.extend(only_here.map(|(name, value)| (name.clone(), value.clone())));
        let only_there = other
            .labels
            .keys()
            .filter(|name| !rule.labels.contains_key(*name) && !series_labels.contains_key(*name));
        distinguishing.extend(only_there.map(|name| (name.clone(), String::new())));
    }
    distinguishing
}

fn differs(what: &str, theirs: &str, ours: &str) -> String {
    format!("its {what} is `{theirs}`, the catalogue's `{ours}`")
}

fn duration_difference(what: &str, seconds: f64, ours: Duration) -> Option<String> {
    let theirs = Duration::try_from_secs_f64(seconds).unwrap_or_default();
    (theirs != ours).then(|| {
        format!(
            "its `{what}` is {}, the catalogue's {}",
            format_or_zero(theirs),
            format_or_zero(ours)
        )
    })
}

/// `0s` for none.
fn format_or_zero(duration: Duration) -> String {
    match duration.is_zero() {
        true => "0s".to_owned(),
        false => format_duration(duration),
    }
}

/// The rule of an alert as `mock-metrics rules` prints it.
#[cfg(test)]
pub(crate) fn rule_of(alert: &Alert) -> AlertingRule {
    use crate::alert_key::labels;
    AlertingRule {
        name: alert.name.clone(),
        query: alert.expr.clone(),
        duration: alert.for_duration.as_secs_f64(),
        labels: alert.added_labels(),
        annotations: labels(&[
            ("summary", &alert.summary),
            ("description", &alert.description),
        ]),
        ..AlertingRule::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert_key::labels;
    use simulator::lint::CheckedCatalogue;

    #[test]
    fn rules_of_one_name_are_distinguished_by_labels_that_only_one_of_them_adds() {
        let rule = |added: &[(&str, &str)]| AlertingRule {
            name: "A".to_owned(),
            labels: labels(added),
            ..AlertingRule::default()
        };
        let ours = rule(&[("severity", "critical"), ("family", "x")]);
        let apart = |other: AlertingRule| {
            let rules = [ours.clone(), other];
            distinguishing_labels(&ours, &rules, &labels(&[("device", "sda")]))
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
            distinguishing_labels(
                &rule(&templated),
                std::slice::from_ref(&ours),
                &Labels::new()
            ),
            Labels::new()
        );
        let other_name = AlertingRule {
            name: "B".to_owned(),
            ..rule(&[])
        };
        assert_eq!(apart(other_name), Labels::new());
    }

    #[test]
    fn a_difference_names_both_rules() {
        let catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
        let alert = catalogue.alert("DiskFull").unwrap();
        let mut rule = rule_of(alert);
        rule.query = "mock_disk_usage_percent>90".to_owned();
        rule.annotations
            .insert("runbook_url".to_owned(), "http://w".to_owned());
        rule.labels.insert("team".to_owned(), "a".to_owned());
        assert_eq!(rule_differences(&rule, alert), Vec::<String>::new());
        rule.query = "mock_disk_usage_percent > 99".to_owned();
        rule.duration = 3600.0;
        rule.labels.clear();
        rule.annotations
            .insert("summary".to_owned(), "Full".to_owned());
        assert_eq!(
            rule_differences(&rule, alert),
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
