//! Which of the alerts that servers show is the rehearsed one: by its name and the labels that it must have.

use std::fmt;

use alerting::Labels;
use prometheus_api::typed::{alert::ActiveAlert, alertmanager::AlertmanagerAlert};

/// The name and the labels of one alert.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AlertKey {
    /// Its `alertname`.
    pub(crate) name: String,
    /// The labels of its series that the expression keeps.
    pub(crate) labels: Labels,
    /// The labels of its rule that distinguish it from other rules of its name. An empty value stands for a label that only
    /// the others have.
    pub(crate) rule_labels: Labels,
}

impl AlertKey {
    /// Whether an alert with these labels is the one.
    pub(crate) fn matches(&self, labels: &Labels) -> bool {
        let value = |name: &String| labels.get(name).map_or("", String::as_str);
        let mut required = self.labels.iter().chain(&self.rule_labels);
        self.has_name_of(labels) && required.all(|(name, expected)| value(name) == expected)
    }

    /// Whether these labels have its `alertname`.
    pub(crate) fn has_name_of(&self, labels: &Labels) -> bool {
        labels.get("alertname") == Some(&self.name)
    }

    /// All labels that it must have. An empty value stands for a label that it must not have.
    pub(crate) fn required_labels(&self) -> Labels {
        let required = self.labels.iter().chain(&self.rule_labels);
        required
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    /// The alert among those of Prometheus or the gateway.
    pub(crate) fn find_active<'a>(&self, alerts: &'a [ActiveAlert]) -> Option<&'a ActiveAlert> {
        alerts.iter().find(|alert| self.matches(&alert.labels))
    }

    /// The alert among those of Alertmanager.
    pub(crate) fn find_in_alertmanager<'a>(
        &self,
        alerts: &'a [AlertmanagerAlert],
    ) -> Option<&'a AlertmanagerAlert> {
        alerts.iter().find(|alert| self.matches(&alert.labels))
    }
}

/// `DiskFull{device="sda"}`.
impl fmt::Display for AlertKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.name, format_labels(&self.labels))
    }
}

/// Labels as Prometheus writes them; empty for none.
pub(crate) fn format_labels(labels: &Labels) -> String {
    let pairs: Vec<_> = labels
        .iter()
        .map(|(name, value)| format!("{name}={value:?}"))
        .collect();
    match pairs.is_empty() {
        true => String::new(),
        false => format!("{{{}}}", pairs.join(", ")),
    }
}

/// In what `labels` differ from those that are expected. An empty expected value stands for a missing label.
pub(crate) fn label_differences(expected: &Labels, labels: &Labels) -> Vec<String> {
    let differences = expected
        .iter()
        .filter_map(|(name, value)| match labels.get(name) {
            None if value.is_empty() => None,
            None => Some(format!("label {name}: expected {value:?}, is missing")),
            Some(found) if found != value => {
                Some(format!("label {name}: expected {value:?}, found {found:?}"))
            }
            Some(_) => None,
        });
    differences.collect()
}

/// Whether these labels contain `drill="true"`, by which Alertmanager recognises a drill.
pub(crate) fn has_drill_label(labels: &Labels) -> bool {
    labels.get("drill").is_some_and(|value| value == "true")
}

/// Labels of borrowed pairs.
#[cfg(test)]
pub(crate) fn labels(pairs: &[(&str, &str)]) -> Labels {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_is_recognised_by_its_name_and_all_of_its_labels() {
        let mut key = AlertKey {
            name: "DiskFull".to_owned(),
            labels: labels(&[("device", "sda")]),
            ..AlertKey::default()
        };
        let full = |device| labels(&[("alertname", "DiskFull"), ("device", device), ("job", "x")]);
        assert!(key.matches(&full("sda")) && !key.matches(&full("sdb")));
        assert!(key.has_name_of(&full("sdb")));
        assert!(!key.matches(&labels(&[("device", "sda")])));
        assert_eq!(key.to_string(), r#"DiskFull{device="sda"}"#);
        key.rule_labels = labels(&[("job", "y")]);
        assert!(!key.matches(&full("sda")));
        key.rule_labels = labels(&[("team", "")]);
        assert!(key.matches(&full("sda")));
        let mut of_team = full("sda");
        of_team.insert("team".to_owned(), "a".to_owned());
        assert!(!key.matches(&of_team));
        assert_eq!(
            format_labels(&key.required_labels()),
            r#"{device="sda", team=""}"#
        );
    }
}
