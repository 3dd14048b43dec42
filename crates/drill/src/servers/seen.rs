//! What the servers show, as plain values: alerts, rules, silences; and how one alert is told from the others.

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

/// Label names and values; of annotations too.
pub(crate) type Labels = BTreeMap<String, String>;
/// A moment of the wall clock, since `activeAt` is one.
pub(crate) type Moment = DateTime<Utc>;

/// An active alert as Prometheus shows it, and the gateway after it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Shown {
    pub(crate) labels: Labels,
    #[serde(default)]
    pub(crate) annotations: Labels,
    pub(crate) state: String,
    #[serde(rename = "activeAt", default)]
    pub(crate) active_at: String,
    #[serde(default)]
    pub(crate) value: String,
}

impl Shown {
    pub(crate) fn fires(&self) -> bool {
        self.state == "firing"
    }

    /// Since when it is active by our clock, if that is RFC 3339; Prometheus' clock is ahead by `skew`.
    pub(crate) fn since(&self, skew: TimeDelta) -> Option<Moment> {
        let read = DateTime::parse_from_rfc3339(&self.active_at).ok()?;
        Some(read.with_timezone(&Utc) - skew)
    }
}

/// An alert as Alertmanager holds it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Held {
    pub(crate) labels: Labels,
    #[serde(default)]
    pub(crate) annotations: Labels,
    #[serde(default)]
    pub(crate) fingerprint: String,
    pub(crate) status: HeldStatus,
    /// Who is told of it.
    #[serde(default)]
    pub(crate) receivers: Vec<Named>,
}

/// What has a name, as Alertmanager writes it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Named {
    pub(crate) name: String,
}

/// A moment as it is told to people who wait for it.
pub(crate) fn clock(moment: Moment) -> String {
    moment.format("%H:%M:%S UTC").to_string()
}

/// Whether these labels say that an alert is a drill's.
pub(crate) fn is_marked(labels: &Labels) -> bool {
    labels.get("drill").is_some_and(|mark| mark == "true")
}

/// What Alertmanager does with an alert.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HeldStatus {
    /// `active`, `suppressed` or `unprocessed`.
    pub(crate) state: String,
    /// Fingerprints of alerts.
    #[serde(default)]
    pub(crate) inhibited_by: Vec<String>,
    /// Ids of silences.
    #[serde(default)]
    pub(crate) silenced_by: Vec<String>,
}

/// An alerting rule as Prometheus has loaded it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rule {
    pub(crate) name: String,
    pub(crate) query: String,
    /// `for`, in seconds.
    #[serde(default)]
    pub(crate) duration: f64,
    /// In seconds.
    #[serde(default)]
    pub(crate) keep_firing_for: f64,
    #[serde(default)]
    pub(crate) labels: Labels,
    /// Templates.
    #[serde(default)]
    pub(crate) annotations: Labels,
    #[serde(default)]
    pub(crate) last_error: String,
    /// How often its group is evaluated.
    #[serde(skip)]
    pub(crate) interval: Duration,
}

/// How one alert is told from others: its name, and labels that it must have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) name: String,
    /// Those of its series.
    pub(crate) labels: Labels,
    /// Those of its rule that other rules of its name do not add; empty for those that only others add.
    pub(crate) added: Labels,
}

impl Identity {
    /// Whether these labels are its own.
    pub(crate) fn is(&self, labels: &Labels) -> bool {
        let value = |name: &String| labels.get(name).map_or("", String::as_str);
        let mut own = self.labels.iter().chain(&self.added);
        self.is_namesake(labels) && own.all(|(name, expected)| value(name) == expected)
    }

    /// All labels by which it is told from others; an empty one is missing.
    pub(crate) fn own(&self) -> Labels {
        let own = self.labels.iter().chain(&self.added);
        own.map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    /// Whether these labels have its name.
    pub(crate) fn is_namesake(&self, labels: &Labels) -> bool {
        labels.get("alertname") == Some(&self.name)
    }

    /// It among the alerts that Prometheus or the gateway shows.
    pub(crate) fn shown<'a>(&self, all: &'a [Shown]) -> Option<&'a Shown> {
        all.iter().find(|shown| self.is(&shown.labels))
    }

    /// It among the alerts that Alertmanager holds.
    pub(crate) fn held<'a>(&self, all: &'a [Held]) -> Option<&'a Held> {
        all.iter().find(|held| self.is(&held.labels))
    }

    /// `DiskFull{device="sda"}`.
    pub(crate) fn told(&self) -> String {
        format!("{}{}", self.name, braces(&self.labels))
    }
}

/// Labels as Prometheus writes them; nothing for none.
pub(crate) fn braces(labels: &Labels) -> String {
    let pairs: Vec<_> = labels
        .iter()
        .map(|(name, value)| format!("{name}={value:?}"))
        .collect();
    match pairs.is_empty() {
        true => String::new(),
        false => format!("{{{}}}", pairs.join(", ")),
    }
}

#[cfg(test)]
pub(crate) fn labels(pairs: &[(&str, &str)]) -> Labels {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_is_told_from_others_by_its_name_and_all_of_its_labels() {
        let mut identity = Identity {
            name: "DiskFull".to_owned(),
            labels: labels(&[("device", "sda")]),
            ..Identity::default()
        };
        let full = |device| labels(&[("alertname", "DiskFull"), ("device", device), ("job", "x")]);
        assert!(identity.is(&full("sda")) && !identity.is(&full("sdb")));
        assert!(identity.is_namesake(&full("sdb")));
        assert!(!identity.is(&labels(&[("device", "sda")])));
        assert_eq!(identity.told(), r#"DiskFull{device="sda"}"#);
        identity.added = labels(&[("job", "y")]);
        assert!(!identity.is(&full("sda")));
        identity.added = labels(&[("team", "")]);
        assert!(identity.is(&full("sda")));
        let mut of_team = full("sda");
        of_team.insert("team".to_owned(), "a".to_owned());
        assert!(!identity.is(&of_team));
        assert_eq!(braces(&identity.own()), r#"{device="sda", team=""}"#);
    }
}
