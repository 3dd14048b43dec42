//! The ledger of a drill. A [`StageRecorder`] is the only writer of a record; progress and reports read.

pub(crate) mod record;

use std::{cell::RefCell, time::Duration};

use chrono::Utc;
use prometheus_api::typed::alert::ActiveAlert;

use crate::{stages::Stage, time::Moment};
use record::{Reached, Record, StageError, State, Verdict};

/// What happened to a rehearsal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    /// It reached the last of its stages.
    Reached,
    /// It cannot begin yet.
    Waits,
    /// It ended.
    Ended,
}

/// Shows an event of the rehearsal at an index.
type Display = dyn Fn(&[Record], usize, Event);

/// The records of all rehearsals of a drill. Everything is on one thread, and no borrow lasts over an `await`.
pub(crate) struct Ledger {
    records: RefCell<Vec<Record>>,
    display: Box<Display>,
}

impl Ledger {
    /// A ledger that calls `display` at every event.
    pub(crate) fn new(
        records: Vec<Record>,
        display: impl Fn(&[Record], usize, Event) + 'static,
    ) -> Self {
        Self {
            records: RefCell::new(records),
            display: Box::new(display),
        }
    }

    /// A copy of all records.
    pub(crate) fn records(&self) -> Vec<Record> {
        self.records.borrow().clone()
    }

    /// The writer of the record at `index`.
    pub(crate) fn recorder(&self, index: usize) -> StageRecorder<'_> {
        StageRecorder {
            ledger: self,
            index,
        }
    }

    /// Marks every rehearsal that has not ended as interrupted.
    pub(crate) fn interrupt(&self, why: &str) {
        for record in self.records.borrow_mut().iter_mut() {
            if record.verdict() == Verdict::Unfinished {
                record.state = State::Interrupted {
                    stage: record.next_stage(),
                    why: why.to_owned(),
                };
            }
        }
    }
}

/// Writes one record of the ledger.
#[derive(Clone, Copy)]
pub(crate) struct StageRecorder<'a> {
    ledger: &'a Ledger,
    index: usize,
}

impl StageRecorder<'_> {
    /// Notes when the simulator triggered the alert.
    pub(crate) fn triggered(&self, at: Moment) {
        self.change(|record| {
            record.triggered = Some(at);
            for reached in &mut record.reached {
                reached.seconds = (reached.at - at).as_seconds_f64();
            }
        });
        self.reached(Stage::Trigger, at, None);
    }

    /// Notes that `stage` was reached, which may take `budget` after the stage before it.
    pub(crate) fn reached(&self, stage: Stage, at: Moment, budget: Option<Duration>) {
        self.change(|record| {
            let previous = record.reached.last();
            let previous = previous.filter(|_| record.triggered.is_some());
            // Observers ask in intervals: they may see two stages in another order than they came.
            let at = previous.map_or(at, |previous| at.max(previous.at));
            let budget = previous.zip(budget);
            let reached = Reached {
                stage,
                at,
                seconds: record
                    .triggered
                    .map_or(0.0, |triggered| (at - triggered).as_seconds_f64()),
                budget: budget.map(|(previous, budget)| previous.seconds + budget.as_secs_f64()),
            };
            record.state = State::Running;
            record.waits_for = None;
            record.deadline = None;
            record.reached.push(reached);
        });
        self.display(Event::Reached);
    }

    /// Notes until when the next stage is waited for.
    pub(crate) fn expect_until(&self, deadline: Moment) {
        self.change(|record| record.deadline = Some(deadline));
    }

    /// Notes why the rehearsal cannot begin yet.
    pub(crate) fn waits_for(&self, why: String) {
        self.change(|record| record.waits_for = Some(why));
        self.display(Event::Waits);
    }

    /// Notes something that does not fail the rehearsal.
    pub(crate) fn warn(&self, warning: String) {
        self.change(|record| record.warnings.push(warning));
    }

    /// Notes the alert as it fires in Prometheus.
    pub(crate) fn fired(&self, alert: &ActiveAlert) {
        self.change(|record| record.fired = Some(alert.clone()));
    }

    /// Notes the end of the rehearsal.
    pub(crate) fn ended(&self, result: Result<(), StageError>) {
        let state = result.map_or_else(State::Failed, |()| State::Passed);
        self.change(|record| record.state = state);
        self.display(Event::Ended);
    }

    /// When the alert was triggered; now, if it was not.
    pub(crate) fn trigger_time(&self) -> Moment {
        self.read(|record| record.triggered)
            .unwrap_or_else(Utc::now)
    }

    /// When the last stage was reached; now, if there is none.
    pub(crate) fn last_stage_time(&self) -> Moment {
        self.read(|record| record.reached.last().map(|reached| reached.at))
            .unwrap_or_else(Utc::now)
    }

    /// The alert as it fired in Prometheus, if it has.
    pub(crate) fn fired_alert(&self) -> Option<ActiveAlert> {
        self.read(|record| record.fired.clone())
    }

    fn read<T>(&self, read: impl FnOnce(&Record) -> Option<T>) -> Option<T> {
        self.ledger.records.borrow().get(self.index).and_then(read)
    }

    fn change(&self, change: impl FnOnce(&mut Record)) {
        if let Some(record) = self.ledger.records.borrow_mut().get_mut(self.index) {
            change(record);
        }
    }

    fn display(&self, event: Event) {
        (self.ledger.display)(&self.ledger.records.borrow(), self.index, event);
    }
}
