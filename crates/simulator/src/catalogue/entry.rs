//! The keys of `[[alert]]`: which may be left out, and what each must be.

use std::time::Duration;

use alerting::Labels;
use serde::Deserialize;
use toml::Value;

use super::{
    Alert,
    expr::selected,
    keys::{self, Form},
    motion::{self, RecoverEntry, TriggerEntry},
    names,
    texts::Texts,
    timing::{self, Timing},
};
use crate::model::exposition::Kind;

/// Long enough to count as an alert, short enough to be rehearsed.
const USUAL_FOR: Duration = Duration::from_secs(60);

/// The keys of `[[alert]]`.
const KEYS: [(&str, Form); 21] = [
    ("name", Form::Text),
    ("expr", Form::Text),
    ("metric", Form::Text),
    ("trigger", Form::Trigger),
    ("recover", Form::Recover),
    ("family", Form::Text),
    ("severity", Form::Text),
    ("type", Form::Text),
    ("help", Form::Text),
    ("labels", Form::Labels),
    ("baseline", Form::Number),
    ("noise", Form::Number),
    ("flag", Form::Text),
    ("threshold", Form::Number),
    ("window", Form::Duration),
    ("for", Form::Duration),
    ("keep_firing_for", Form::Duration),
    ("summary", Form::Text),
    ("description", Form::Text),
    ("rule_labels", Form::Labels),
    ("annotations", Form::Labels),
];

/// Their values.
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
    keep_firing_for: Option<String>,
    summary: Option<String>,
    description: Option<String>,
    #[serde(default)]
    rule_labels: Labels,
    #[serde(default)]
    annotations: Labels,
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
    if !entry.is_table() {
        return Err(vec![format!("{}: must begin with [[alert]]", faults.who)]);
    }
    for (key, told) in keys::faults(&entry, &KEYS) {
        faults.add(&key, told);
    }
    if !faults.found.is_empty() {
        return Err(faults.into_lines());
    }
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
        let window = self.window.as_deref().map(timing::parse).transpose();
        let window = faults.take("window", window);
        let hold_for = self.hold_for.as_deref().map(timing::parse).transpose();
        let hold_for = faults.take("for", hold_for).flatten();
        let keep = self
            .keep_firing_for
            .as_deref()
            .map(timing::parse)
            .transpose();
        let keep = faults.take("keep_firing_for", keep).flatten();
        let trigger = TriggerEntry::read(self.trigger.clone(), timing);
        let trigger = faults.take("trigger", trigger);
        let recover = RecoverEntry::read(self.recover.clone(), timing);
        let recover = faults.take("recover", recover);

        // Without its window, the expression is not what it should be.
        let window = window?.map(|window| timing.window(window));
        let hold_for = timing.hold_for(hold_for.unwrap_or(USUAL_FOR));
        let texts = Texts {
            threshold: self.threshold,
            window,
            hold_for,
        };
        let expr = texts.expression(&self.expr, faults);
        let metric = match &self.metric {
            Some(metric) => metric.clone(),
            None => selected(expr.as_deref()?, faults)?,
        };
        faults.take("metric", names::metric(&metric));
        let kind = faults.take("type", kind(self.kind.as_deref(), &metric));
        self.check_numbers(kind, faults);
        if let (Some(kind), Some(trigger)) = (kind, trigger) {
            faults.take("trigger", motion::fits(trigger, kind, self.baseline));
        }
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
            expr: expr?,
            keep_firing_for: timing.hold_for(keep.unwrap_or_default()),
            summary: texts.annotation("summary", &summary, faults),
            description: texts.annotation("description", &description, faults),
            annotations: self
                .annotations
                .iter()
                .map(|(name, text)| (name.clone(), texts.annotation(name, text, faults)))
                .collect(),
            rule_labels: self.rule_labels,
            alertname: self.name.clone(),
            name: self.name,
            metric,
            labels: self.labels,
            baseline: self.baseline,
            noise: self.noise,
            flag: self.flag,
            threshold: self.threshold,
            window,
            with: None,
            hold_for,
        })
    }

    fn check_names(&self, faults: &mut Faults) {
        for (key, text) in [
            ("family", self.family.as_ref()),
            ("severity", self.severity.as_ref()),
        ] {
            if text.is_some_and(|text| !names::is_word(text)) {
                faults.add(key, "must be of letters, digits, `_`, `-` and `.`");
            }
        }
        faults.take("name", names::alert(&self.name));
        if let Some(flag) = &self.flag {
            faults.take("flag", names::metric(flag));
        }
        for (label, value) in &self.rule_labels {
            if let Err(told) = names::rule_label(label, value) {
                faults.add(&format!("rule_labels.{label}"), told);
            }
        }
        for name in self.annotations.keys() {
            if let Err(told) = names::annotation(name) {
                faults.add(&format!("annotations.{name}"), told);
            }
        }
        for (label, value) in &self.labels {
            if let Err(told) = names::label(label, value) {
                faults.add(&format!("labels.{label}"), told);
            }
        }
    }

    fn check_numbers(&self, kind: Option<Kind>, faults: &mut Faults) {
        let baseline = motion::number(self.baseline, kind.unwrap_or(Kind::Gauge));
        faults.take("baseline", baseline);
        faults.take(
            "noise",
            motion::size(self.noise, kind.unwrap_or(Kind::Gauge)),
        );
        if self.threshold.is_some_and(|number| !number.is_finite()) {
            faults.add("threshold", "must be a finite number");
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_that_are_told_are_those_that_are_read() {
        let other = Value::Table(
            [("?".to_owned(), Value::Boolean(true))]
                .into_iter()
                .collect(),
        );
        let told = AlertEntry::deserialize(other).unwrap_err().to_string();
        let (_, fields) = told.split_once("expected one of ").unwrap();
        let fields = fields.trim_end().split(", ");
        let fields: Vec<_> = fields.map(|field| field.trim_matches('`')).collect();
        assert_eq!(fields, KEYS.map(|(key, _)| key));
    }
}
