//! Catalogues as whole files, and the built-in one.

use std::time::Duration;

use super::CheckedCatalogue;

fn at(text: &str, scale: f64) -> Vec<String> {
    match CheckedCatalogue::parse("mine.toml", text, scale) {
        Ok(_) => Vec::new(),
        Err(error) => error.errors().to_vec(),
    }
}

fn errors(text: &str) -> Vec<String> {
    at(text, 1.0)
}

#[test]
fn the_built_in_catalogue_holds_27_alerts_in_six_families() {
    let catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
    assert_eq!(catalogue.alerts.len(), 27);
    assert_eq!(catalogue.families().len(), 6);
    assert!(catalogue.scenarios.len() >= 5);
    assert_eq!(
        catalogue.alert("DiskFull").unwrap().series(),
        r#"device="sda",mountpoint="/data""#
    );
}

#[test]
fn durations_are_scaled_and_put_in_place() {
    let catalogue = CheckedCatalogue::load(None, 1.0 / 15.0).unwrap();
    let leak = catalogue.alert("MemoryLeakDetected").unwrap();
    assert_eq!(leak.expr, "deriv(memory_usage_bytes[20s]) > 262144");
    assert_eq!(leak.for_duration, Duration::from_secs(20));
    assert!(
        leak.description.ends_with("has for 20s."),
        "{}",
        leak.description
    );
}

#[test]
fn a_file_that_is_no_catalogue_is_refused() {
    assert_eq!(errors(""), ["there is no [[alert]]"]);
    assert!(
        errors("a = ")[0].starts_with("line 1: "),
        "{:?}",
        errors("a = ")
    );
    assert!(errors("alerts = 1")[0].starts_with("alerts: no such key"));
    assert_eq!(
        errors("alert = [1]"),
        ["alert number 1: must begin with [[alert]]"]
    );
    assert!(errors("alert = 1")[0].starts_with("alert: must be a list"));
}

#[test]
fn a_scenario_names_alerts_that_there_are() {
    let catalogue = "[[alert]]\nname = \"A\"\nmetric = \"m\"\nexpr = \"m > {threshold}\"\nthreshold = 1\ntrigger = 2\n";
    let with = |scenario: &str| {
        errors(&format!(
            "{catalogue}[[scenario]]\nname = \"s\"\ntitle = \"t\"\n{scenario}"
        ))
    };
    assert_eq!(
        with("expect = [\"A\"]\nsteps = [{ at = \"0s\", trigger = \"A\" }]"),
        Vec::<String>::new()
    );
    for (scenario, message) in [
        (
            "expect = [\"B\"]\nsteps = [{ at = \"0s\", trigger = \"A\" }]",
            "scenario s: expect: there is no alert \"B\"",
        ),
        (
            "expect = []\nsteps = [{ at = \"0s\", trigger = \"B\" }]",
            "scenario s: steps[0]: there is no alert \"B\"",
        ),
        (
            "expect = []\nsteps = [{ at = \"0s\", trigger = \"A\", value = 1.0 }]",
            "scenario s: steps: trigger A: value 1 does not make the condition hold",
        ),
        (
            "expect = []\nsteps = [{ at = \"0s\" }]",
            "scenario s: steps[0]: must have either trigger",
        ),
        (
            "expect = []\nsteps = []",
            "scenario s: steps: must have at least one",
        ),
    ] {
        assert_eq!(
            with(scenario)
                .first()
                .map(|fault| fault.starts_with(message)),
            Some(true),
            "{:?}",
            with(scenario)
        );
    }
}

#[test]
fn a_fault_that_only_the_time_scale_makes_says_so() {
    // In a fast world nothing is left of the minute for which the spike lasts.
    let spike = "[[alert]]\nname = \"A\"\nexpr = \"m > 5\"\nfor = \"0s\"\ntrigger = { pattern = \"spike\", to = 9, half_life = \"100s\" }\n";
    assert_eq!(errors(spike), Vec::<String>::new());
    let found = at(spike, 0.02);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].ends_with("(at the time scale 0.02; at 1 it is valid)"),
        "{found:?}"
    );
    let always = at(&spike.replace("to = 9", "to = 4"), 0.02);
    assert!(always[0].ends_with("hold: m > 5"), "{always:?}");
}

#[test]
fn a_catalogue_of_a_thousand_alerts_finds_each_by_its_name() {
    let alert = |number| {
        format!(
            "[[alert]]\nname = \"A{number}\"\nexpr = \"m > 5\"\nlabels = {{ n = \"{number}\" }}\ntrigger = 9\n"
        )
    };
    let text: String = (0..1_000).map(alert).collect();
    let catalogue = CheckedCatalogue::parse("mine.toml", &text, 1.0).unwrap();
    assert_eq!(catalogue.alert("A999").unwrap().labels["n"], "999");
    assert!(catalogue.alert("A1000").is_none());
    let twice = errors(&(alert(1) + &alert(1)));
    assert_eq!(twice, ["alert A1: name: is used twice"]);
}

#[test]
fn a_rule_file_of_prometheus_is_known_for_one() {
    for text in [
        "groups:\n  - name: a\n",
        "# ours\r\n\r\ngroups:\r\n- name: a\r\n",
        "groups: []\n",
    ] {
        let message = at(text, 1.0).concat();
        assert!(
            message.starts_with("is a rule file of Prometheus"),
            "{message}"
        );
    }
    assert!(
        at("[[alert]]\nname = 'groups:\n'", 1.0)
            .concat()
            .starts_with("line ")
    );
}

/// The limit of a demonstration. A leak is detected by its slope over minutes.
#[test]
fn every_alert_but_the_leak_fires_within_two_minutes_of_its_trigger() {
    let catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
    for (alert, message) in catalogue.predicted() {
        // `rise` includes the wait for the scrape.
        let rise = message.as_ref().unwrap().rise;
        let fires = rise + catalogue.timing.interval + alert.for_duration;
        let is_quick = fires <= Duration::from_secs(120);
        let is_leak = alert.name == "MemoryLeakDetected";
        assert!(is_quick != is_leak, "{}: {fires:?}", alert.name);
    }
}

#[test]
fn the_built_in_catalogue_is_valid_at_both_ends_of_the_time_scale() {
    for scale in [0.02, 10.0] {
        let loaded = CheckedCatalogue::load(None, scale);
        assert!(loaded.is_ok(), "{scale}: {loaded:?}");
    }
}
