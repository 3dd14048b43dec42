//! One alert's rehearsal: prepares, triggers, waits until it arrives at the browser, recovers, waits until it is gone.

mod gather_evidence;
mod preparation;
pub(crate) mod scenario;
mod stage_runner;

use std::time::Duration;

use chrono::Utc;
use prometheus_api::json_api::JsonApiError;

use crate::{
    context::{DrillContext, Trigger},
    diagnosis::rule_differences::rule_differences,
    recorder::{StageRecorder, record::StageError},
    rehearsed_alert::RehearsedAlert,
    stages::{Stage, plan, time_budget::TimeBudget},
    time::{Moment, after},
};
use stage_runner::StageRunner;

/// The stages from the crossing to the browser: each has a grace of its own.
const RISING_STAGES: u32 = 5;
/// The bounds of `hold_seconds`; the simulator accepts no more.
const MIN_HOLD_SECONDS: f64 = 60.0;
const MAX_HOLD_SECONDS: f64 = 86_400.0;

/// One alert's rehearsal.
pub(crate) struct Rehearsal<'a> {
    runner: StageRunner<'a>,
}

impl<'a> Rehearsal<'a> {
    /// The rehearsal of `alert`, which `recorder` records.
    pub(crate) fn new(
        context: &'a DrillContext,
        alert: &'a RehearsedAlert,
        budget: TimeBudget,
        recorder: StageRecorder<'a>,
    ) -> Self {
        let runner = StageRunner {
            context,
            alert,
            budget,
            recorder,
        };
        Self { runner }
    }

    /// Runs all stages. With `settle`, first waits until the lookback window contains baseline values only.
    pub(crate) async fn run(&self, settle: bool) {
        let result = self.run_stages(settle).await;
        self.end(result);
    }

    async fn run_stages(&self, settle: bool) -> Result<(), StageError> {
        self.prepare(settle).await?;
        self.trigger().await?;
        let arrived = self.rise().await;
        // The alert is recovered whether it arrived or not.
        let recovered_at = self.recover().await;
        arrived?;
        self.resolve(recovered_at?).await
    }

    /// The stages before the trigger.
    async fn prepare(&self, settle: bool) -> Result<(), StageError> {
        preparation::prepare(&self.runner, settle).await
    }

    async fn trigger(&self) -> Result<(), StageError> {
        let (context, name) = (self.runner.context, &self.runner.alert.alert.name);
        let triggered_at = Utc::now();
        let hold_seconds = self.hold_seconds();
        let hold = Duration::from_secs_f64(hold_seconds * context.time_scale);
        let trigger = |confirmed| Trigger {
            ends: after(triggered_at, hold),
            confirmed,
        };
        let unconfirmed = trigger(false);
        context
            .triggers
            .borrow_mut()
            .insert(name.clone(), unconfirmed);
        let simulator = &context.servers.simulator.api;
        let result = simulator.trigger(name, hold_seconds).await;
        match &result {
            Ok(()) => drop(
                context
                    .triggers
                    .borrow_mut()
                    .insert(name.clone(), trigger(true)),
            ),
            // The simulator refused, and drives nothing.
            Err(JsonApiError::Status(..)) => drop(context.triggers.borrow_mut().remove(name)),
            Err(_) => {}
        }
        result.map_err(|error| self.simulator_error(Stage::Trigger, &error))?;
        self.triggered(triggered_at);
        Ok(())
    }

    /// Notes when the simulator triggered the alert.
    fn triggered(&self, at: Moment) {
        self.runner.recorder.triggered(at);
    }

    /// The stages from the crossing to the browser.
    async fn rise(&self) -> Result<(), StageError> {
        let stages = plan::rising(self.runner.alert, &self.runner.budget);
        self.runner.run_all(&stages).await
    }

    async fn recover(&self) -> Result<Moment, StageError> {
        let (context, name) = (self.runner.context, &self.runner.alert.alert.name);
        let recovered_at = Utc::now();
        let result = context.servers.simulator.api.recover(name).await;
        result.map_err(|error| self.simulator_error(Stage::Recover, &error))?;
        context.triggers.borrow_mut().remove(name);
        Ok(recovered_at)
    }

    /// The stages after the recovery.
    async fn resolve(&self, recovered_at: Moment) -> Result<(), StageError> {
        let recorder = self.runner.recorder;
        recorder.reached(Stage::Recover, recovered_at, None);
        let stages = plan::resolving(&self.runner.budget);
        self.runner.run_all(&stages).await
    }

    /// Notes the result. A rehearsal that reached every stage has failed nevertheless if its rule is not the catalogue's.
    fn end(&self, result: Result<(), StageError>) {
        let recorder = self.runner.recorder;
        let result = match (self.other_rule(), result) {
            (Some(other_rule), Ok(())) if !self.runner.context.allows_other_rules => {
                Err(StageError::failed(Stage::Rule, other_rule))
            }
            (Some(other_rule), result) => {
                recorder.warn(other_rule);
                result
            }
            (None, result) => result,
        };
        recorder.ended(result);
    }

    /// In what the rule differs from the catalogue's, if it does.
    fn other_rule(&self) -> Option<String> {
        let alert = &self.runner.alert.alert;
        let rule = self.runner.context.preflight.rule(alert)?;
        let differences = rule_differences(rule, alert).join("; ");
        (!differences.is_empty())
            .then(|| format!("the rule that Prometheus has loaded is another one: {differences}"))
    }

    fn simulator_error(&self, stage: Stage, error: &JsonApiError) -> StageError {
        let why = self.runner.context.servers.simulator.describe(error);
        match error {
            JsonApiError::Unreachable(_) => StageError::no_answer(stage, why),
            _ => StageError::failed(stage, why),
        }
    }

    /// After which the simulator recovers the alert by itself, even if the drill is killed: twice the time budgets with
    /// their grace, in seconds of the unscaled catalogue.
    fn hold_seconds(&self) -> f64 {
        let context = self.runner.context;
        let longest = self.runner.budget.until_browser() + context.grace * RISING_STAGES;
        let seconds = longest.as_secs_f64() * 2.0 / context.time_scale;
        seconds.clamp(MIN_HOLD_SECONDS, MAX_HOLD_SECONDS)
    }
}
