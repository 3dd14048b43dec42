//! One alert of a catalogue, read and scaled.

use std::time::Duration;

use alerting::Labels;

use crate::model::{
    calm::{Calm, stream},
    drive::Drive,
    exposition::{self, Kind},
    pattern::{Pattern, Recovery},
    series::{Motion, Noise, Series},
};

/// One alert: its rule, and how the simulator sets it off. Durations are scaled.
#[derive(Debug, Clone)]
pub struct Alert {
    /// What it is called here: no other alert of the catalogue has this name.
    pub name: String,
    /// The label `alertname`. Several alerts may have it, told apart by other labels of their rules, which are in `name` then.
    pub alertname: String,
    /// The label `family`.
    pub family: String,
    /// The label `severity`.
    pub severity: String,
    /// The metric that is driven.
    pub metric: String,
    /// Its type.
    pub kind: Kind,
    /// Its `# HELP`.
    pub help: String,
    /// The labels of the series that is driven.
    pub labels: Labels,
    /// A gauge's calm value, or a counter's calm increments per second.
    pub baseline: f64,
    /// The largest noise around the baseline.
    pub noise: f64,
    /// What a trigger does.
    pub trigger: Pattern,
    /// What a recovery does.
    pub recover: Recovery,
    /// A gauge of the same labels that is 1 while the alert is triggered.
    pub flag: Option<String>,
    /// The rule's expression, threshold and window put in.
    pub expr: String,
    /// What is put in for `{threshold}`.
    pub threshold: Option<f64>,
    /// What is put in for `{window}`.
    pub window: Option<Duration>,
    /// Another series that the simulator serves, and that the expression aggregates with the alert's own: what that makes of
    /// both cannot be told from one.
    pub with: Option<String>,
    /// The rule's `for`.
    pub hold_for: Duration,
    /// The rule's `keep_firing_for`.
    pub keep_firing_for: Duration,
    /// What else the rule adds to the labels of its alerts.
    pub rule_labels: Labels,
    /// Its other annotations, Prometheus templates.
    pub annotations: Labels,
    /// The annotation `summary`, a Prometheus template.
    pub summary: String,
    /// The annotation `description`, a Prometheus template.
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
        exposition::labels(self.pairs())
    }

    /// True where its metric only counts.
    pub fn is_counter(&self) -> bool {
        self.kind == Kind::Counter
    }

    /// Its series at the baseline.
    pub fn at_rest(&self, seed: u64) -> Series {
        let calm = Calm::Wave {
            mean: self.baseline,
            swing: 0.0,
            period: 1.0,
            noise: self.noise,
        };
        let motion = if self.is_counter() {
            Motion::Events(calm)
        } else {
            Motion::Rests(calm)
        };
        let stream = stream(&self.metric) ^ stream(&self.series());
        Series::new(motion, Noise { seed, stream })
    }

    /// The catalogue's way of triggering it, until told otherwise.
    pub fn drive(&self) -> Drive {
        Drive {
            pattern: self.trigger,
            hold: None,
            recover: self.recover,
        }
    }
}
