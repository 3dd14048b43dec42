//! Errors in the rules of alerts and in the steps of scenarios.

use super::{CanFire, CheckedCatalogue, can_fire, report::notes};

fn errors(text: &str) -> Vec<String> {
    match CheckedCatalogue::parse("mine.toml", text, 1.0) {
        Ok(_) => Vec::new(),
        Err(error) => error.errors().to_vec(),
    }
}

/// An alert with a trigger.
fn alert(expr: &str, trigger: &str, more: &str) -> String {
    format!("[[alert]]\nname = \"A\"\nexpr = \"{expr}\"\ntrigger = {trigger}\n{more}\n")
}

#[test]
fn an_invalid_expression_is_reported_with_or_without_the_metric() {
    for metric in ["", "metric = \"room\"\n"] {
        let found = errors(&alert("room <", "2", metric));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].starts_with("alert A: expr: is not PromQL: "),
            "{found:?}"
        );
    }
    let placed = "alert A: expr: is not PromQL: line 1, column 7: unexpected end: room <";
    assert_eq!(errors(&alert("room <", "2", "")), [placed]);
    let missing = "alert A: threshold: is missing: expr contains {threshold}";
    assert_eq!(errors(&alert("room < {threshold}", "2", "")), [missing]);
}

#[test]
fn a_rule_that_drops_the_label_drill_is_noted() {
    let noted = |by: &str| {
        let expr = format!("\"sum by ({by}) (m) > {{threshold}}\"");
        let text = format!("[[alert]]\nname = \"A\"\nexpr = {expr}\nthreshold = 1\ntrigger = 2\n");
        let notes = notes(&CheckedCatalogue::parse("mine.toml", &text, 1.0).unwrap());
        notes
            .iter()
            .any(|note| note.contains("drops the label drill"))
    };
    assert!(noted("job") && !noted("job, drill"));
}

#[test]
fn a_label_that_the_expression_needs_is_named() {
    let text = alert("rate(m_total[5m]) > 1", "5", "labels = { b = \"c\" }");
    let with = |matchers: &str| errors(&text.replace("m_total", &format!("m_total{matchers}")));
    let missing =
        "alert A: labels: a is missing: expr selects by it, and the series would not match";
    assert_eq!(with("{a='b'}"), [missing]);
    assert_eq!(with("{a!='', b='c'}"), [missing]);
    let away = |text: &str| with(text).concat();
    assert!(away("{job='x'}").starts_with("alert A: labels: job is missing"));
    assert!(away("{instance='y'}").starts_with("alert A: labels: instance is missing"));
    assert!(away("{drill!='true'}").starts_with("alert A: expr: selects no series with drill"));
    for matchers in [
        "{job='mock-metrics', instance!='y', drill='true'}",
        "{b='c', a=''}",
    ] {
        assert_eq!(with(matchers), Vec::<String>::new(), "{matchers}");
    }
}

#[test]
fn a_label_that_the_expression_contradicts_is_reported_with_the_matcher() {
    let text = alert("open{room='a'} == 1", "1", "labels = { room = \"b\" }");
    let message =
        "alert A: labels: room is not what expr selects, room=\"a\": the series would not match";
    assert_eq!(errors(&text), [message]);
}

#[test]
fn absence_cannot_be_rehearsed() {
    for expr in ["absent(m)", "(absent_over_time(m[5m]) == 1)"] {
        let text = alert(expr, "1", "");
        let results = can_fire(&CheckedCatalogue::parse("mine.toml", &text, 1.0).unwrap());
        assert!(matches!(results[0], CanFire::No(_)), "{results:?}");
    }
}

#[test]
fn a_step_that_recovers_an_expected_alert_before_it_fires_is_an_error() {
    let story = |steps: &str| {
        let one = alert("m > 1", "2", "for = \"1m\"");
        let steps = format!("{{ at = \"0s\", trigger = \"A\" }}, {steps}");
        errors(&format!(
            "{one}[[scenario]]\nname = \"s\"\ntitle = \"t\"\nexpect = [\"A\"]\nsteps = [{steps}]\n"
        ))
    };
    let message = "scenario s: steps: recover A at 40s: its condition has not held for its `for` of 1m and two evaluations by then";
    let early = "{ at = \"40s\", recover = \"A\" }";
    assert_eq!(story(early), [message]);
    assert_eq!(story("{ at = \"2m\", recover = \"A\" }"), [""; 0]);
    let again = format!("{early}, {{ at = \"50s\", trigger = \"A\" }}");
    assert_eq!(story(&again), [""; 0]);
}

#[test]
fn the_error_about_a_pattern_names_patterns_that_the_metric_can_follow() {
    let growth =
        |ceiling: &str| format!("{{ pattern = \"growth\", per_second = 1, ceiling = {ceiling} }}");
    for (text, message) in [
        (
            alert(
                "m > 1",
                "{ pattern = \"burst\", count = 3, every = \"10s\" }",
                "",
            ),
            "the metric is of type gauge, and burst is for counters: use hold, spike or flapping, or set type = \"counter\"",
        ),
        (
            alert("rate(m_total[5m]) > 1", &growth("9"), ""),
            "the metric is of type counter, and growth is for gauges: use hold or ramp, whose `to` is a counter's rate per second",
        ),
        (
            alert("m > 5", &growth("2"), "baseline = 3"),
            "ceiling must be above the baseline, which is 3, found 2",
        ),
    ] {
        assert_eq!(errors(&text), [format!("alert A: trigger: {message}")]);
    }
}

#[test]
fn the_error_about_a_compared_counter_says_what_to_compare() {
    let message = "alert A: expr: compares the counter m_total itself, which never falls: \
                compare rate(m_total[5m]) or increase(m_total[5m]); if it can fall and is not a counter, set type = \"gauge\"";
    for baseline in ["", "baseline = 1"] {
        assert_eq!(errors(&alert("m_total > 5", "2", baseline)), [message]);
    }
    let too_low = errors(&alert("m_total - m_total offset 5m > 5", "0.001", ""));
    assert!(
        too_low[0].starts_with("alert A: trigger: does not make"),
        "{too_low:?}"
    );
}

#[test]
fn a_window_that_holds_fewer_than_two_scrapes_is_an_error_at_every_scale() {
    let never = "never holds two scrapes, which come every";
    let perhaps = "may hold fewer than two scrapes, which come every";
    for scale in [1.0, 1.0 / 15.0] {
        let message = |seconds: &str| {
            let text = alert(
                "rate(m_total[{window}]) > 1",
                "5",
                &format!("window = \"{seconds}s\""),
            );
            match CheckedCatalogue::parse("mine.toml", &text, scale) {
                Ok(catalogue) => notes(&catalogue),
                Err(error) => error.errors().to_vec(),
            }
        };
        assert_eq!(message("30"), Vec::<String>::new());
        for (seconds, why) in [("10", never), ("20", perhaps)] {
            let message = message(seconds);
            assert_eq!(message.len(), 1, "{message:?}");
            assert!(message[0].starts_with("alert A: window: "), "{message:?}");
            assert!(message[0].contains(why), "{message:?}");
        }
    }
    let literal = errors(&alert("rate(m_total[10s]) > 1", "5", ""));
    let message = "alert A: expr: 10s never holds two scrapes, which come every 15s, and a rate needs two: use a window of four scrapes";
    assert_eq!(literal, [message]);
}
