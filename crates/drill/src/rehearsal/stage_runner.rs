//! Runs the stages of one alert: waits for each condition within its time budget, checks what was observed, and diagnoses
//! what was not.

use std::time::Duration;

use chrono::Utc;
use prometheus_api::typed::{alert::ActiveAlert, alertmanager::AlertmanagerAlert};

use super::gather_evidence::gather_evidence;
use crate::{
    alert_key::{format_labels, label_differences},
    context::DrillContext,
    diagnosis::{self, alertmanager::delivery_problems, checks},
    observers::Observed,
    recorder::{StageRecorder, record::StageError},
    rehearsed_alert::RehearsedAlert,
    stages::{Stage, plan::StagePlan, time_budget::TimeBudget},
    time::{Moment, after},
};

/// Between two questions to a server that has not answered as hoped: the simulator updates its series once a second.
pub(super) const POLL_PAUSE: Duration = Duration::from_secs(1);

/// Runs the stages of one alert.
pub(super) struct StageRunner<'a> {
    pub(super) context: &'a DrillContext,
    pub(super) alert: &'a RehearsedAlert,
    pub(super) budget: TimeBudget,
    pub(super) recorder: StageRecorder<'a>,
}

impl StageRunner<'_> {
    /// Runs some stages, one after the other.
    ///
    /// # Errors
    /// The first stage that was missed.
    pub(super) async fn run_all(&self, stages: &[StagePlan]) -> Result<(), StageError> {
        for plan in stages {
            self.run(plan).await?;
        }
        Ok(())
    }

    async fn run(&self, plan: &StagePlan) -> Result<(), StageError> {
        let begun = self.recorder.last_stage_time();
        let deadline = after(begun, plan.budget + self.context.grace);
        self.recorder.expect_until(deadline);
        let observers = &self.context.observers;
        let met = observers.wait_for(plan.condition, self.alert, deadline);
        let Some((observed, at)) = met.await else {
            return Err(self.diagnose(plan.stage, begun).await);
        };
        let at = match (plan.stage, &observed) {
            (Stage::Pending, Observed::Active(alert)) => self
                .pending_since(alert, begun, deadline)
                .await?
                .unwrap_or(at),
            _ => at,
        };
        self.recorder.reached(plan.stage, at, Some(plan.budget));
        match (plan.stage, &observed) {
            (Stage::Firing, Observed::Active(alert)) => self.check_firing(alert),
            (Stage::Alertmanager, Observed::InAlertmanager(alert)) => self.check_delivered(alert),
            _ => Ok(()),
        }
    }

    /// Why a stage that was waited for since `begun` was missed.
    pub(super) async fn diagnose(&self, stage: Stage, begun: Moment) -> StageError {
        let evidence = gather_evidence(self.context, self.alert, begun).await;
        diagnosis::diagnose(stage, self.alert, &evidence)
    }

    /// Since when the alert is active, if Prometheus says so. An alert that fires already must have been pending before.
    async fn pending_since(
        &self,
        active: &ActiveAlert,
        begun: Moment,
        deadline: Moment,
    ) -> Result<Option<Moment>, StageError> {
        if active.is_firing() {
            self.confirm_was_pending(begun, deadline).await?;
        }
        Ok(active.active_since(self.context.preflight.clock_skew))
    }

    /// Makes sure that the series `ALERTS` has the alert pending, for too short a time to be observed. Asks again until
    /// `deadline` while Prometheus does not answer.
    async fn confirm_was_pending(&self, begun: Moment, deadline: Moment) -> Result<(), StageError> {
        let mut labels = self.alert.key.required_labels();
        labels.insert("alertname".to_owned(), self.alert.key.name.clone());
        labels.insert("alertstate".to_owned(), "pending".to_owned());
        let range = (Utc::now() - self.recorder.trigger_time()).num_seconds() + 1;
        let query = format!(
            "count_over_time(ALERTS{}[{range}s])",
            format_labels(&labels)
        );
        let prometheus = &self.context.servers.prometheus;
        loop {
            match prometheus.api.query(&query).await {
                Ok(samples) if !samples.is_empty() => return Ok(()),
                Ok(_) => return Err(self.diagnose(Stage::Pending, begun).await),
                Err(error) if Utc::now() >= deadline => {
                    let error = prometheus.describe(&error);
                    let why =
                        format!("whether it was pending before it fired is not known: {error}");
                    return Err(StageError::no_answer(Stage::Pending, why));
                }
                Err(_) => tokio::time::sleep(POLL_PAUSE).await,
            }
        }
    }

    fn check_firing(&self, firing: &ActiveAlert) -> Result<(), StageError> {
        self.recorder.fired(firing);
        let result = checks::check_firing(
            &self.alert.alert,
            &self.alert.key,
            firing,
            (self.recorder.trigger_time(), Utc::now()),
            self.context.preflight.clock_skew,
        );
        for warning in result.warnings {
            self.recorder.warn(warning);
        }
        let mut errors = result.errors;
        if self.context.allows_other_rules {
            for error in result.rule_errors {
                self.recorder.warn(error);
            }
        } else {
            errors.extend(result.rule_errors);
        }
        fail_if_any(Stage::Firing, &errors)
    }

    fn check_delivered(&self, delivered: &AlertmanagerAlert) -> Result<(), StageError> {
        let context = self.context;
        let mut errors = label_differences(&self.alert.key.labels, &delivered.labels);
        let fired = self.recorder.fired_alert();
        let routing = context.routing.as_ref();
        let problems = delivery_problems(self.alert, fired.as_ref(), delivered, routing);
        if routing.is_some() {
            errors.extend(problems);
        } else {
            for problem in problems {
                self.recorder.warn(problem);
            }
        }
        if !context.allows_other_rules {
            errors.extend(checks::annotation_errors(&delivered.annotations));
        }
        fail_if_any(Stage::Alertmanager, &errors)
    }
}

fn fail_if_any(stage: Stage, errors: &[String]) -> Result<(), StageError> {
    match errors.is_empty() {
        true => Ok(()),
        false => Err(StageError::failed(stage, errors.join("; "))),
    }
}
