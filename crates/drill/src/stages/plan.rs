//! The stages that a rehearsal waits for, as data: name, time budget, condition.

use std::time::Duration;

use super::{Stage, time_budget::TimeBudget};
use crate::rehearsed_alert::RehearsedAlert;

/// One stage that is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StagePlan {
    /// Its name.
    pub(crate) stage: Stage,
    /// How long after the stage before it is reached at the latest.
    pub(crate) budget: Duration,
    /// What reaches it.
    pub(crate) condition: Condition,
}

/// What must be observed of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Condition {
    /// Its expression has a result with its labels in Prometheus.
    ExpressionHolds,
    /// Prometheus has it, pending or firing.
    ActiveInPrometheus,
    /// It fires in Prometheus.
    FiringInPrometheus,
    /// Alertmanager has it in the expected state: active, or suppressed by one of its inhibitors.
    InAlertmanager,
    /// The gateway's last frame has it, firing.
    FiringInBrowser,
    /// Prometheus does not have it.
    GoneFromPrometheus,
    /// Alertmanager does not have it.
    GoneFromAlertmanager,
    /// The gateway's last frame does not have it.
    GoneFromBrowser,
}

/// What no server may have of an alert before it is triggered.
pub(crate) const CALM: [Condition; 3] = [
    Condition::GoneFromPrometheus,
    Condition::GoneFromAlertmanager,
    Condition::GoneFromBrowser,
];

/// From the trigger to the browser. An alert without `for` is never pending.
pub(crate) fn rising(alert: &RehearsedAlert, budget: &TimeBudget) -> Vec<StagePlan> {
    let mut stages = vec![
        (Stage::Crossed, Condition::ExpressionHolds),
        (Stage::Pending, Condition::ActiveInPrometheus),
        (Stage::Firing, Condition::FiringInPrometheus),
        (Stage::Alertmanager, Condition::InAlertmanager),
        (Stage::Browser, Condition::FiringInBrowser),
    ];
    stages.retain(|(stage, _)| *stage != Stage::Pending || !alert.alert.for_duration.is_zero());
    with_budgets(&stages, budget)
}

/// From the recovery until no server has the alert.
pub(crate) fn resolving(budget: &TimeBudget) -> Vec<StagePlan> {
    let stages = [
        (Stage::ResolvedPrometheus, Condition::GoneFromPrometheus),
        (Stage::ResolvedAlertmanager, Condition::GoneFromAlertmanager),
        (Stage::ResolvedBrowser, Condition::GoneFromBrowser),
    ];
    with_budgets(&stages, budget)
}

fn with_budgets(stages: &[(Stage, Condition)], budget: &TimeBudget) -> Vec<StagePlan> {
    let plan = |(stage, condition): &(Stage, Condition)| StagePlan {
        stage: *stage,
        budget: budget.allows(*stage).unwrap_or_default(),
        condition: *condition,
    };
    stages.iter().map(plan).collect()
}
