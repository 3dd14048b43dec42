//! How a course waits for a stage, notes it, and finds why it was not reached.

use std::time::Duration;

use chrono::{TimeDelta, Utc};

use crate::{
    course::Course,
    evidence::Evidence,
    judge::reason::Case,
    record::{Outcome, Reached},
    servers::{
        seen::Moment,
        view::{self, Sight},
    },
    stack::{Failure, Stack, Step},
    stage::Stage,
};

impl Course<'_> {
    /// Notes that the simulator has begun to drive it.
    pub(super) fn triggered(&self, at: Moment) {
        self.stack.ledger.change(self.index, |record| {
            record.trigger = Some(at);
            for reached in &mut record.reached {
                reached.seconds = seconds(reached.at - at);
            }
        });
        self.reach(Stage::Trigger, at);
    }

    /// Notes that a stage was reached.
    pub(super) fn reach(&self, stage: Stage, at: Moment) {
        let ledger = &self.stack.ledger;
        let (trigger, before) = self.before();
        let before = before.filter(|_| trigger.is_some());
        // What is seen by looking again and again may be seen in another order than it came.
        let at = before.as_ref().map_or(at, |before| at.max(before.at));
        let theory = before.zip(self.theory.allows(stage));
        let reached = Reached {
            stage,
            at,
            seconds: trigger.map_or(0.0, |trigger| seconds(at - trigger)),
            theory: theory.map(|(before, allowed)| before.seconds + allowed.as_secs_f64()),
        };
        ledger.reach(self.index, reached);
    }

    /// Notes how it ended. One that has gone all its way by a rule that is not the catalogue's has failed nevertheless.
    pub(super) fn end(&self, step: Step) {
        let step = match (self.other_rule(), step) {
            (Some(other), Ok(())) if !self.stack.other_rules => {
                Err(Failure::at(Stage::Rule, other))
            }
            (Some(other), step) => {
                self.warn(other);
                step
            }
            (None, step) => step,
        };
        let outcome = step.map_or_else(Outcome::from, |()| Outcome::Passed);
        self.stack.ledger.end(self.index, outcome);
    }

    /// Waits for a stage as long as theory and grace allow, and notes it.
    pub(super) async fn wait<T, R>(
        &self,
        stage: Stage,
        sight: &Sight<T>,
        find: impl Fn(&[T]) -> Option<R>,
    ) -> Step<R> {
        let begun = self.before().1.map_or_else(Utc::now, |before| before.at);
        let deadline = self.deadline(stage);
        self.expect(deadline);
        match view::until(sight, deadline, find).await {
            Some((found, at)) => {
                self.reach(stage, at);
                Ok(found)
            }
            None => Err(self.failure(stage, begun).await),
        }
    }

    pub(super) fn deadline(&self, stage: Stage) -> Moment {
        let begun = self.before().1.map_or_else(Utc::now, |before| before.at);
        let allowed = self.theory.allows(stage).unwrap_or_default();
        after(begun, allowed + self.stack.grace)
    }

    /// The trigger, and the stage that was reached last.
    pub(super) fn before(&self) -> (Option<Moment>, Option<Reached>) {
        let mut before = (None, None);
        self.stack.ledger.change(self.index, |record| {
            before = (record.trigger, record.reached.last().cloned());
        });
        before
    }

    pub(super) async fn failure(&self, stage: Stage, begun: Moment) -> Failure {
        let Stack {
            servers,
            watch,
            survey,
            ..
        } = self.stack;
        let of = (&*self.part.alert, &self.part.identity);
        let evidence = Evidence::gather(servers, watch, survey, of, begun).await;
        let case = Case {
            alert: &self.part.alert,
            identity: &self.part.identity,
            inhibited: self.part.inhibited,
            inhibitors: &self.part.inhibitors,
            recovered: self.part.recovered,
        };
        let why = case.why(stage, &evidence);
        match case.unasked(stage, &evidence) {
            true => Failure::unasked(stage, why),
            false => Failure::at(stage, why),
        }
    }

    pub(super) fn judge(&self, stage: Stage, faults: &[String]) -> Step {
        match faults.is_empty() {
            true => Ok(()),
            false => Err(Failure::at(stage, faults.join("; "))),
        }
    }

    /// Until when it waits for its next stage, at most.
    pub(super) fn expect(&self, until: Moment) {
        self.stack.ledger.expect(self.index, until);
    }

    /// Tells for what it waits before it can begin.
    pub(super) fn waits(&self, why: String) {
        self.stack.ledger.wait(self.index, why);
    }

    pub(super) fn warn(&self, warning: String) {
        self.stack
            .ledger
            .change(self.index, |record| record.warnings.push(warning));
    }
}

/// A moment later than another.
pub(super) fn after(moment: Moment, duration: Duration) -> Moment {
    moment + TimeDelta::from_std(duration).unwrap_or_default()
}

fn seconds(delta: TimeDelta) -> f64 {
    delta.as_seconds_f64()
}
