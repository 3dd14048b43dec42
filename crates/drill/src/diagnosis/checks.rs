//! Whether a firing alert has the labels, annotations, `activeAt` and `value` that the catalogue asks for.

use alerting::{Labels, printed_numbers::contains_number};
use chrono::TimeDelta;
use prometheus_api::typed::alert::ActiveAlert;
use promql::Expression;
use simulator::catalogue::Alert;

use crate::{
    alert_key::{AlertKey, format_labels, has_drill_label, label_differences},
    rehearsed_alert::keeps_label,
    time::Moment,
};

/// How far apart the clocks of two servers may be.
const CLOCK_TOLERANCE: TimeDelta = TimeDelta::seconds(5);
/// Template functions that print a value in another form than as a number.
const OTHER_FORMATS: [&str; 3] = ["humanizeDuration", "humanizeTimestamp", "toTime"];
/// What is left in a text where its template has failed.
const FAILED_TEMPLATE: [&str; 4] = ["{{", "<error", "%!", "<no value>"];

/// What is wrong with a firing alert.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct CheckResult {
    /// They fail the rehearsal.
    pub(crate) errors: Vec<String>,
    /// They fail it, too, unless Prometheus may have other rules than the catalogue's.
    pub(crate) rule_errors: Vec<String>,
    pub(crate) warnings: Vec<String>,
}

/// Checks a firing alert that was triggered at `triggered`. Prometheus' clock is ahead by `clock_skew`.
pub(crate) fn check_firing(
    alert: &Alert,
    key: &AlertKey,
    firing: &ActiveAlert,
    (triggered, now): (Moment, Moment),
    clock_skew: TimeDelta,
) -> CheckResult {
    let mut result = CheckResult::default();
    check_labels(alert, key, &firing.labels, &mut result);
    result
        .rule_errors
        .extend(annotation_errors(&firing.annotations));
    check_value(alert, firing, &mut result.rule_errors);
    let error = active_at_error(firing, (triggered, now), clock_skew);
    result.errors.extend(error);
    result
}

/// The annotations that are missing, or whose templates have failed.
pub(crate) fn annotation_errors(annotations: &Labels) -> Vec<String> {
    let error = |name| {
        let text = annotations.get(name).map_or("", String::as_str);
        if text.trim().is_empty() {
            Some(format!("annotation {name}: is missing"))
        } else if FAILED_TEMPLATE.iter().any(|mark| text.contains(mark)) {
            Some(format!(
                "annotation {name}: its template has failed: {text:?}"
            ))
        } else {
            None
        }
    };
    ["summary", "description"]
        .into_iter()
        .filter_map(error)
        .collect()
}

/// In what the most similar of `all` differs from the expected labels.
pub(super) fn nearest<'a>(expected: &Labels, all: impl Iterator<Item = &'a Labels>) -> String {
    let compared = all.map(|labels| (label_differences(expected, labels), labels));
    let nearest = compared.min_by_key(|(differences, _)| differences.len());
    nearest.map_or_else(String::new, |(differences, labels)| {
        format!("{} in {}", differences.join("; "), format_labels(labels))
    })
}

fn check_labels(alert: &Alert, key: &AlertKey, labels: &Labels, result: &mut CheckResult) {
    let of_rule = label_differences(&alert.added_labels(), labels);
    result.rule_errors.extend(of_rule);
    let of_series = label_differences(&key.labels, labels);
    result.errors.extend(of_series);
    for name in ["job", "instance"] {
        if labels.get(name).is_none_or(String::is_empty) {
            let error =
                format!("label {name}: is missing: the alert does not say where it comes from");
            match keeps_label(alert, name) {
                true => result.errors.push(error),
                false => result
                    .warnings
                    .push(format!("{error} (the expression aggregates it away)")),
            }
        }
    }
    if !has_drill_label(labels) {
        let warning = "label drill=\"true\" is missing: people may be notified of this drill; \
                       let the scrape job of the simulator add it";
        result.warnings.push(warning.to_owned());
    }
}

fn check_value(alert: &Alert, firing: &ActiveAlert, errors: &mut Vec<String>) {
    let Ok(value) = firing.value.parse::<f64>() else {
        errors.push(format!("value: is no number: {:?}", firing.value));
        return;
    };
    let expression = Expression::parse(&alert.expr).ok();
    if expression.and_then(|expression| expression.passes(value)) == Some(false) {
        errors.push(format!(
            "value: the condition does not hold for {value}: {}",
            alert.expr
        ));
    }
    let template = &alert.description;
    let other_format = OTHER_FORMATS
        .iter()
        .any(|function| template.contains(function));
    let prints_value = template.contains("$value") && !other_format;
    let text = firing
        .annotations
        .get("description")
        .map_or("", String::as_str);
    if prints_value && !text.is_empty() && !contains_number(text, value) {
        errors.push(format!(
            "annotation description: does not say the value {value}: {text:?}"
        ));
    }
}

fn active_at_error(
    firing: &ActiveAlert,
    (triggered, now): (Moment, Moment),
    clock_skew: TimeDelta,
) -> Option<String> {
    let Some(since) = firing.active_since(clock_skew) else {
        return Some(format!("activeAt: is not RFC 3339: {:?}", firing.active_at));
    };
    if since < triggered - CLOCK_TOLERANCE {
        return Some(format!(
            "activeAt: {} is before the trigger: it was active already, or Prometheus' clock is behind",
            firing.active_at
        ));
    }
    (since > now + CLOCK_TOLERANCE).then(|| {
        format!(
            "activeAt: {} is in the future: Prometheus' clock is ahead",
            firing.active_at
        )
    })
}

#[cfg(test)]
mod tests {
    use chrono::Utc;

    use super::*;
    use crate::alert_key::labels as pairs;
    use simulator::lint::CheckedCatalogue;

    fn found(change: impl Fn(&mut ActiveAlert)) -> CheckResult {
        with_clock(0, change)
    }

    /// Prometheus' clock is so many seconds ahead.
    fn with_clock(ahead: i64, change: impl Fn(&mut ActiveAlert)) -> CheckResult {
        let catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
        let alert = catalogue.alert("DiskFull").unwrap();
        let key = AlertKey {
            name: alert.name.clone(),
            labels: alert.labels.clone(),
            ..AlertKey::default()
        };
        let triggered = Utc::now();
        let mut firing = ActiveAlert {
            labels: pairs(&[
                ("alertname", "DiskFull"),
                ("severity", "critical"),
                ("family", "disk"),
                ("device", "sda"),
                ("mountpoint", "/data"),
                ("job", "mock-metrics"),
                ("instance", "localhost:8082"),
                ("drill", "true"),
            ]),
            annotations: pairs(&[("summary", "full"), ("description", "is 95.1 % full")]),
            state: "firing".to_owned(),
            active_at: (triggered + TimeDelta::seconds(20)).to_rfc3339(),
            value: "9.512e+01".to_owned(),
        };
        change(&mut firing);
        check_firing(
            alert,
            &key,
            &firing,
            (triggered, triggered + TimeDelta::seconds(60)),
            TimeDelta::seconds(ahead),
        )
    }

    #[test]
    fn a_clock_that_is_ahead_or_behind_makes_no_alert_old_or_future() {
        for ahead in [-3_600, -60, 60, 3_600] {
            let moved = |firing: &mut ActiveAlert| {
                let since = firing.active_since(TimeDelta::zero()).unwrap();
                firing.active_at = (since + TimeDelta::seconds(ahead)).to_rfc3339();
            };
            assert_eq!(with_clock(ahead, moved), CheckResult::default(), "{ahead}");
            assert_ne!(found(moved), CheckResult::default(), "{ahead}");
        }
    }

    #[test]
    fn an_alert_as_the_catalogue_asks_for_passes() {
        assert_eq!(found(|_| ()), CheckResult::default());
    }

    #[test]
    fn each_error_says_what_was_expected() {
        let errors = |change: &dyn Fn(&mut ActiveAlert)| {
            let found = found(change);
            [found.rule_errors, found.errors].concat().join("; ")
        };
        let set = |firing: &mut ActiveAlert, name: &str, value: &str| {
            drop(firing.annotations.insert(name.to_owned(), value.to_owned()));
        };
        for (expected, change) in [
            (
                "label severity: expected \"critical\", is missing",
                &(|firing: &mut ActiveAlert| drop(firing.labels.remove("severity")))
                    as &dyn Fn(&mut ActiveAlert),
            ),
            ("label job: is missing", &|firing| {
                drop(firing.labels.remove("job"));
            }),
            ("annotation summary: is missing", &|firing| {
                set(firing, "summary", " ");
            }),
            ("its template has failed", &|firing| {
                set(firing, "summary", "<error expanding>");
            }),
            ("does not say the value 95.12", &|firing| {
                set(firing, "description", "is 94.0 % full");
            }),
            ("value: is no number: \"x\"", &|firing| {
                firing.value = "x".to_owned();
            }),
            ("the condition does not hold for 12", &|firing| {
                firing.value = "12".to_owned();
                set(firing, "description", "12");
            }),
            ("is before the trigger", &|firing| {
                firing.active_at = "2020-01-01T00:00:00Z".to_owned();
            }),
            ("is in the future", &|firing| {
                firing.active_at = "2120-01-01T00:00:00Z".to_owned();
            }),
            ("is not RFC 3339", &|firing| {
                firing.active_at = "today".to_owned();
            }),
        ] {
            let errors = errors(change);
            assert!(errors.contains(expected), "{expected:?} is not {errors:?}");
        }
        let warned = found(|firing| drop(firing.labels.remove("drill")));
        assert!(warned.errors.is_empty() && warned.warnings.len() == 1);
    }
}
