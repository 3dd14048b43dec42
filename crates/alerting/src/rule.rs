//! One alert rule.

use std::time::Duration;

/// An alert rule. Labels and annotations are in the order in which they are written.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// The name of the alert, its label `alertname`.
    pub alert: String,
    /// The PromQL expression.
    pub expr: String,
    /// How long the expression must have a result until the alert fires (`for`).
    pub for_duration: Duration,
    /// How long the alert keeps firing without a result.
    pub keep_firing_for: Duration,
    /// The labels that the rule adds.
    pub labels: Vec<(String, String)>,
    /// Templates of texts.
    pub annotations: Vec<(String, String)>,
}
