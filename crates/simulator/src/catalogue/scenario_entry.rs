//! Reads `[[scenario]]`.

use std::{sync::Arc, time::Duration};

use alerting::{Labels, parse_duration};
use serde::Deserialize;
use toml::Value;

use super::{
    alert::Alert,
    entry_errors::EntryErrors,
    scenario::{Act, Inhibited, Scenario, Step},
    timing::Timing,
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ScenarioEntry {
    name: String,
    title: String,
    steps: Vec<StepEntry>,
    expect: Vec<String>,
    #[serde(default)]
    inhibited: Vec<InhibitedEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StepEntry {
    at: String,
    trigger: Option<String>,
    recover: Option<String>,
    value: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct InhibitedEntry {
    alert: String,
    #[serde(default)]
    labels: Labels,
}

/// Finds an alert by name; `Ok(None)` if it may be one that could not be read.
type Find<'a> = dyn Fn(&str) -> Result<Option<Arc<Alert>>, String> + 'a;

/// Reads all scenarios. `is_complete` is false where some alerts of the file could not be read: an unknown name may be one
/// of these then, and is no error of the scenario.
pub(super) fn read(
    entries: Vec<Value>,
    alerts: &[Arc<Alert>],
    is_complete: bool,
    timing: &Timing,
    errors: &mut Vec<String>,
) -> Vec<Arc<Scenario>> {
    let mut read: Vec<Arc<Scenario>> = Vec::new();
    for (index, entry) in entries.into_iter().enumerate() {
        let name = entry.get("name").and_then(Value::as_str);
        let mut own = EntryErrors::of(match name {
            Some(name) => format!("scenario {name}"),
            None => format!("scenario number {}", index + 1),
        });
        match entry.try_into::<ScenarioEntry>() {
            Ok(entry) => {
                if read.iter().any(|scenario| scenario.name == entry.name) {
                    own.add("name", "is used twice");
                }
                let find = |name: &str| find(alerts, name, is_complete);
                read.push(Arc::new(entry.finish(&find, timing, &mut own)));
            }
            Err(error) => own.add("keys", error.message()),
        }
        errors.append(&mut own.into_lines());
    }
    read
}

fn find(
    alerts: &[Arc<Alert>],
    name: &str,
    is_complete: bool,
) -> Result<Option<Arc<Alert>>, String> {
    let found = alerts.iter().find(|alert| alert.name == name);
    let namesakes = alerts.iter().filter(|alert| alert.alertname == name);
    let namesakes: Vec<_> = namesakes.map(|alert| alert.name.as_str()).collect();
    match found {
        None if !namesakes.is_empty() => Err(format!(
            "there are several alerts {name:?}: {}",
            namesakes.join(", ")
        )),
        None if is_complete => Err(format!("there is no alert {name:?}")),
        found => Ok(found.cloned()),
    }
}

impl ScenarioEntry {
    fn finish(self, find: &Find<'_>, timing: &Timing, errors: &mut EntryErrors) -> Scenario {
        if self.name.is_empty()
            || !self
                .name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
        {
            errors.add("name", "must consist of letters, digits and `-`");
        }
        if self.steps.is_empty() {
            errors.add("steps", "must have at least one");
        }
        let mut steps: Vec<Step> = Vec::new();
        for (index, step) in self.steps.into_iter().enumerate() {
            let key = format!("steps[{index}]");
            if let Some(step) = errors.take(&key, step.finish(find, timing)).flatten() {
                steps.push(step);
            }
        }
        steps.sort_by_key(|step| step.at);
        let expect = self
            .expect
            .iter()
            .filter_map(|name| errors.take("expect", find(name)).flatten());
        let expect = expect.collect();
        let inhibited = self.inhibited.into_iter();
        let inhibited = inhibited.filter_map(|inhibited| {
            errors.take("inhibited", find(&inhibited.alert))?;
            Some(Inhibited {
                alert: inhibited.alert,
                labels: inhibited.labels,
            })
        });
        Scenario {
            inhibited: inhibited.collect(),
            name: self.name,
            title: self.title,
            steps,
            expect,
        }
    }
}

impl StepEntry {
    fn finish(self, find: &Find<'_>, timing: &Timing) -> Result<Option<Step>, String> {
        let at: Duration = parse_duration(&self.at).map_err(|message| format!("at {message}"))?;
        let (name, act) = match (self.trigger, self.recover) {
            (Some(name), None) => (name, Act::Trigger { value: self.value }),
            (None, Some(name)) if self.value.is_none() => (name, Act::Recover),
            _ => {
                return Err(
                    "must have either trigger (optionally with value) or recover".to_owned(),
                );
            }
        };
        if self
            .value
            .is_some_and(|value| !value.is_finite() || value < 0.0)
        {
            return Err("value must be a finite number from 0".to_owned());
        }
        Ok(find(&name)?.map(|alert| Step {
            at: timing.scaled(at),
            alert,
            act,
        }))
    }
}
