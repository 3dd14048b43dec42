//! Errors in the keys of alerts.

use super::{CanFire, CheckedCatalogue, can_fire, report::notes};

fn errors(text: &str) -> Vec<String> {
    match CheckedCatalogue::parse("mine.toml", text, 1.0) {
        Ok(_) => Vec::new(),
        Err(error) => error.errors().to_vec(),
    }
}

fn faults_of(key: &str, value: &str) -> Vec<String> {
    let keys = [
        ("name", "\"A\""),
        ("metric", "\"m\""),
        ("expr", "\"m > {threshold}\""),
        ("threshold", "1.0"),
        ("trigger", "2.0"),
    ];
    let mut text = "[[alert]]\n".to_owned();
    for (known, usual) in keys {
        let value = if known == key { value } else { usual };
        text += &format!("{known} = {value}\n");
    }
    if !keys.iter().any(|(known, _)| *known == key) {
        text += &format!("{key} = {value}\n");
    }
    errors(&text)
}

#[test]
fn five_lines_make_an_alert() {
    assert_eq!(faults_of("trigger", "2"), Vec::<String>::new());
}

/// A key, its value, and the start of the error.
const ERRORS: &[(&str, &str, &str)] = &[
    (
        "treshold",
        "1.0",
        "alert A: treshold: no such key; did you mean threshold?",
    ),
    ("for", "60", "alert A: for: must be a duration in quotes"),
    (
        "trigger",
        "{ pattern = \"ramp\", to = 1, ovr = \"1m\" }",
        "alert A: trigger: ovr: no such key; did you mean over?",
    ),
    (
        "threshold",
        "nan",
        "alert A: threshold: must be a finite number",
    ),
    ("type", "\"histogram\"", "alert A: type: must be gauge"),
    (
        "metric",
        "\"a-b\"",
        "alert A: metric: must be a metric's name",
    ),
    ("for", "\"5\"", "alert A: for: must be a duration"),
    ("window", "\"5m\"", "alert A: window: is not used"),
    ("expr", "\"m[{window}]\"", "alert A: threshold: is not used"),
    (
        "trigger",
        "{ pattern = \"ramp\", to = 1.0 }",
        "alert A: trigger: missing field `over`",
    ),
    (
        "trigger",
        "{ pattern = \"ramp\", to = 1.0, over = \"0s\" }",
        "alert A: trigger: over must be longer",
    ),
    (
        "trigger",
        "{ pattern = \"leap\" }",
        "alert A: trigger: unknown variant `leap`",
    ),
    (
        "expr",
        "\"m >> {threshold}\"",
        "alert A: expr: is not PromQL: ",
    ),
    (
        "expr",
        "\"n > {threshold}\"",
        "alert A: metric: m is not in expr, which selects n",
    ),
    (
        "expr",
        "\"m + {threshold}\"",
        "alert A: expr: has no condition",
    ),
    (
        "trigger",
        "0.5",
        "alert A: trigger: does not make the condition hold: m > 1",
    ),
    (
        "trigger",
        "{ pattern = \"burst\", count = 1, every = \"15s\" }",
        "alert A: trigger: the metric is of type gauge, and burst is for counters",
    ),
    (
        "trigger",
        "{ pattern = \"growth\", per_second = 1, ceiling = 0 }",
        "alert A: trigger: ceiling must be above the baseline",
    ),
    (
        "baseline",
        "1.5",
        "alert A: baseline: already makes the condition hold, at 1.5",
    ),
    (
        "recover",
        "{ pattern = \"ramp\" }",
        "alert A: recover: missing field `over`",
    ),
    (
        "labels",
        "{ severity = \"x\" }",
        "alert A: labels.severity: is a label of the rule",
    ),
    (
        "labels",
        "{ __x = \"h\" }",
        "alert A: labels.__x: must not begin with `__`",
    ),
    (
        "labels",
        "{ a = \"\\n\" }",
        "alert A: labels.a: must be 1 to 128 bytes",
    ),
];

#[test]
fn each_error_names_its_alert_and_its_key() {
    for &(key, value, message) in ERRORS {
        let found = faults_of(key, value);
        assert!(
            found.iter().any(|fault| fault.starts_with(message)),
            "{key} = {value}: {found:?}"
        );
        assert!(found.iter().all(|fault| !fault.contains('\n')), "{found:?}");
    }
}

/// An alert on a counter, with a trigger.
fn counter(trigger: &str, more: &str) -> String {
    format!(
        "[[alert]]\nname = \"A\"\nexpr = \"rate(m_total[5m]) > 1\"\ntrigger = {trigger}\n{more}\n"
    )
}

#[test]
fn errors_about_numbers_name_their_bounds() {
    for (text, message) in [
        (
            counter("1e7", ""),
            "alert A: trigger: to must be from 0 to 1e6, as a counter's events",
        ),
        (
            counter("-1", ""),
            "alert A: trigger: to must be from 0 to 1e6",
        ),
        (
            counter("5", "baseline = 2e6"),
            "alert A: baseline: must be from 0 to 1e6",
        ),
        (
            counter("5", "baseline = -1"),
            "alert A: baseline: must be from 0 to 1e6",
        ),
        (
            counter("5", "noise = 2e6"),
            "alert A: noise: must be from 0 to 1e6",
        ),
        (
            counter(
                "{ pattern = \"burst\", count = 1e300, every = \"10s\" }",
                "",
            ),
            "alert A: trigger: count must be from 0 to 1e6",
        ),
        (
            counter("{ pattern = \"burst\", count = 3.0, every = \"1ms\" }", ""),
            "alert A: trigger: every must be at least 1s",
        ),
    ] {
        assert!(
            errors(&text)[0].starts_with(message),
            "{text}: {:?}",
            errors(&text)
        );
    }
    for (key, value, message) in [
        (
            "trigger",
            "1e31",
            "alert A: trigger: to must be from -1e30 to 1e30",
        ),
        ("trigger", "nan", "alert A: trigger: to must be"),
        (
            "baseline",
            "-inf",
            "alert A: baseline: must be from -1e30 to 1e30",
        ),
        ("noise", "-1.0", "alert A: noise: must be from 0 to 1e30"),
    ] {
        let found = faults_of(key, value);
        assert!(found[0].starts_with(message), "{key} = {value}: {found:?}");
    }
}

#[test]
fn a_gauge_may_be_below_zero_and_its_noise_takes_it_further() {
    let frost = |noise: &str| {
        errors(&format!(
            "[[alert]]\nname = \"A\"\nexpr = \"room_celsius < -25\"\nbaseline = -20\nnoise = {noise}\ntrigger = -30\n"
        ))
    };
    assert_eq!(frost("4"), Vec::<String>::new());
    let message = "alert A: baseline: already makes the condition hold, at -25.";
    assert!(frost("6")[0].starts_with(message), "{:?}", frost("6"));
}

#[test]
fn a_scrape_interval_is_at_least_a_second() {
    for interval in ["0s", "999ms"] {
        let text = format!("scrape_interval = \"{interval}\"\n{}", counter("5", ""));
        assert!(errors(&text)[0].starts_with("scrape_interval: must be at least 1s"));
    }
}

#[test]
fn one_mistake_is_one_error() {
    let text = counter("5", "window = \"100y\"").replace("5m", "{window}");
    assert_eq!(errors(&text), ["alert A: window: must be at most a year"]);
}

#[test]
fn an_expression_that_looks_back_too_far_is_valid_and_not_predicted() {
    let text = counter("5", "").replace("5m", "1y");
    let catalogue = CheckedCatalogue::parse("mine.toml", &text, 1.0).unwrap();
    let message = "looks back 1y, which is too far to predict".to_owned();
    assert_eq!(can_fire(&catalogue), [CanFire::Unknown(message)]);
}

#[test]
fn a_metric_that_prometheus_writes_itself_is_refused() {
    for name in ["up", "ALERTS", "scrape_samples_scraped"] {
        for key in ["flag", "metric"] {
            let found = faults_of(key, &format!("\"{name}\""));
            let message = format!("alert A: {key}: {name} is written by Prometheus itself");
            assert!(found[0].starts_with(&message), "{found:?}");
        }
    }
}

#[test]
fn an_annotation_that_prometheus_would_refuse_is_an_error_and_one_that_cannot_be_rendered_a_note() {
    for (text, message) in [
        (
            "{{ $value",
            "is not a Prometheus template: `{{` without `}}`",
        ),
        (
            "{{ $value | nosuch }}",
            "is not a Prometheus template: there is no function nosuch",
        ),
        (
            "more than {window}",
            "contains {window}, but there is no window",
        ),
    ] {
        for key in ["summary", "description"] {
            let found = faults_of(key, &format!("'{text}'"));
            assert_eq!(found, [format!("alert A: {key}: {message}")]);
        }
    }
    let text = counter("5", "summary = '{{ $value | humanizeDuration }}'");
    let notes = notes(&CheckedCatalogue::parse("mine.toml", &text, 1.0).unwrap());
    let message = "alert A: summary: only promtool can check this template completely";
    assert_eq!(notes, [message]);
}
