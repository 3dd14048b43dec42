//! What [`PromPoller`] knows of one kind of query: whether answers are due, and how they were.
//!
//! [`PromPoller`]: super::prom_poller::PromPoller

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use chrono::Utc;
use log::{info, warn};

use crate::gateway::{
    model::{
        check::Check,
        snapshot::{Answer, Snapshot},
        source::Source,
    },
    telemetry::Telemetry,
    upstream::prom_error::PromError,
};

/// A query's name, and what came of it.
pub(super) type Answered = (Arc<str>, Result<Bytes, PromError>);

/// Looks that are asked for between beats begin this long after the one before, at least: a storm of webhooks must not
/// become a storm of queries.
const PAUSE: Duration = Duration::from_millis(200);

/// One kind of query: all of its queries are asked together, and not again before the last is answered.
pub(super) struct Lane {
    pub(super) source: Source,
    /// Prometheus owes answers.
    waiting: bool,
    /// When it was last asked.
    began: Option<Instant>,
    /// Answers are asked for that are younger than all that have been asked for.
    wanted: bool,
    /// Whether it gives any.
    pub(super) check: Check,
    /// The queries that fail while others succeed.
    failing: HashSet<Arc<str>>,
}

impl Lane {
    /// A lane on which nothing has been asked yet.
    pub(super) fn new(source: Source) -> Self {
        Self {
            source,
            waiting: false,
            began: None,
            wanted: false,
            check: Check::unknown("Prometheus has not answered yet"),
            failing: HashSet::new(),
        }
    }

    /// Begins a poll, unless answers to the last one are still owed.
    pub(super) fn begin(&mut self, now: Instant) -> bool {
        if self.waiting {
            return false;
        }
        self.waiting = true;
        self.wanted = false;
        self.began = Some(now);
        true
    }

    /// Asks for a poll that begins after this moment. False when one is asked for already: whoever did so sees to it.
    pub(super) fn want(&mut self) -> bool {
        !std::mem::replace(&mut self.wanted, true)
    }

    /// How long the poll that is asked for has to wait; none if there is none, or answers are owed first.
    pub(super) fn due_in(&self, now: Instant) -> Option<Duration> {
        let rested = self.began.map_or(PAUSE, |began| now - began);
        (self.wanted && !self.waiting).then(|| PAUSE.saturating_sub(rested))
    }

    /// Ends a poll: counts the answers, notes how Prometheus is, and makes a snapshot of them.
    pub(super) fn settle(
        &mut self,
        began: Instant,
        answers: Vec<Answered>,
        telemetry: &Telemetry,
    ) -> Snapshot {
        self.waiting = false;
        telemetry
            .source(self.source)
            .duration
            .observe(began.elapsed().as_secs_f64());
        let mut fault = None;
        let answers = answers
            .into_iter()
            .map(|(name, outcome)| {
                telemetry.answered(self.source, outcome.as_ref().err().map(PromError::reason));
                let outcome = outcome.map_err(|error| {
                    fault.get_or_insert_with(|| format!("query {name:?}: {error}"));
                    error.into()
                });
                Answer { name, outcome }
            })
            .collect();
        let snapshot = Snapshot {
            taken_at: Utc::now(),
            answers,
        };
        if !snapshot.is_stale() {
            self.note_queries(&snapshot);
        }
        self.note(fault.filter(|_| snapshot.is_stale()));
        snapshot
    }

    /// Says it once when a query begins to fail, and once when it succeeds again.
    fn note_queries(&mut self, snapshot: &Snapshot) {
        let source = self.source.as_str();
        for Answer { name, outcome } in &snapshot.answers {
            match outcome {
                Ok(_) if self.failing.remove(name) => info!("{source}: query {name:?} succeeds"),
                Err(fault) if self.failing.insert(name.clone()) => {
                    warn!("{source}: query {name:?}: {}", fault.error);
                }
                _ => {}
            }
        }
    }

    /// Says it once when Prometheus goes or comes back.
    fn note(&mut self, fault: Option<String>) {
        if self.check.update(fault.map_or(Ok(()), Err)) {
            match &self.check.error {
                None => info!("{}: Prometheus answers", self.source.as_str()),
                Some(error) => warn!("{}: no query succeeds; {error}", self.source.as_str()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane() -> (Lane, Instant) {
        (Lane::new(Source::PrometheusAlerts), Instant::now())
    }

    fn settle(lane: &mut Lane, outcome: Result<Bytes, PromError>) -> Snapshot {
        let telemetry = Telemetry::new().unwrap();
        lane.settle(Instant::now(), vec![("alerts".into(), outcome)], &telemetry)
    }

    #[test]
    fn nothing_is_due_that_nobody_wants() {
        let (mut lane, now) = lane();
        assert_eq!(lane.due_in(now), None);
        assert!(lane.want());
        assert_eq!(lane.due_in(now), Some(Duration::ZERO));
        assert!(!lane.want(), "it is wanted already");
        assert!(lane.begin(now));
        settle(&mut lane, Ok("{}".into()));
        assert_eq!(lane.due_in(now), None);
    }

    #[test]
    fn what_is_wanted_while_answers_are_owed_is_due_once_they_are_there() {
        let (mut lane, now) = lane();
        assert!(lane.begin(now));
        assert!(!lane.begin(now));
        assert!(lane.want());
        assert!(!lane.begin(now), "a beat meanwhile is skipped");
        assert_eq!(lane.due_in(now + PAUSE * 9), None);
        settle(&mut lane, Err(PromError::TooLarge(1)));
        assert_eq!(lane.due_in(now + PAUSE * 9), Some(Duration::ZERO));
    }

    #[test]
    fn looks_that_are_wanted_keep_their_distance() {
        let (mut lane, now) = lane();
        assert!(lane.begin(now));
        settle(&mut lane, Ok("{}".into()));
        assert!(lane.want());
        assert_eq!(lane.due_in(now), Some(PAUSE));
        assert_eq!(lane.due_in(now + PAUSE / 4), Some(PAUSE * 3 / 4));
        assert_eq!(lane.due_in(now + PAUSE), Some(Duration::ZERO));
        assert!(lane.begin(now + PAUSE / 2), "a beat does not wait");
        settle(&mut lane, Ok("{}".into()));
        assert_eq!(lane.due_in(now + PAUSE), None, "it was what was wanted");
    }
}
