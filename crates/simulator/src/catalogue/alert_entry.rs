//! Reads `[[alert]]`: its keys, their types and their defaults.

use std::time::Duration;

use alerting::{Labels, parse_duration};
use prometheus_api::exposition::metric_type::MetricType;
use serde::Deserialize;
use toml::Value;

use super::{
    alert::Alert,
    bounds::{check_non_negative, check_number},
    entry_errors::EntryErrors,
    expression::only_metric,
    names,
    pattern::{Pattern, Recovery},
    pattern_entry::{self, RecoverEntry, TriggerEntry},
    placeholders::Placeholders,
    schema::{self, ValueType},
    timing::Timing,
};

/// The `for` of an alert that has none.
const DEFAULT_FOR: Duration = Duration::from_secs(60);

/// The keys of `[[alert]]`.
const KEYS: [(&str, ValueType); 21] = [
    ("name", ValueType::Text),
    ("expr", ValueType::Text),
    ("metric", ValueType::Text),
    ("trigger", ValueType::Trigger),
    ("recover", ValueType::Recover),
    ("family", ValueType::Text),
    ("severity", ValueType::Text),
    ("type", ValueType::Text),
    ("help", ValueType::Text),
    ("labels", ValueType::Labels),
    ("baseline", ValueType::Number),
    ("noise", ValueType::Number),
    ("flag", ValueType::Text),
    ("threshold", ValueType::Number),
    ("window", ValueType::Duration),
    ("for", ValueType::Duration),
    ("keep_firing_for", ValueType::Duration),
    ("summary", ValueType::Text),
    ("description", ValueType::Text),
    ("rule_labels", ValueType::Labels),
    ("annotations", ValueType::Labels),
];

/// The values of the keys.
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
    for_duration: Option<String>,
    keep_firing_for: Option<String>,
    summary: Option<String>,
    description: Option<String>,
    #[serde(default)]
    rule_labels: Labels,
    #[serde(default)]
    annotations: Labels,
}

/// Reads one `[[alert]]`.
///
/// # Errors
/// A line per error, with the alert and the key.
pub(super) fn read(index: usize, entry: Value, timing: &Timing) -> Result<Alert, Vec<String>> {
    let name = entry.get("name").and_then(Value::as_str);
    let mut errors = EntryErrors::of(match name {
        Some(name) => format!("alert {name}"),
        None => format!("alert number {}", index + 1),
    });
    let alert = read_entry(entry, &mut errors).and_then(|entry| entry.finish(&mut errors, timing));
    match alert {
        Some(alert) if errors.is_empty() => Ok(alert),
        _ => Err(errors.into_lines()),
    }
}

fn read_entry(entry: Value, errors: &mut EntryErrors) -> Option<AlertEntry> {
    if !entry.is_table() {
        errors.add_whole("must begin with [[alert]]");
        return None;
    }
    for (key, message) in schema::errors(&entry, &KEYS) {
        errors.add(&key, message);
    }
    if !errors.is_empty() {
        return None;
    }
    let entry = entry.try_into::<AlertEntry>();
    entry
        .map_err(|error| errors.add_whole(&error.message().replace('\n', " ")))
        .ok()
}

/// The durations and patterns of an entry, scaled. `None` where one could not be read.
struct Course {
    window: Option<Option<Duration>>,
    for_duration: Duration,
    keep_firing_for: Duration,
    trigger: Option<Pattern>,
    recover: Option<Recovery>,
}

impl AlertEntry {
    /// The alert, or `None` with the reasons in `errors`.
    fn finish(self, errors: &mut EntryErrors, timing: &Timing) -> Option<Alert> {
        self.check_names(errors);
        let course = self.course(errors, timing);
        let placeholders = Placeholders {
            threshold: self.threshold,
            // Without its window, an expression gives misleading errors.
            window: course.window?,
            for_duration: course.for_duration,
        };
        let expr = placeholders.expression(&self.expr, errors);
        let metric = match &self.metric {
            Some(metric) => metric.clone(),
            None => only_metric(expr.as_deref()?, errors)?,
        };
        errors.take("metric", names::check_metric(&metric));
        let kind = errors.take("type", metric_type(self.kind.as_deref(), &metric));
        self.check_numbers(kind, errors);
        if let (Some(kind), Some(trigger)) = (kind, course.trigger) {
            let fits = pattern_entry::check_fits(trigger, kind, self.baseline);
            errors.take("trigger", fits);
        }
        let (summary, description) = self.texts(&placeholders, errors);
        let annotations = self.annotations.iter();
        let annotations = annotations
            .map(|(name, text)| (name.clone(), placeholders.annotation(name, text, errors)))
            .collect();
        let help = format!("What the alert {} watches.", self.name);
        Some(Alert {
            family: self.family.unwrap_or_else(|| "own".to_owned()),
            severity: self.severity.unwrap_or_else(|| "warning".to_owned()),
            help: self.help.unwrap_or(help),
            kind: kind?,
            trigger: course.trigger?,
            recover: course.recover?,
            expr: expr?,
            for_duration: course.for_duration,
            keep_firing_for: course.keep_firing_for,
            summary,
            description,
            annotations,
            rule_labels: self.rule_labels,
            alertname: self.name.clone(),
            name: self.name,
            metric,
            labels: self.labels,
            baseline: self.baseline,
            noise: self.noise,
            flag: self.flag,
            threshold: self.threshold,
            window: placeholders.window,
            aggregated_with: None,
        })
    }

    fn course(&self, errors: &mut EntryErrors, timing: &Timing) -> Course {
        let mut duration = |key: &str, text: &Option<String>| {
            errors.take(key, text.as_deref().map(parse_duration).transpose())
        };
        let window = duration("window", &self.window);
        let for_duration = duration("for", &self.for_duration).flatten();
        let keep = duration("keep_firing_for", &self.keep_firing_for).flatten();
        let trigger = TriggerEntry::read(self.trigger.clone(), timing);
        let recover = RecoverEntry::read(self.recover.clone(), timing);
        Course {
            window: window.map(|window| window.map(|window| timing.window(window))),
            for_duration: timing.for_duration(for_duration.unwrap_or(DEFAULT_FOR)),
            keep_firing_for: timing.for_duration(keep.unwrap_or_default()),
            trigger: errors.take("trigger", trigger),
            recover: errors.take("recover", recover),
        }
    }

    /// The annotations `summary` and `description`, with defaults.
    fn texts(&self, placeholders: &Placeholders, errors: &mut EntryErrors) -> (String, String) {
        let summary = self.summary.as_ref().unwrap_or(&self.name);
        let description = self.description.as_deref();
        let description =
            description.unwrap_or("the value of {{ $labels.instance }} is {{ $value }}");
        (
            placeholders.annotation("summary", summary, errors),
            placeholders.annotation("description", description, errors),
        )
    }

    fn check_names(&self, errors: &mut EntryErrors) {
        for (key, text) in [
            ("family", self.family.as_ref()),
            ("severity", self.severity.as_ref()),
        ] {
            if text.is_some_and(|text| !names::is_word(text)) {
                errors.add(key, "must consist of letters, digits, `_`, `-` and `.`");
            }
        }
        errors.take("name", names::check_alert(&self.name));
        if let Some(flag) = &self.flag {
            errors.take("flag", names::check_metric(flag));
        }
        for (label, value) in &self.rule_labels {
            if let Err(message) = names::check_rule_label(label, value) {
                errors.add(&format!("rule_labels.{label}"), message);
            }
        }
        for name in self.annotations.keys() {
            if let Err(message) = names::check_annotation(name) {
                errors.add(&format!("annotations.{name}"), message);
            }
        }
        for (label, value) in &self.labels {
            if let Err(message) = names::check_label(label, value) {
                errors.add(&format!("labels.{label}"), message);
            }
        }
    }

    fn check_numbers(&self, kind: Option<MetricType>, errors: &mut EntryErrors) {
        let baseline = check_number(self.baseline, kind.unwrap_or(MetricType::Gauge));
        errors.take("baseline", baseline);
        errors.take(
            "noise",
            check_non_negative(self.noise, kind.unwrap_or(MetricType::Gauge)),
        );
        if self.threshold.is_some_and(|number| !number.is_finite()) {
            errors.add("threshold", "must be a finite number");
        }
    }
}

/// The type that the key names, or else the one that the metric's name implies.
fn metric_type(given: Option<&str>, metric: &str) -> Result<MetricType, String> {
    match given {
        None => Ok(MetricType::of(metric)),
        Some("gauge") => Ok(MetricType::Gauge),
        Some("counter") => Ok(MetricType::Counter),
        Some("untyped") => Ok(MetricType::Untyped),
        Some(other) => Err(format!(
            "must be gauge, counter or untyped, found {other:?}"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_has_exactly_the_keys_that_are_deserialized() {
        let other = Value::Table(
            [("?".to_owned(), Value::Boolean(true))]
                .into_iter()
                .collect(),
        );
        let error = AlertEntry::deserialize(other).unwrap_err().to_string();
        let (_, fields) = error.split_once("expected one of ").unwrap();
        let fields = fields.trim_end().split(", ");
        let fields: Vec<_> = fields.map(|field| field.trim_matches('`')).collect();
        assert_eq!(fields, KEYS.map(|(key, _)| key));
    }
}
