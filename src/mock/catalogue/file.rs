//! A catalogue's file as a whole.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use toml::{Table, Value};

use super::{
    Alert, Catalogue, agreement, entry, scenario, sense,
    timing::{self, Timing},
};

/// Prometheus scrapes no more often than the simulator moves.
const SHORTEST_INTERVAL: Duration = Duration::from_secs(1);
/// How often Prometheus scrapes, where the file does not say.
const USUAL_INTERVAL: Duration = Duration::from_secs(15);

/// The alerts that carry a flag, of a file that is known to be valid and has the usual interval.
pub(super) fn flagged(text: &str, scale: f64) -> Vec<Arc<Alert>> {
    let timing = Timing::new(scale, USUAL_INTERVAL);
    let table: Table = toml::from_str(text).unwrap_or_default();
    let entries = table.get("alert").and_then(Value::as_array);
    let entries = entries.into_iter().flatten().enumerate();
    let flagged = entries.filter(|(_, entry)| entry.get("flag").is_some());
    let read = flagged.filter_map(|(at, entry)| entry::alert(at, entry.clone(), &timing).ok());
    read.map(Arc::new).collect()
}

/// Reads a whole file. What is at fault only at this scale says so.
pub(super) fn read(text: &str, scale: f64) -> Result<Catalogue, Vec<String>> {
    let faults = match read_at(text, scale) {
        Err(faults) if scale != 1.0 => faults,
        read => return read,
    };
    let unscaled = read_at(text, 1.0).err().unwrap_or_default();
    let known: BTreeSet<_> = unscaled.iter().map(|fault| place(fault)).collect();
    let told = |fault: String| match known.contains(place(&fault)) {
        true => fault,
        false => format!("{fault} (at the time scale {scale}; at 1 it is valid)"),
    };
    Err(faults.into_iter().map(told).collect())
}

/// The alert and the key of a fault, without what is told of them.
fn place(fault: &str) -> &str {
    let end = fault.match_indices(": ").nth(1);
    end.map_or(fault, |(end, _)| &fault[..end])
}

fn interval(text: &str) -> Result<Duration, String> {
    let interval = timing::parse(text)?;
    if interval < SHORTEST_INTERVAL {
        return Err(format!("must be at least 1s, found {text:?}"));
    }
    Ok(interval)
}

fn read_at(text: &str, scale: f64) -> Result<Catalogue, Vec<String>> {
    let mut table: Table = toml::from_str(text).map_err(|error| vec![not_toml(&error, text)])?;
    let mut faults = Vec::new();
    let interval = match table.remove("scrape_interval") {
        None => Ok(USUAL_INTERVAL),
        Some(Value::String(text)) => interval(&text),
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
    if !faults.is_empty() {
        return Err(faults);
    }
    // What an alert means is looked at when all of them could be read.
    meant(Catalogue {
        timing,
        places: places(&read),
        alerts: read,
        scenarios,
        told: Vec::new(),
    })
}

/// Where each name stands first.
fn places(alerts: &[Arc<Alert>]) -> HashMap<String, usize> {
    let names = alerts.iter().enumerate().rev();
    names.map(|(at, alert)| (alert.name.clone(), at)).collect()
}

fn meant(mut catalogue: Catalogue) -> Result<Catalogue, Vec<String>> {
    let told = sense::told(&catalogue);
    let disagreements = agreement::faults(&catalogue);
    match told {
        Ok(told) if disagreements.is_empty() => {
            catalogue.told = told;
            Ok(catalogue)
        }
        told => Err([told.err().unwrap_or_default(), disagreements].concat()),
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

    fn at(text: &str, scale: f64) -> Vec<String> {
        match Catalogue::parse("mine.toml", text, scale) {
            Ok(_) => Vec::new(),
            Err(error) => error.faults().to_vec(),
        }
    }

    fn faults(text: &str) -> Vec<String> {
        at(text, 1.0)
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
    fn a_file_that_is_no_catalogue_is_refused() {
        assert_eq!(faults(""), ["there is no [[alert]]"]);
        assert!(
            faults("a = ")[0].starts_with("line 1: "),
            "{:?}",
            faults("a = ")
        );
        assert!(faults("alerts = 1")[0].starts_with("alerts: no such key"));
        assert_eq!(
            faults("alert = [1]"),
            ["alert number 1: must begin with [[alert]]"]
        );
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

    #[test]
    fn a_fault_that_only_the_time_scale_makes_says_so() {
        // In a fast world nothing is left of the minute for which the spike lasts.
        let spike = "[[alert]]\nname = \"A\"\nexpr = \"m > 5\"\nfor = \"0s\"\ntrigger = { pattern = \"spike\", to = 9, half_life = \"100s\" }\n";
        assert_eq!(faults(spike), Vec::<String>::new());
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
        let catalogue = Catalogue::parse("mine.toml", &text, 1.0).unwrap();
        assert_eq!(catalogue.alert("A999").unwrap().labels["n"], "999");
        assert!(catalogue.alert("A1000").is_none());
        let twice = faults(&(alert(1) + &alert(1)));
        assert_eq!(twice, ["alert A1: name: stands twice"]);
    }

    /// Nobody waits longer for a demonstration. (A leak is told by its slope, over minutes.)
    #[test]
    fn every_alert_but_the_leak_fires_within_two_minutes_of_its_trigger() {
        let catalogue = Catalogue::load(None, 1.0).unwrap();
        for (alert, told) in catalogue.predicted() {
            // `rise` includes the wait for the scrape.
            let rise = told.as_ref().unwrap().rise;
            let fires = rise + catalogue.timing.interval + alert.hold_for;
            let is_quick = fires <= Duration::from_secs(120);
            let is_leak = alert.name == "MemoryLeakDetected";
            assert!(is_quick != is_leak, "{}: {fires:?}", alert.name);
        }
    }

    #[test]
    fn the_built_in_catalogue_is_valid_at_both_ends_of_the_time_scale() {
        for scale in [0.02, 10.0] {
            let loaded = Catalogue::load(None, scale);
            assert!(loaded.is_ok(), "{scale}: {loaded:?}");
        }
    }
}
