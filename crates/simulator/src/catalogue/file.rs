//! A catalogue's file as a whole.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use promql::Expression;
use toml::{Table, Value};

use super::{
    Alert, Catalogue, agreement, entry, foreign, namesakes, scenario, sense,
    served::Served,
    timing::{self, Timing},
};
use crate::model::exposition;

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
    let mut table: Table = toml::from_str(text)
        .map_err(|error| vec![foreign::told(text).unwrap_or_else(|| not_toml(&error, text))])?;
    if let Some(told) = foreign::keys(table.keys()) {
        return Err(vec![told]);
    }
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
    namesakes::tell_apart(&mut read);
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
    find_others(&mut catalogue);
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

/// Notes of each alert which other series its expression aggregates with its own.
fn find_others(catalogue: &mut Catalogue) {
    let expression = |alert: &Alert| Expression::parse(&alert.expr).ok();
    let aggregates = |alert: &Arc<Alert>| expression(alert).is_some_and(|one| one.is_aggregation());
    if !catalogue.alerts.iter().any(aggregates) {
        return;
    }
    let served = Served::by(catalogue);
    for alert in &mut catalogue.alerts {
        let own = (alert.metric.as_str(), &alert.labels);
        let other = expression(alert).and_then(|one| one.aggregates(own, &served.all()));
        if let Some((name, labels)) = other {
            let labels = labels
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()));
            let other = exposition::head(name, &exposition::labels(labels));
            Arc::make_mut(alert).with = Some(other.trim_end().to_owned());
        }
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
#[path = "file_tests.rs"]
mod tests;
