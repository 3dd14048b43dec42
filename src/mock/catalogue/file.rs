//! A catalogue's file as a whole.

use std::{sync::Arc, time::Duration};

use toml::{Table, Value};

use super::{
    Catalogue, agreement, entry, scenario, sense,
    timing::{self, Timing},
};

/// How often Prometheus scrapes, where the file does not say.
const USUAL_INTERVAL: Duration = Duration::from_secs(15);

/// Reads a whole file.
pub(super) fn read(text: &str, scale: f64) -> Result<Catalogue, Vec<String>> {
    let mut table: Table = toml::from_str(text).map_err(|error| vec![not_toml(&error, text)])?;
    let mut faults = Vec::new();
    let interval = match table.remove("scrape_interval") {
        None => Ok(USUAL_INTERVAL),
        Some(Value::String(text)) => timing::parse(&text),
        Some(_) => Err("must be a duration in quotes".to_owned()),
    };
    let interval = interval.unwrap_or_else(|told| {
        faults.push(format!("scrape_interval: {told}"));
        USUAL_INTERVAL
    });
    let timing = Timing::new(scale, interval);
    let mut entries = |key: &str| match table.remove(key) {
        None => Vec::new(),
        Some(Value::Array(entries)) => entries,
        Some(_) => {
            faults.push(format!(
                "{key}: must be a list: begin each one with [[{key}]]"
            ));
            Vec::new()
        }
    };
    let (alerts, scenarios) = (entries("alert"), entries("scenario"));
    for key in table.keys() {
        faults.push(format!(
            "{key}: no such key; there are scrape_interval, [[alert]] and [[scenario]]"
        ));
    }

    let mut read = Vec::new();
    for (index, entry) in alerts.into_iter().enumerate() {
        match entry::alert(index, entry, &timing) {
            Ok(alert) => read.push(Arc::new(alert)),
            Err(mut found) => faults.append(&mut found),
        }
    }
    if read.is_empty() && faults.is_empty() {
        faults.push("there is no [[alert]]".to_owned());
    }
    let whole = faults.is_empty();
    let scenarios = scenario::read(scenarios, &read, whole, &timing, &mut faults);
    let catalogue = Catalogue {
        timing,
        alerts: read,
        scenarios,
    };
    // What an alert means is looked at when all of them could be read.
    if faults.is_empty() {
        faults = sense::faults(&catalogue);
        faults.append(&mut agreement::faults(&catalogue));
    }
    if faults.is_empty() {
        Ok(catalogue)
    } else {
        Err(faults)
    }
}

/// The parser's message and where it points, on one line.
fn not_toml(error: &toml::de::Error, text: &str) -> String {
    let line = error.span().map_or(1, |span| {
        1 + text
            .bytes()
            .take(span.start)
            .filter(|byte| *byte == b'\n')
            .count()
    });
    format!("line {line}: {}", error.message().replace('\n', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<String> {
        match Catalogue::parse("mine.toml", text, 1.0) {
            Ok(_) => Vec::new(),
            Err(error) => error.faults().to_vec(),
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
        faults(&text)
    }

    #[test]
    fn the_built_in_catalogue_holds_27_alerts_in_six_families() {
        let catalogue = Catalogue::load(None, 1.0).unwrap();
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
        let catalogue = Catalogue::load(None, 1.0 / 15.0).unwrap();
        let leak = catalogue.alert("MemoryLeakDetected").unwrap();
        assert_eq!(leak.expr, "deriv(memory_usage_bytes[20s]) > 262144");
        assert_eq!(leak.hold_for, Duration::from_secs(20));
        assert!(
            leak.description.ends_with("has for 20s."),
            "{}",
            leak.description
        );
    }

    #[test]
    fn five_lines_make_an_alert() {
        assert_eq!(faults_of("trigger", "2"), Vec::<String>::new());
    }

    #[test]
    fn each_fault_names_its_alert_and_its_key() {
        for (key, value, told) in [
            ("treshold", "1.0", "alert A: unknown field `treshold`"),
            (
                "threshold",
                "nan",
                "alert A: threshold: must be a finite number",
            ),
            ("baseline", "-1.0", "alert A: baseline: must be 0 or more"),
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
                "alert A: trigger: burst is for counters",
            ),
            (
                "baseline",
                "1.5",
                "alert A: baseline: makes the condition hold already, at 1.5",
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
                "{ a = \"\\n\" }",
                "alert A: labels.a: must be 1 to 128 bytes",
            ),
        ] {
            let found = faults_of(key, value);
            assert!(
                found.iter().any(|fault| fault.starts_with(told)),
                "{key} = {value}: {found:?}"
            );
            assert!(found.iter().all(|fault| !fault.contains('\n')), "{found:?}");
        }
    }

    #[test]
    fn a_file_that_is_no_catalogue_is_refused() {
        assert_eq!(faults(""), ["there is no [[alert]]"]);
        assert!(
            faults("a = ")[0].starts_with("line 1: "),
            "{:?}",
            faults("a = ")
        );
        assert!(faults("alerts = 1")[0].starts_with("alerts: no such key"));
        assert!(faults("alert = 1")[0].starts_with("alert: must be a list"));
    }

    #[test]
    fn a_scenario_names_alerts_that_there_are() {
        let catalogue = "[[alert]]\nname = \"A\"\nmetric = \"m\"\nexpr = \"m > {threshold}\"\nthreshold = 1\ntrigger = 2\n";
        let with = |scenario: &str| {
            faults(&format!(
                "{catalogue}[[scenario]]\nname = \"s\"\ntitle = \"t\"\n{scenario}"
            ))
        };
        assert_eq!(
            with("expect = [\"A\"]\nsteps = [{ at = \"0s\", trigger = \"A\" }]"),
            Vec::<String>::new()
        );
        for (scenario, told) in [
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
                "scenario s: steps[0]: must hold either trigger",
            ),
            (
                "expect = []\nsteps = []",
                "scenario s: steps: must hold at least one",
            ),
        ] {
            assert_eq!(
                with(scenario).first().map(|fault| fault.starts_with(told)),
                Some(true),
                "{:?}",
                with(scenario)
            );
        }
    }
}
