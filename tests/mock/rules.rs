//! The rules of a catalogue, checked with Prometheus' own tools.

use std::fs;

use alerting::template_syntax;

use crate::support::{
    program::{self, Ended, MOCK},
    promtool, scratch,
};

/// Real time, and the time scale of `lab --fast`.
const SCALES: [&str; 2] = ["1", "0.0666666666666667"];

/// Three alerts that differ from the built-in ones.
const FOREIGN: &str = r#"
scrape_interval = "10s"

[[alert]]
name = "TooCold"
expr = "room_celsius{room=~\"a|b\"} <= 4.5"
trigger = { pattern = "ramp", to = 1.5, over = "2m" }
baseline = 20.0
noise = 0.5
labels = { room = "a", door = "it's \"open\" \\ – or ajar" }
summary = "- yes: {{ $labels.door }}"
description = 'Only {{ $value }} °C in "{{ $labels.room }}"'

[[alert]]
name = "Refused"
expr = "sum by (door) (rate(refusals_total[{window}])) * 60 >= {threshold}"
threshold = 30.0
window = "1m"
for = "50s"
metric = "refusals_total"
family = "doors"
severity = "page"
trigger = { pattern = "hold", to = 2.0 }
baseline = 0.1
labels = { door = "north", floor = "2" }
description = "{{ $labels.door }}{{ $labels.floor }}: {{ $value | humanize }} a minute"

[[alert]]
name = "Gone"
expr = "watchman_present < 1"
for = "0s"
trigger = { pattern = "flapping", to = 0, every = "4m" }
baseline = 1
description = "For {{ 90 | humanizeDuration }}"
"#;

fn rules(arguments: &[&str]) -> String {
    let Ended { code, out, stderr } =
        program::run(program::command(&MOCK).arg("rules").args(arguments));
    assert_eq!(code, Some(0), "{stderr}");
    out
}

fn foreign(arguments: &[&str]) -> String {
    let room = scratch();
    let file = room.path().join("theirs.toml");
    fs::write(&file, FOREIGN).unwrap();
    rules(&[&["--catalogue", file.to_str().unwrap()], arguments].concat())
}

fn checked_in(file: &str) -> String {
    fs::read_to_string(crate::support::workspace().join(file)).unwrap()
}

#[test]
fn the_rule_file_is_what_the_catalogue_gives() {
    assert!(
        checked_in("monitoring/prometheus/alert.rules.yml") == rules(&[]),
        "type: cargo run --bin mock-metrics -- rules > monitoring/prometheus/alert.rules.yml"
    );
}

#[test]
fn the_table_in_the_documentation_is_what_the_catalogue_gives() {
    let text = checked_in("Ai/output/alerts.md");
    let (_, text) = text.split_once("<!-- table -->\n").unwrap();
    let (table, _) = text.split_once("<!-- end of table -->").unwrap();
    assert!(
        table == rules(&["--format", "table"]),
        "put between the marks of Ai/output/alerts.md: cargo run --bin mock-metrics -- rules --format table"
    );
}

#[test]
fn promtool_has_nothing_against_the_rules() {
    for scale in SCALES {
        let (code, said) = promtool::check_rules(&rules(&["--time-scale", scale]));
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("SUCCESS: 27 rules found"), "{said}");
        assert_eq!(said.trim().lines().count(), 2, "{said}");
    }
}

#[test]
fn each_alert_is_silent_pending_firing_and_silent_again_when_it_should_be() {
    for scale in SCALES {
        let tests = rules(&["--format", "tests", "--time-scale", scale]);
        assert_eq!(tests.matches("\n  - name: ").count(), 4 * 27);
        assert!(!tests.contains("# left out"));
        let (code, said) = promtool::test_rules_of(&rules(&["--time-scale", scale]), &tests);
        assert_eq!(code, Some(0), "{said}");
    }
}

#[test]
fn so_are_three_alerts_of_somebody_else() {
    let tests = foreign(&["--format", "tests"]);
    // One alert has no `for`, so that it is never only pending.
    assert_eq!(tests.matches("\n  - name: ").count(), 11);
    assert!(!tests.contains("# left out"));
    let (code, said) = promtool::test_rules_of(&foreign(&[]), &tests);
    assert_eq!(code, Some(0), "{said}");
    // All annotations are expected literally, except the one that only Prometheus can render.
    assert!(tests.contains("Only 1.5 °C in \\\"a\\\""), "{tests}");
    assert!(tests.contains("north: "), "{tests}");
    assert!(!tests.contains("humanizeDuration"));
}

/// Alerts for which generated tests have failed before: a counter that must not stand still, a window that is not full, a
/// week, a name of several words. Together they use every key of a rule.
const ODD: &str = r#"
[[alert]]
name = "Busy (CPU) / all \"cores\""
expr = "1 - avg without (cpu) (rate(cpu_idle_seconds_total[5m])) > 0.8"
labels = { cpu = "0" }
baseline = 1.0
trigger = 0.0
for = "10m"
keep_firing_for = "3m"
rule_labels = { team = "a b" }
annotations = { runbook_url = "https://wiki/{{ $labels.instance }}" }

[[alert]]
name = "BackupMissing"
expr = "backup_age_seconds{job=\"mock-metrics\"} > 100"
baseline = 5
trigger = 500
for = "1w"
"#;

/// Alerts with one `alertname`, which differ only in their labels.
const NAMESAKES: &str = r#"
[[alert]]
name = "DiskFull"
expr = "disk_percent > 80"
trigger = 95

[[alert]]
name = "DiskFull"
expr = "disk_percent > 90"
severity = "critical"
trigger = 95

[[alert]]
name = "DiskFull"
expr = "disk_percent > 92"
severity = "critical"
rule_labels = { team = "a" }
trigger = 95
"#;

#[test]
fn so_are_odd_ones() {
    let one = &ODD[..ODD.find("\n\n[[alert]]").unwrap()];
    for (text, left_out) in [(ODD, 1), (one, 0), (NAMESAKES, 0)] {
        let room = scratch();
        let file = room.path().join("odd.toml");
        fs::write(&file, text).unwrap();
        let arguments = ["--catalogue", file.to_str().unwrap()];
        let tests = rules(&[&arguments[..], &["--format", "tests"]].concat());
        assert_eq!(tests.matches("# left out").count(), left_out, "{tests}");
        let (code, said) = promtool::test_rules_of(&rules(&arguments), &tests);
        assert_eq!(code, Some(0), "{said}");
    }
}

#[test]
fn a_wrong_rule_fails_its_tests() {
    let rules = rules(&[]);
    let tests = self::rules(&["--format", "tests"]);
    for (alert, right, wrong) in [
        ("DiskFull", "usage_percent > 90", "usage_percent > 95.9"),
        ("DiskFull", "usage_percent > 90", "usage_percent >= 90"),
        ("DiskFull", "\"critical\"", "\"warning\""),
        ("DiskFull", "          family: \"disk\"\n", ""),
        ("DBConnectionFailed", "for: 30s", "for: 45s"),
        ("DBConnectionFailed", "for: 30s", "for: 15s"),
        ("HighLatency", "is slow", "is fast"),
        ("DBSlowQuery", "[2m]", "[90s]"),
    ] {
        let name = format!("\n      - alert: \"{alert}\"");
        let (before, rule) = rules.split_once(&name).unwrap();
        assert!(rule.contains(right), "{alert}: {right}");
        let wrong_rules = format!("{before}{name}{}", rule.replacen(right, wrong, 1));
        // The test above shows that correct rules pass.
        let (code, said) = promtool::test_rules_of(&wrong_rules, &tests_of(alert, &tests));
        assert!(
            code == Some(1) && said.contains("FAILED"),
            "{wrong}: {said}"
        );
    }
}

/// The unit tests of one alert.
fn tests_of(alert: &str, tests: &str) -> String {
    let name = format!("\"{alert} is ");
    let mut parts = tests.split("\n  - name: ");
    let heading = parts.next().unwrap().to_owned();
    let own = parts.filter(|test| test.starts_with(&name));
    own.fold(heading, |file, test| file + "\n  - name: " + test)
}

#[test]
fn a_text_arrives_as_it_is_whatever_it_holds() {
    let catalogue = r#"
        [[alert]]
        name = "yes"
        expr = "m{a=\"\\\"}\"} > 1"
        labels = { a = "\"}" }
        trigger = 2
        family = "1e3"
        severity = "null"
        for = "0s"
        summary = "- # it's \"so\": 'a' \\n {b} [c] *d &e !f %g @h `i`\t\u007f\u0085\uFEFF\u2028."
        description = "two\nlines,\n\n trailing \n{{ $labels.a }} – größer 🚨 "
    "#;
    let room = scratch();
    let file = room.path().join("hostile.toml");
    fs::write(&file, catalogue).unwrap();
    let rules = rules(&["--catalogue", file.to_str().unwrap()]);
    // Written by hand, with other quotes than the program uses.
    let tests = r#"
rule_files: [alert.rules.yml]
tests:
  - interval: 1m
    input_series:
      - series: 'm{a="\"}"}'
        values: '2 2'
    alert_rule_test:
      - eval_time: 1m
        alertname: 'yes'
        exp_alerts:
          - exp_labels: { a: '"}', family: '1e3', severity: 'null' }
            exp_annotations:
              summary: "- # it's \x22so\x22: 'a' \x5cn {b} [c] *d &e !f %g @h `i`\x09\x7f\x85\uFEFF\u2028."
              description: "two\
                \x0alines,\x0a\x0a trailing \x0a\x22} – größer 🚨\x20"
"#;
    let (code, said) = promtool::test_rules_of(&rules, tests);
    assert_eq!(code, Some(0), "{rules}\n{said}");
}

#[test]
fn promtool_refuses_each_text_that_the_check_of_a_catalogue_refuses_and_takes_each_that_it_takes() {
    for (text, valid) in [
        (
            "{{ $value | printf \\\"%.1f }}\\\" }} of {{ $labels.device }} } }}",
            true,
        ),
        ("{{- $value -}}{{/* {{ */}}{{- /* a */ -}}", true),
        (
            "{{ range $i, $s := query `up` }}{{ $s.Labels.job }}{{ $i }}{{ end }}",
            true,
        ),
        (
            "{{ if gt $value 5.0 }}{{ toUpper $labels.a }}{{ else }}{{ 0x10 }}{{ end }}",
            true,
        ),
        (
            "{{ with $x := 1e3 }}{{ $x }}{{ end }}{{ 'a' }}{{ .Value }}{{ externalURL }}",
            true,
        ),
        ("{{ $value", false),
        ("{{ $value }", false),
        ("{{ {{ $value }} }}", false),
        ("{{}}", false),
        ("{{ `a }}", false),
        ("{{/* a }}", false),
        ("{{ $value | humanise }}", false),
        ("{{ $lables.a }}", false),
        ("{{ if $value }}a", false),
        ("{{ end }}", false),
    ] {
        assert_eq!(
            template_syntax::check(&text.replace("\\\"", "\"")).is_ok(),
            valid,
            "{text}"
        );
        let rules = format!(
            "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: m > 1\n    annotations:\n      summary: \"{text}\"\n"
        );
        let (code, said) = promtool::check_rules(&rules);
        assert_eq!(code == Some(0), valid, "{text}: {said}");
    }
}
