//! What became of one alert: the stages that it reached, and how its rehearsal ended.

use alerting::Labels;
use prometheus_api::typed::alert::ActiveAlert;
use serde::Serialize;

use crate::{rehearsed_alert::RehearsedAlert, stages::Stage, time::Moment};

/// A stage that was reached.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reached {
    pub(crate) stage: Stage,
    pub(crate) at: Moment,
    /// Since the trigger; negative before it.
    pub(crate) seconds: f64,
    /// The end of the stage's time budget, in seconds since the trigger.
    pub(crate) budget: Option<f64>,
}

impl Reached {
    /// Whether it was reached after the end of its budget, though within the grace.
    pub(crate) fn is_late(&self) -> bool {
        self.budget.is_some_and(|budget| self.seconds > budget)
    }
}

/// Why a rehearsal did not reach a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StageError {
    /// The first stage that it did not reach as expected.
    pub(crate) stage: Stage,
    /// What a person can act on.
    pub(crate) why: String,
    /// Whether a server did not answer, so that the alert may be right nevertheless.
    pub(crate) no_answer: bool,
}

impl StageError {
    /// The alert failed at `stage`.
    pub(crate) fn failed(stage: Stage, why: impl Into<String>) -> Self {
        Self {
            stage,
            why: why.into(),
            no_answer: false,
        }
    }

    /// A server that is needed to judge `stage` did not answer.
    pub(crate) fn no_answer(stage: Stage, why: impl Into<String>) -> Self {
        Self {
            no_answer: true,
            ..Self::failed(stage, why)
        }
    }
}

/// The state of a rehearsal.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) enum State {
    /// It has not begun.
    #[default]
    Waiting,
    /// It has reached a stage, but not the last.
    Running,
    /// It has reached every stage.
    Passed,
    /// It has missed a stage.
    Failed(StageError),
    /// The drill ended before it did.
    Interrupted {
        /// The stage that it was waiting for.
        stage: Stage,
        /// Why the drill ended.
        why: String,
    },
}

/// How a rehearsal ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    /// Every stage was reached within its budget.
    Passed,
    /// Every stage was reached, one of them after its budget.
    Late,
    /// A stage was missed.
    Failed,
    /// The drill ended before it did.
    Unfinished,
}

impl Verdict {
    /// As reports write it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Late => "late",
            Self::Failed => "failed",
            Self::Unfinished => "unfinished",
        }
    }
}

/// The record of one rehearsal.
#[derive(Debug, Clone, Default)]
pub(crate) struct Record {
    pub(crate) name: String,
    pub(crate) family: String,
    pub(crate) severity: String,
    /// The labels that distinguish it from alerts of its name.
    pub(crate) labels: Labels,
    /// Whether Alertmanager must suppress it because of another alert.
    pub(crate) inhibited: bool,
    pub(crate) triggered: Option<Moment>,
    pub(crate) reached: Vec<Reached>,
    pub(crate) state: State,
    /// Why it cannot begin yet, if that is known.
    pub(crate) waits_for: Option<String>,
    /// The deadline of the stage that it is waiting for.
    pub(crate) deadline: Option<Moment>,
    pub(crate) warnings: Vec<String>,
    /// The alert as it fired in Prometheus.
    pub(crate) fired: Option<ActiveAlert>,
}

impl Record {
    /// An empty record.
    pub(crate) fn new(rehearsed: &RehearsedAlert) -> Self {
        Self {
            name: rehearsed.key.name.clone(),
            family: rehearsed.alert.family.clone(),
            severity: rehearsed.alert.severity.clone(),
            labels: rehearsed.key.required_labels(),
            inhibited: rehearsed.inhibited,
            ..Self::default()
        }
    }

    /// How it ended; unfinished if it has not.
    pub(crate) fn verdict(&self) -> Verdict {
        match self.state {
            State::Failed(_) => Verdict::Failed,
            State::Passed if self.reached.iter().any(Reached::is_late) => Verdict::Late,
            State::Passed => Verdict::Passed,
            State::Waiting | State::Running | State::Interrupted { .. } => Verdict::Unfinished,
        }
    }

    /// When it reached `stage`, if it did.
    pub(crate) fn at(&self, stage: Stage) -> Option<&Reached> {
        self.reached.iter().find(|reached| reached.stage == stage)
    }

    /// The stage that it did not reach, and why.
    pub(crate) fn failure(&self) -> Option<(Stage, &str)> {
        match &self.state {
            State::Failed(StageError { stage, why, .. }) | State::Interrupted { stage, why } => {
                Some((*stage, why))
            }
            _ => None,
        }
    }

    /// Whether it failed only because a server did not answer.
    pub(crate) fn lacks_an_answer(&self) -> bool {
        matches!(&self.state, State::Failed(error) if error.no_answer)
    }

    /// The stage that it is waiting for.
    pub(crate) fn next_stage(&self) -> Stage {
        let last = self.reached.last().map(|reached| reached.stage);
        let mut stages = Stage::ALL.into_iter();
        let next = match last {
            Some(last) => stages.find(|stage| *stage > last),
            None => stages.next(),
        };
        next.unwrap_or(Stage::ResolvedBrowser)
    }
}
