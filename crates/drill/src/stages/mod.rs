//! The stages of a rehearsal, in their order; what reaches each of them, and how much time it has.

pub(crate) mod plan;
pub(crate) mod time_budget;

use std::fmt;

use serde::Serialize;

/// A stage of a rehearsal, from the rule to the browser and back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Prometheus has a rule of the alert's name.
    Rule,
    /// No server has the alert.
    Calm,
    /// The simulator has triggered the alert.
    Trigger,
    /// The rule's expression holds in Prometheus.
    Crossed,
    /// The alert is pending in Prometheus, for the time of its `for`.
    Pending,
    /// The alert fires in Prometheus.
    Firing,
    /// Alertmanager has the alert: active, or suppressed where that is expected.
    Alertmanager,
    /// A frame of the gateway's `/ws/alerts` has the alert, firing.
    Browser,
    /// The simulator has recovered the alert.
    Recover,
    /// Prometheus no longer has the alert.
    ResolvedPrometheus,
    /// Alertmanager no longer has the alert.
    ResolvedAlertmanager,
    /// The gateway's frames no longer have the alert.
    ResolvedBrowser,
}

impl Stage {
    /// In their order.
    pub const ALL: [Self; 12] = [
        Self::Rule,
        Self::Calm,
        Self::Trigger,
        Self::Crossed,
        Self::Pending,
        Self::Firing,
        Self::Alertmanager,
        Self::Browser,
        Self::Recover,
        Self::ResolvedPrometheus,
        Self::ResolvedAlertmanager,
        Self::ResolvedBrowser,
    ];

    /// Its name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Calm => "calm",
            Self::Trigger => "trigger",
            Self::Crossed => "crossed",
            Self::Pending => "pending",
            Self::Firing => "firing",
            Self::Alertmanager => "alertmanager",
            Self::Browser => "browser",
            Self::Recover => "recover",
            Self::ResolvedPrometheus => "resolved_prometheus",
            Self::ResolvedAlertmanager => "resolved_alertmanager",
            Self::ResolvedBrowser => "resolved_browser",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
