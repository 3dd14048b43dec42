//! What [`PromPoller`] knows of one kind of query: whether answers are due, and how they were.
//!
//! [`PromPoller`]: super::prom_poller::PromPoller

use std::{collections::HashSet, sync::Arc, time::Instant};

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

/// One kind of query: all of its queries are asked together, and not again before the last is answered.
pub(super) struct Lane {
    pub(super) source: Source,
    /// Prometheus owes answers.
    pub(super) waiting: bool,
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
            check: Check::unknown("Prometheus has not answered yet"),
            failing: HashSet::new(),
        }
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
