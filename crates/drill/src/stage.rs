//! The stages of a rehearsal, in their order.

use std::fmt;

use serde::Serialize;

/// A stage on an alert's way to the browser and back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Prometheus has a rule of the alert's name.
    Rule,
    /// The alert is active nowhere.
    Calm,
    /// The simulator drives the metric.
    Trigger,
    /// The rule's expression holds in Prometheus.
    Crossed,
    /// Prometheus has the alert, and waits for its `for`.
    Pending,
    /// Prometheus fires it.
    Firing,
    /// Alertmanager has it: active, or suppressed where that is expected.
    Alertmanager,
    /// A frame of the gateway's `/ws/alerts` has it firing.
    Browser,
    /// The simulator is told to recover.
    Recover,
    /// Prometheus has it no longer.
    ResolvedPrometheus,
    /// Alertmanager has it no longer.
    ResolvedAlertmanager,
    /// The gateway's frames have it no longer.
    ResolvedBrowser,
}

impl Stage {
    /// All of them.
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

    /// As it is written in reports.
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
