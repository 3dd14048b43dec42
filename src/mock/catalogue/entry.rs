//! The keys of `[[alert]]`: which may be left out, and what each must be.

use std::{collections::BTreeMap, time::Duration};

use serde::Deserialize;
use toml::Value;

use super::{
    Alert, Labels,
    motion::{RecoverEntry, TriggerEntry},
    timing::{self, Timing, span},
};
use crate::mock::{model::exposition::Kind, promql::Expression};

/// Long enough to count as an alert, short enough to be rehearsed.
const USUAL_FOR: Duration = Duration::from_secs(60);
/// Labels of the rule, or of the scrape: a series cannot have them too.
const TAKEN_LABELS: [&str; 4] = ["alertname", "severity", "family", "drill"];

/// The keys of `[[alert]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AlertEntry {
    name: String,
    expr: String,
    metric: Option<String>,
    trigger: Value,
    recover: Option<Value>,
    family: Option<String>,
    severity: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    help: Option<String>,
    #[serde(default)]
    labels: Labels,
    #[serde(default)]
    baseline: f64,
    #[serde(default)]
    noise: f64,
    flag: Option<String>,
    threshold: Option<f64>,
    window: Option<String>,
    #[serde(rename = "for")]
    hold_for: Option<String>,
    summary: Option<String>,
    description: Option<String>,
}

/// Faults of one entry, each with its key.
#[derive(Debug)]
pub(super) struct Faults {
    who: String,
    found: Vec<String>,
}

impl Faults {
    /// Those of `who`.
    pub(super) fn of(who: impl Into<String>) -> Self {
        Self {
            who: who.into(),
            found: Vec::new(),
        }
    }

    /// One more.
    pub(super) fn add(&mut self, key: &str, told: impl AsRef<str>) {
        let told = told.as_ref().replace('\n', " ");
        self.found.push(format!("{}: {key}: {told}", self.who));
    }

    /// The value of a key, or one more fault and nothing.
    pub(super) fn take<T>(&mut self, key: &str, read: Result<T, String>) -> Option<T> {
        read.map_err(|told| self.add(key, told)).ok()
    }

    /// All of them.
    pub(super) fn into_lines(self) -> Vec<String> {
        self.found
    }
}

/// Reads one `[[alert]]`.
///
/// # Errors
/// Its faults, each with its name and key.
pub(super) fn alert(index: usize, entry: Value, timing: &Timing) -> Result<Alert, Vec<String>> {
    let name = entry.get("name").and_then(Value::as_str);
    let who = match name {
        Some(name) => format!("alert {name}"),
        None => format!("alert number {}", index + 1),
    };
    let mut faults = Faults::of(who);
    let entry: AlertEntry = match entry.try_into() {
        Ok(entry) => entry,
        Err(error) => {
            let told = toml::de::Error::message(&error).replace('\n', " ");
            return Err(vec![format!("{}: {told}", faults.who)]);
        }
    };
    let alert = entry.finish(&mut faults, timing);
    match (alert, faults.found.is_empty()) {
        (Some(alert), true) => Ok(alert),
        _ => Err(faults.into_lines()),
    }
}

impl AlertEntry {
    /// The alert, or `None` and why not among the faults.
    fn finish(self, faults: &mut Faults, timing: &Timing) -> Option<Alert> {
        self.check_names(faults);
        self.check_numbers(faults);
        let window = self.window.as_deref().map(timing::parse).transpose();
        let window = faults.take("window", window).flatten();
        let hold_for = self.hold_for.as_deref().map(timing::parse).transpose();
        let hold_for = faults.take("for", hold_for).flatten();
        let trigger = TriggerEntry::read(self.trigger.clone(), timing);
        let trigger = faults.take("trigger", trigger);
        let recover = RecoverEntry::read(self.recover.clone(), timing);
        let recover = faults.take("recover", recover);

        let window = window.map(|window| timing.window(window));
        let hold_for = timing.hold_for(hold_for.unwrap_or(USUAL_FOR));
        let texts = Texts {
            threshold: self.threshold,
            window,
            hold_for,
        };
        texts.check(&self.expr, faults);
        let expr = texts.put_into(&self.expr);
        let metric = self.metric.clone().map_or_else(|| selected(&expr), Ok);
        let metric = faults.take("metric", metric)?;
        let kind = faults.take("type", kind(self.kind.as_deref(), &metric));
        let summary = self.summary.unwrap_or_else(|| self.name.clone());
        let description = "the value of {{ $labels.instance }} is {{ $value }}".to_owned();
        let description = self.description.unwrap_or(description);
        Some(Alert {
            family: self.family.unwrap_or_else(|| "own".to_owned()),
            severity: self.severity.unwrap_or_else(|| "warning".to_owned()),
            help: self
                .help
                .unwrap_or_else(|| format!("What the alert {} watches.", self.name)),
            kind: kind?,
            trigger: trigger?,
            recover: recover?,
            expr,
            summary: texts.put_into(&summary),
            description: texts.put_into(&description),
            name: self.name,
            metric,
            labels: self.labels,
            baseline: self.baseline,
            noise: self.noise,
            flag: self.flag,
            threshold: self.threshold,
            window,
            hold_for,
        })
    }

    fn check_names(&self, faults: &mut Faults) {
        let word = |text: &str| {
            !text.is_empty()
                && text.len() <= 128
                && text
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b))
        };
        let texts = [("name", Some(&self.name)), ("family", self.family.as_ref())];
        for (key, text) in texts
            .into_iter()
            .chain([("severity", self.severity.as_ref())])
        {
            if text.is_some_and(|text| !word(text)) {
                faults.add(key, "must be of letters, digits, `_`, `-` and `.`");
            }
        }
        for (key, name) in [
            ("metric", self.metric.as_ref()),
            ("flag", self.flag.as_ref()),
        ] {
            if name.is_some_and(|name| !is_name(name, true)) {
                faults.add(key, "must be a metric's name: letters, digits, `_` and `:`");
            }
        }
        for (label, value) in &self.labels {
            let key = format!("labels.{label}");
            if TAKEN_LABELS.contains(&label.as_str()) {
                faults.add(
                    &key,
                    "is a label of the rule or the scrape, not of the series",
                );
            } else if !is_name(label, false) || label.starts_with("__") {
                faults.add(&key, "must be named with letters, digits and `_`");
            } else if value.is_empty() || value.len() > 128 || value.chars().any(char::is_control) {
                faults.add(&key, "must be 1 to 128 bytes without control characters");
            }
        }
    }

    fn check_numbers(&self, faults: &mut Faults) {
        let numbers = [("baseline", self.baseline), ("noise", self.noise)];
        let threshold = self.threshold.map(|threshold| ("threshold", threshold));
        for (key, number) in numbers.into_iter().chain(threshold) {
            if !number.is_finite() {
                faults.add(key, "must be a finite number");
            } else if key != "threshold" && number < 0.0 {
                faults.add(key, "must be 0 or more");
            }
        }
    }
}

/// The type that the key says, or the metric's name.
fn kind(said: Option<&str>, metric: &str) -> Result<Kind, String> {
    match said {
        None => Ok(Kind::of(metric)),
        Some("gauge") => Ok(Kind::Gauge),
        Some("counter") => Ok(Kind::Counter),
        Some("untyped") => Ok(Kind::Untyped),
        Some(other) => Err(format!(
            "must be gauge, counter or untyped, found {other:?}"
        )),
    }
}

/// The one metric that an expression selects.
fn selected(expr: &str) -> Result<String, String> {
    let metrics = Expression::parse(expr).map(|expression| expression.metrics());
    let metrics: Vec<_> = metrics.unwrap_or_default().into_iter().collect();
    match <[String; 1]>::try_from(metrics) {
        Ok([metric]) => Ok(metric),
        Err(metrics) => Err(format!(
            "is missing, and expr does not select exactly one: {expr:?} selects {}",
            metrics.len()
        )),
    }
}

/// A metric's or a label's name.
fn is_name(name: &str, metric: bool) -> bool {
    let letter = |b: u8| b.is_ascii_alphabetic() || b == b'_' || (metric && b == b':');
    name.len() <= 128
        && name.bytes().next().is_some_and(letter)
        && name.bytes().all(|b| letter(b) || b.is_ascii_digit())
}

/// What stands for `{threshold}`, `{window}` and `{for}`.
struct Texts {
    threshold: Option<f64>,
    window: Option<Duration>,
    hold_for: Duration,
}

impl Texts {
    fn pairs(&self) -> BTreeMap<&'static str, Option<String>> {
        BTreeMap::from([
            (
                "{threshold}",
                self.threshold.map(|number| number.to_string()),
            ),
            ("{window}", self.window.map(span)),
            ("{for}", Some(span(self.hold_for))),
        ])
    }

    fn put_into(&self, text: &str) -> String {
        let pairs = self.pairs().into_iter();
        pairs.fold(text.to_owned(), |text, (place, value)| match value {
            Some(value) => text.replace(place, &value),
            None => text,
        })
    }

    /// A placeholder needs its key, and a key its placeholder.
    fn check(&self, expr: &str, faults: &mut Faults) {
        for (place, value) in self.pairs() {
            let key = place.trim_matches(['{', '}']);
            match (expr.contains(place), value) {
                (true, None) => faults.add(key, format!("is missing: expr holds {place}")),
                (false, Some(_)) if key != "for" => {
                    faults.add(key, format!("is not used: expr does not hold {place}"));
                }
                _ => {}
            }
        }
    }
}
