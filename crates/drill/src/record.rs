//! What came of each rehearsal: the stages it reached, and how it ended. The drills write, progress and reports read.

use std::cell::RefCell;

use serde::Serialize;

use crate::{
    servers::seen::{Labels, Moment, Shown},
    stage::Stage,
};

/// A stage that was reached.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reached {
    pub(super) stage: Stage,
    pub(super) at: Moment,
    /// Since the trigger; negative before it.
    pub(super) seconds: f64,
    /// Since the trigger, by when theory expects it.
    pub(super) theory: Option<f64>,
}

impl Reached {
    /// Later than theory allows, though within the grace.
    pub(super) fn late(&self) -> bool {
        self.theory.is_some_and(|theory| self.seconds > theory)
    }
}

/// How a rehearsal stands.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) enum Outcome {
    /// Its turn has not come.
    #[default]
    Waiting,
    /// It is on its way.
    Running,
    /// It has reached every stage.
    Passed,
    /// It has not, and why.
    Failed {
        /// The first stage that it did not reach as expected.
        stage: Stage,
        /// What a person can act on.
        why: String,
        /// A server could not be asked: it is not known whether the alert is right.
        unasked: bool,
    },
    /// Its end was not waited for.
    GivenUp {
        /// The stage that it was on its way to.
        stage: Stage,
        /// Why nobody waited.
        why: String,
    },
}

/// How a rehearsal ended, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Verdict {
    Passed,
    /// Passed, with a stage that was later than theory allows.
    Late,
    Failed,
    /// Its end was not waited for.
    Unfinished,
}

impl Verdict {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Late => "late",
            Self::Failed => "failed",
            Self::Unfinished => "unfinished",
        }
    }
}

/// One rehearsal.
#[derive(Debug, Clone, Default)]
pub(super) struct Record {
    pub(super) name: String,
    pub(super) family: String,
    pub(super) severity: String,
    /// What tells it from its namesakes.
    pub(super) labels: Labels,
    /// It is to be kept quiet by Alertmanager, because of another alert.
    pub(super) inhibited: bool,
    pub(super) trigger: Option<Moment>,
    pub(super) reached: Vec<Reached>,
    pub(super) outcome: Outcome,
    /// Why it cannot go on to its next stage yet, if that is known.
    pub(super) waits: Option<String>,
    /// Until when its next stage is waited for, at most.
    pub(super) until: Option<Moment>,
    pub(super) warnings: Vec<String>,
    /// As it fired in Prometheus.
    pub(super) shown: Option<Shown>,
}

impl Record {
    pub(super) fn verdict(&self) -> Verdict {
        match self.outcome {
            Outcome::Failed { .. } => Verdict::Failed,
            Outcome::Passed if self.reached.iter().any(Reached::late) => Verdict::Late,
            Outcome::Passed => Verdict::Passed,
            Outcome::Waiting | Outcome::Running | Outcome::GivenUp { .. } => Verdict::Unfinished,
        }
    }

    /// When it reached a stage.
    pub(super) fn at(&self, stage: Stage) -> Option<&Reached> {
        self.reached.iter().find(|reached| reached.stage == stage)
    }

    /// The stage that it did not reach, and why.
    pub(super) fn failure(&self) -> Option<(Stage, &str)> {
        match &self.outcome {
            Outcome::Failed { stage, why, .. } | Outcome::GivenUp { stage, why } => {
                Some((*stage, why))
            }
            _ => None,
        }
    }

    /// Whether it failed for the one reason that a server could not be asked.
    pub(super) fn unasked(&self) -> bool {
        matches!(self.outcome, Outcome::Failed { unasked: true, .. })
    }

    /// The stage that it is on its way to.
    pub(super) fn next(&self) -> Stage {
        let last = self.reached.last().map(|reached| reached.stage);
        let mut stages = Stage::ALL.into_iter();
        let next = match last {
            Some(last) => stages.find(|stage| *stage > last),
            None => stages.next(),
        };
        next.unwrap_or(Stage::ResolvedBrowser)
    }
}

/// What happens to a rehearsal, for whoever shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// It has reached the last of its stages.
    Reached,
    /// It waits.
    Waits,
    /// It has ended.
    Ended,
}

/// Is told of an event of the rehearsal at an index.
type Show = dyn Fn(&[Record], usize, Event);

/// All rehearsals of a drill. Everything is on one thread: nobody holds a borrow while he waits.
pub(super) struct Ledger {
    records: RefCell<Vec<Record>>,
    show: Box<Show>,
}

impl Ledger {
    /// Tells `show` of every event.
    pub(super) fn new(
        records: Vec<Record>,
        show: impl Fn(&[Record], usize, Event) + 'static,
    ) -> Self {
        Self {
            records: RefCell::new(records),
            show: Box::new(show),
        }
    }

    /// All of them as they stand.
    pub(super) fn records(&self) -> Vec<Record> {
        self.records.borrow().clone()
    }

    /// Changes one.
    pub(super) fn change(&self, index: usize, change: impl FnOnce(&mut Record)) {
        if let Some(record) = self.records.borrow_mut().get_mut(index) {
            change(record);
        }
    }

    /// A stage was reached.
    pub(super) fn reach(&self, index: usize, reached: Reached) {
        self.change(index, |record| {
            record.outcome = Outcome::Running;
            record.waits = None;
            record.until = None;
            record.reached.push(reached);
        });
        (self.show)(&self.records.borrow(), index, Event::Reached);
    }

    /// Its next stage is waited for until then, at most.
    pub(super) fn expect(&self, index: usize, until: Moment) {
        self.change(index, |record| record.until = Some(until));
    }

    /// It cannot go on yet.
    pub(super) fn wait(&self, index: usize, why: String) {
        self.change(index, |record| record.waits = Some(why));
        (self.show)(&self.records.borrow(), index, Event::Waits);
    }

    /// It has ended.
    pub(super) fn end(&self, index: usize, outcome: Outcome) {
        self.change(index, |record| record.outcome = outcome);
        (self.show)(&self.records.borrow(), index, Event::Ended);
    }

    /// What has not ended is unfinished, for this reason.
    pub(super) fn give_up(&self, why: &str) {
        for record in self.records.borrow_mut().iter_mut() {
            if record.verdict() == Verdict::Unfinished {
                record.outcome = Outcome::GivenUp {
                    stage: record.next(),
                    why: why.to_owned(),
                };
            }
        }
    }
}
