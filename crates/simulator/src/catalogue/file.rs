//! Reads the file of a catalogue.

use std::{sync::Arc, time::Duration};

use alerting::parse_duration;
use toml::{Table, Value};

use super::{
    alert::Alert, alert_entry, contents::Catalogue, foreign_file, namesakes, scenario_entry,
    timing::Timing,
};

/// The shortest scrape interval: the simulator moves its series once a second.
const SHORTEST_INTERVAL: Duration = Duration::from_secs(1);
/// The scrape interval of a file that does not give one.
const DEFAULT_INTERVAL: Duration = Duration::from_secs(15);

/// Reads a file at a time scale.
///
/// # Errors
/// A line per error, with the alert or scenario and the key.
pub(crate) fn read(text: &str, scale: f64) -> Result<Catalogue, Vec<String>> {
    let mut table: Table = toml::from_str(text).map_err(|error| {
        vec![foreign_file::recognise(text).unwrap_or_else(|| not_toml(&error, text))]
    })?;
    if let Some(message) = foreign_file::recognise_keys(table.keys()) {
        return Err(vec![message]);
    }
    let mut errors = Vec::new();
    let interval = scrape_interval(table.remove("scrape_interval")).unwrap_or_else(|message| {
        errors.push(format!("scrape_interval: {message}"));
        DEFAULT_INTERVAL
    });
    let timing = Timing::new(scale, interval);
    let alerts = entries(&mut table, "alert", &mut errors);
    let scenarios = entries(&mut table, "scenario", &mut errors);
    for key in table.keys() {
        errors.push(format!(
            "{key}: no such key; there are scrape_interval, [[alert]] and [[scenario]]"
        ));
    }
    let mut alerts = read_alerts(alerts, &timing, &mut errors);
    if alerts.is_empty() && errors.is_empty() {
        errors.push("there is no [[alert]]".to_owned());
    }
    namesakes::make_unique(&mut alerts);
    let is_complete = errors.is_empty();
    let scenarios = scenario_entry::read(scenarios, &alerts, is_complete, &timing, &mut errors);
    match errors.is_empty() {
        true => Ok(Catalogue::new(timing, alerts, scenarios)),
        false => Err(errors),
    }
}

/// The alerts that have a flag, in a valid file with the default scrape interval.
pub(super) fn flagged(text: &str, scale: f64) -> Vec<Arc<Alert>> {
    let timing = Timing::new(scale, DEFAULT_INTERVAL);
    let table: Table = toml::from_str(text).unwrap_or_default();
    let entries = table.get("alert").and_then(Value::as_array);
    let entries = entries.into_iter().flatten().enumerate();
    let flagged = entries.filter(|(_, entry)| entry.get("flag").is_some());
    let read = flagged.filter_map(|(at, entry)| alert_entry::read(at, entry.clone(), &timing).ok());
    read.map(Arc::new).collect()
}

fn scrape_interval(value: Option<Value>) -> Result<Duration, String> {
    let text = match value {
        None => return Ok(DEFAULT_INTERVAL),
        Some(Value::String(text)) => text,
        Some(_) => return Err("must be a duration in quotes".to_owned()),
    };
    let interval = parse_duration(&text)?;
    if interval < SHORTEST_INTERVAL {
        return Err(format!("must be at least 1s, found {text:?}"));
    }
    Ok(interval)
}

fn entries(table: &mut Table, key: &str, errors: &mut Vec<String>) -> Vec<Value> {
    match table.remove(key) {
        None => Vec::new(),
        Some(Value::Array(entries)) => entries,
        Some(_) => {
            errors.push(format!(
                "{key}: must be a list: begin each one with [[{key}]]"
            ));
            Vec::new()
        }
    }
}

fn read_alerts(entries: Vec<Value>, timing: &Timing, errors: &mut Vec<String>) -> Vec<Arc<Alert>> {
    let mut alerts = Vec::new();
    for (index, entry) in entries.into_iter().enumerate() {
        match alert_entry::read(index, entry, timing) {
            Ok(alert) => alerts.push(Arc::new(alert)),
            Err(mut found) => errors.append(&mut found),
        }
    }
    alerts
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
