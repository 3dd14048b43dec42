//! Whether an alert says what it must: labels, annotations, `state`, `activeAt`, `value`. Pure.

use chrono::TimeDelta;
use simulator::catalogue::Alert;

use super::{expression, numbers};
use crate::servers::seen::{Held, Identity, Labels, Moment, Shown, is_marked};
/// How far the clocks of two servers may be apart.
const CLOCKS: TimeDelta = TimeDelta::seconds(5);
/// Templates that give a value another form than a number.
const OTHER_FORMS: [&str; 3] = ["humanizeDuration", "humanizeTimestamp", "toTime"];

/// What is wrong with an alert.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// With these it has failed.
    pub(crate) faults: Vec<String>,
    /// With these too, unless the rule may be another one than the catalogue's.
    pub(crate) of_rule: Vec<String>,
    /// These are told only.
    pub(crate) warnings: Vec<String>,
}

/// Checks a firing alert that was triggered at `trigger`, as it is `now`, where Prometheus' clock is ahead by `skew`.
pub(crate) fn check(
    alert: &Alert,
    identity: &Identity,
    shown: &Shown,
    (trigger, now): (Moment, Moment),
    skew: TimeDelta,
) -> Found {
    let mut found = Found::default();
    labels(alert, identity, &shown.labels, &mut found);
    annotations(&shown.annotations, &mut found.of_rule);
    value(alert, shown, &mut found.of_rule);
    if let Some(fault) = active_at(shown, (trigger, now), skew) {
        found.faults.push(fault);
    }
    found
}

/// What is different in `labels` from those that `expected` names; an empty one is missing.
pub(crate) fn differences(expected: &Labels, labels: &Labels) -> Vec<String> {
    let different = expected
        .iter()
        .filter_map(|(name, value)| match labels.get(name) {
            None if value.is_empty() => None,
            None => Some(format!("label {name}: expected {value:?}, is missing")),
            Some(found) if found != value => {
                Some(format!("label {name}: expected {value:?}, found {found:?}"))
            }
            Some(_) => None,
        });
    different.collect()
}

/// Whether one of `inhibitors` among `all` is why Alertmanager keeps an alert quiet. A silence is no such reason.
pub(crate) fn inhibited(held: &Held, all: &[Held], inhibitors: &[Identity]) -> bool {
    let by = &held.status.inhibited_by;
    all.iter()
        .filter(|other| by.contains(&other.fingerprint))
        .any(|other| inhibitors.iter().any(|cause| cause.is(&other.labels)))
}

fn labels(alert: &Alert, identity: &Identity, labels: &Labels, found: &mut Found) {
    let of_rule = differences(&alert.added_labels(), labels);
    found.of_rule.extend(of_rule);
    let of_series = differences(&identity.labels, labels);
    found.faults.extend(of_series);
    for name in ["job", "instance"] {
        if labels.get(name).is_none_or(String::is_empty) {
            let fault = format!("label {name}: is missing: where the alert comes from is not told");
            match expression::keeps(alert, name) {
                true => found.faults.push(fault),
                false => found
                    .warnings
                    .push(format!("{fault} (the expression aggregates it away)")),
            }
        }
    }
    if !is_marked(labels) {
        let warning = "label drill=\"true\" is missing: people may be told of this drill; \
                       let the scrape job of the simulator add it";
        found.warnings.push(warning.to_owned());
    }
}

/// Whether the texts are there, and have come out of their templates.
pub(crate) fn annotations(annotations: &Labels, faults: &mut Vec<String>) {
    for name in ["summary", "description"] {
        let text = annotations.get(name).map_or("", String::as_str);
        if text.trim().is_empty() {
            faults.push(format!("annotation {name}: is missing"));
        } else if ["{{", "<error", "%!", "<no value>"]
            .iter()
            .any(|mark| text.contains(mark))
        {
            faults.push(format!(
                "annotation {name}: its template has failed: {text:?}"
            ));
        }
    }
}

fn value(alert: &Alert, shown: &Shown, faults: &mut Vec<String>) {
    let Ok(value) = shown.value.parse::<f64>() else {
        faults.push(format!("value: is no number: {:?}", shown.value));
        return;
    };
    if expression::fulfils(&alert.expr, value) == Some(false) {
        faults.push(format!(
            "value: the condition does not hold for {value}: {}",
            alert.expr
        ));
    }
    let template = &alert.description;
    let told =
        template.contains("$value") && !OTHER_FORMS.iter().any(|form| template.contains(form));
    let text = shown
        .annotations
        .get("description")
        .map_or("", String::as_str);
    if told && !text.is_empty() && !numbers::says(text, value) {
        faults.push(format!(
            "annotation description: does not say the value {value}: {text:?}"
        ));
    }
}

fn active_at(shown: &Shown, (trigger, now): (Moment, Moment), skew: TimeDelta) -> Option<String> {
    let Some(since) = shown.since(skew) else {
        return Some(format!("activeAt: is not RFC 3339: {:?}", shown.active_at));
    };
    if since < trigger - CLOCKS {
        return Some(format!(
            "activeAt: {} is before the trigger: it was active already, or Prometheus' clock is behind",
            shown.active_at
        ));
    }
    (since > now + CLOCKS).then(|| {
        format!(
            "activeAt: {} is in the future: Prometheus' clock is ahead",
            shown.active_at
        )
    })
}

#[cfg(test)]
mod tests {
    use chrono::Utc;

    use super::*;
    use crate::servers::seen::labels as pairs;
    use simulator::lint::CheckedCatalogue;

    fn found(change: impl Fn(&mut Shown)) -> Found {
        with_clock(0, change)
    }

    /// Prometheus' clock is so many seconds ahead.
    fn with_clock(ahead: i64, change: impl Fn(&mut Shown)) -> Found {
        let catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
        let alert = catalogue.alert("DiskFull").unwrap();
        let identity = Identity {
            name: alert.name.clone(),
            labels: alert.labels.clone(),
            ..Identity::default()
        };
        let trigger = Utc::now();
        let mut shown = Shown {
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
            active_at: (trigger + TimeDelta::seconds(20)).to_rfc3339(),
            value: "9.512e+01".to_owned(),
        };
        change(&mut shown);
        check(
            alert,
            &identity,
            &shown,
            (trigger, trigger + TimeDelta::seconds(60)),
            TimeDelta::seconds(ahead),
        )
    }

    #[test]
    fn an_alert_is_inhibited_by_one_of_its_causes_and_not_by_a_silence() {
        let held = |name: &str, by: &[&str]| -> Held {
            let status =
                serde_json::json!({"state": "suppressed", "inhibitedBy": by, "silencedBy": ["s"]});
            let held = serde_json::json!({"labels": {"alertname": name}, "fingerprint": name, "status": status});
            serde_json::from_value(held).unwrap()
        };
        let cause = |name: &str| Identity {
            name: name.to_owned(),
            labels: Labels::new(),
            ..Identity::default()
        };
        let all = [held("Full", &[]), held("Other", &[])];
        let causes = [cause("Full")];
        assert!(inhibited(&held("Quiet", &["Full"]), &all, &causes));
        assert!(!inhibited(&held("Quiet", &["Other"]), &all, &causes));
        assert!(!inhibited(&held("Quiet", &[]), &all, &causes));
    }

    #[test]
    fn a_clock_that_is_ahead_or_behind_makes_no_alert_old_or_future() {
        for ahead in [-3_600, -60, 60, 3_600] {
            let moved = |shown: &mut Shown| {
                let since = shown.since(TimeDelta::zero()).unwrap();
                shown.active_at = (since + TimeDelta::seconds(ahead)).to_rfc3339();
            };
            assert_eq!(with_clock(ahead, moved), Found::default(), "{ahead}");
            assert_ne!(found(moved), Found::default(), "{ahead}");
        }
    }

    #[test]
    fn an_alert_that_says_all_it_must_passes() {
        assert_eq!(found(|_| ()), Found::default());
    }

    #[test]
    fn each_thing_that_is_wrong_is_told_with_what_was_expected() {
        let told = |change: &dyn Fn(&mut Shown)| {
            let found = found(change);
            [found.of_rule, found.faults].concat().join("; ")
        };
        let set = |shown: &mut Shown, name: &str, value: &str| {
            drop(shown.annotations.insert(name.to_owned(), value.to_owned()));
        };
        for (expected, change) in [
            (
                "label severity: expected \"critical\", is missing",
                &(|shown: &mut Shown| drop(shown.labels.remove("severity"))) as &dyn Fn(&mut Shown),
            ),
            ("label job: is missing", &|shown| {
                drop(shown.labels.remove("job"));
            }),
            ("annotation summary: is missing", &|shown| {
                set(shown, "summary", " ");
            }),
            ("its template has failed", &|shown| {
                set(shown, "summary", "<error expanding>");
            }),
            ("does not say the value 95.12", &|shown| {
                set(shown, "description", "is 94.0 % full");
            }),
            ("value: is no number: \"x\"", &|shown| {
                shown.value = "x".to_owned();
            }),
            ("the condition does not hold for 12", &|shown| {
                shown.value = "12".to_owned();
                set(shown, "description", "12");
            }),
            ("is before the trigger", &|shown| {
                shown.active_at = "2020-01-01T00:00:00Z".to_owned();
            }),
            ("is in the future", &|shown| {
                shown.active_at = "2120-01-01T00:00:00Z".to_owned();
            }),
            ("is not RFC 3339", &|shown| {
                shown.active_at = "today".to_owned();
            }),
        ] {
            let told = told(change);
            assert!(told.contains(expected), "{expected:?} is not {told:?}");
        }
        let warned = found(|shown| drop(shown.labels.remove("drill")));
        assert!(warned.faults.is_empty() && warned.warnings.len() == 1);
    }
}
