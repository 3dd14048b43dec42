//! One alert of a catalogue.

use std::time::Duration;

use alerting::{Labels, Rule};
use prometheus_api::exposition::{metric_type::MetricType, write};

use super::pattern::{Pattern, Recovery};

/// One alert: its rule, its series, and the pattern that sets it off. Durations are scaled.
#[derive(Debug, Clone)]
pub struct Alert {
    /// Unique in the catalogue.
    pub name: String,
    /// The label `alertname`. Where several alerts share it, their `name` also holds the rule labels in which they differ.
    pub alertname: String,
    /// The label `family`.
    pub family: String,
    /// The label `severity`.
    pub severity: String,
    /// The metric that a trigger moves.
    pub metric: String,
    /// The type of the metric.
    pub kind: MetricType,
    /// The text of `# HELP`.
    pub help: String,
    /// The labels of the series that a trigger moves.
    pub labels: Labels,
    /// The undisturbed value of a gauge, or the undisturbed increments per second of a counter.
    pub baseline: f64,
    /// The largest deviation from the baseline.
    pub noise: f64,
    /// How the series moves after a trigger.
    pub trigger: Pattern,
    /// How the series goes back to its baseline.
    pub recover: Recovery,
    /// A gauge of the same labels that is 1 while the alert is triggered.
    pub flag: Option<String>,
    /// The expression of the rule, with the threshold and the window filled in.
    pub expr: String,
    /// The value of the placeholder `{threshold}`.
    pub threshold: Option<f64>,
    /// The value of the placeholder `{window}`.
    pub window: Option<Duration>,
    /// Another series of the simulator that the expression aggregates with the series of this alert. Predictions from one
    /// series are not possible then.
    pub aggregated_with: Option<String>,
    /// The rule's `for`.
    pub for_duration: Duration,
    /// The rule's `keep_firing_for`.
    pub keep_firing_for: Duration,
    /// The labels that the rule adds besides `severity` and `family`.
    pub rule_labels: Labels,
    /// The annotations besides `summary` and `description`, as templates.
    pub annotations: Labels,
    /// The annotation `summary`, as a template.
    pub summary: String,
    /// The annotation `description`, as a template.
    pub description: String,
}

impl Alert {
    /// The labels that the rule adds to those of the series.
    pub fn added_labels(&self) -> Labels {
        let own = [("severity", &self.severity), ("family", &self.family)];
        let own = own.map(|(name, value)| (name.to_owned(), value.clone()));
        self.rule_labels.clone().into_iter().chain(own).collect()
    }

    /// The labels of its series, by name.
    pub fn pairs(&self) -> Vec<(&str, &str)> {
        let pairs = self.labels.iter();
        pairs
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }

    /// The labels of its series as they are exposed.
    pub fn series(&self) -> String {
        write::labels(self.pairs())
    }

    /// True where the metric is a counter.
    pub fn is_counter(&self) -> bool {
        self.kind == MetricType::Counter
    }

    /// The rule of the alert.
    pub fn rule(&self) -> Rule {
        let pair = |(name, text): (&str, &String)| (name.to_owned(), text.clone());
        let labels = [("severity", &self.severity), ("family", &self.family)];
        let texts = [
            ("summary", &self.summary),
            ("description", &self.description),
        ];
        let more = |pairs: &Labels| pairs.clone().into_iter();
        Rule {
            alert: self.alertname.clone(),
            expr: self.expr.clone(),
            for_duration: self.for_duration,
            keep_firing_for: self.keep_firing_for,
            labels: labels
                .map(pair)
                .into_iter()
                .chain(more(&self.rule_labels))
                .collect(),
            annotations: texts
                .map(pair)
                .into_iter()
                .chain(more(&self.annotations))
                .collect(),
        }
    }
}
