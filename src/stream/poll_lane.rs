//! What [`PromPoller`] knows of one kind of query: whether answers are due, and how they were.
//!
//! [`PromPoller`]: super::prom_poller::PromPoller

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::Utc;
use log::{info, warn};
use prometheus_api::error::UpstreamError;
use tokio::sync::oneshot;

use super::poll::Answered;
use crate::{
    messages::{
        check::Check,
        snapshot::{Answer, Snapshot},
        source::Source,
    },
    stream::metrics::StreamMetrics,
};

/// Looks that are asked for between beats begin this long after the one before, at least: a storm of webhooks must not
/// become a storm of queries.
const PAUSE: Duration = Duration::from_millis(200);

/// What a lane may do on a beat.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Ask, with the question of this index as the probe.
    Ask(usize),
    /// Nothing: the poll of an earlier beat is under way.
    Busy,
    /// Say that there are no answers: the probe of an earlier poll, this old, is still at the server.
    Silent(Duration),
}

/// A probe without an answer. Dropping it hangs up.
struct Silent {
    /// When its poll began.
    since: Instant,
    /// When that poll gave up.
    given_up: Instant,
    _hang_up: oneshot::Sender<()>,
}

/// One kind of query: all of its queries are asked together, and not again before the last is answered.
pub(super) struct Lane {
    pub(super) source: Source,
    /// Prometheus owes answers.
    waiting: bool,
    /// The probe whose answer the server still owes, too late to count.
    silent: Option<Silent>,
    /// When the server last answered any of its questions, well or badly.
    answered_at: Option<Instant>,
    /// Which question is the probe of the next poll.
    probe: usize,
    /// When it was last asked.
    began: Option<Instant>,
    /// Answers are asked for that are younger than all that have been asked for.
    wanted: bool,
    /// Whether it gives any.
    pub(super) check: Check,
    /// The queries that fail while others succeed.
    failing: HashSet<Arc<str>>,
    /// What Prometheus last said besides of queries.
    warnings: HashMap<Arc<str>, Vec<String>>,
}

impl Lane {
    /// A lane on which nothing has been asked yet.
    pub(super) fn new(source: Source) -> Self {
        Self {
            source,
            waiting: false,
            silent: None,
            answered_at: None,
            probe: 0,
            began: None,
            wanted: false,
            check: Check::unknown("Prometheus has not answered yet"),
            failing: HashSet::new(),
            warnings: HashMap::new(),
        }
    }

    /// Begins a poll, unless answers to an earlier one are still owed. Where the same server has `answered` another lane
    /// since, it is the question that hangs, and not the server: it is hung up on.
    pub(super) fn begin(&mut self, now: Instant, answered: Option<Instant>) -> Turn {
        if self.waiting {
            return Turn::Busy;
        }
        self.silent = self
            .silent
            .take()
            .filter(|silent| answered.is_none_or(|answered| answered <= silent.given_up));
        if let Some(silent) = &self.silent {
            return Turn::Silent(now - silent.since);
        }
        self.waiting = true;
        self.wanted = false;
        self.began = Some(now);
        Turn::Ask(self.probe)
    }

    /// Which question is the probe of the next poll.
    pub(super) fn probe_with(&mut self, question: usize) {
        self.probe = question;
    }

    /// The probe of the poll that began at `since` is still at the server `now`, and nothing is asked until it is over, or
    /// what is given back resolves.
    pub(super) fn is_silent(&mut self, since: Instant, now: Instant) -> oneshot::Receiver<()> {
        let (hang_up, hung_up) = oneshot::channel();
        self.silent = Some(Silent {
            since,
            given_up: now,
            _hang_up: hang_up,
        });
        hung_up
    }

    /// The probe of the poll that began then is over.
    pub(super) fn is_over(&mut self, since: Instant) {
        self.silent.take_if(|silent| silent.since == since);
    }

    /// When the server last answered any question of the lane.
    pub(super) fn answered_at(&self) -> Option<Instant> {
        self.answered_at
    }

    /// Asks for a poll that begins after this moment. False when one is asked for already: whoever did so sees to it.
    pub(super) fn want(&mut self) -> bool {
        !std::mem::replace(&mut self.wanted, true)
    }

    /// How long the poll that is asked for has to wait; none if there is none, or answers are owed first.
    pub(super) fn due_in(&self, now: Instant) -> Option<Duration> {
        let rested = self.began.map_or(PAUSE, |began| now - began);
        let free = !self.waiting && self.silent.is_none();
        (self.wanted && free).then(|| PAUSE.saturating_sub(rested))
    }

    /// Ends a poll: counts the answers, notes how Prometheus is, and makes a snapshot of them.
    pub(super) fn settle(
        &mut self,
        began: Instant,
        answers: Vec<Answered>,
        metrics: &StreamMetrics,
    ) -> Snapshot {
        self.waiting = false;
        metrics
            .sources()
            .source(self.source)
            .duration
            .observe(began.elapsed().as_secs_f64());
        self.snapshot(answers, metrics)
    }

    /// A beat on which nothing is asked: every query, and that the server has not answered for `silent`.
    pub(super) fn unanswered(
        &mut self,
        names: impl Iterator<Item = Arc<str>>,
        silent: Duration,
        metrics: &StreamMetrics,
    ) -> Snapshot {
        let silent = Duration::from_secs(silent.as_secs());
        let answers = names.map(|name| (name, Err(UpstreamError::TimedOut(silent))));
        self.snapshot(answers.collect(), metrics)
    }

    fn snapshot(&mut self, answers: Vec<Answered>, metrics: &StreamMetrics) -> Snapshot {
        let mut fault = None;
        let answers = answers
            .into_iter()
            .map(|(name, outcome)| {
                if !matches!(outcome, Err(UpstreamError::TimedOut(_))) {
                    self.answered_at = Some(Instant::now());
                }
                metrics.sources().answered(
                    self.source,
                    outcome.as_ref().err().map(UpstreamError::reason),
                );
                let (outcome, warnings) = match outcome {
                    Ok(opened) => (Ok(opened.data), opened.warnings),
                    Err(error) => {
                        fault.get_or_insert_with(|| format!("query {name:?}: Prometheus {error}"));
                        (Err(error.into()), vec![])
                    }
                };
                metrics.sources().warned(self.source, warnings.len());
                Answer {
                    name,
                    outcome,
                    warnings,
                }
            })
            .collect();
        let snapshot = Snapshot {
            taken_at: Utc::now(),
            answers,
            alertmanager: None,
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
        for answer in &snapshot.answers {
            let Answer { name, outcome, .. } = answer;
            match outcome {
                Ok(_) if self.failing.remove(name) => info!("{source}: query {name:?} succeeds"),
                Err(fault) if self.failing.insert(name.clone()) => {
                    warn!("{source}: query {name:?}: {}", fault.error);
                }
                _ => {}
            }
            if outcome.is_ok() {
                self.note_warnings(answer);
            }
        }
    }

    /// Says it once when an answer comes with other warnings than the one before.
    fn note_warnings(&mut self, Answer { name, warnings, .. }: &Answer) {
        let source = self.source.as_str();
        let known = self.warnings.get(name).map_or(&[][..], Vec::as_slice);
        if known == warnings {
            return;
        }
        if warnings.is_empty() {
            self.warnings.remove(name);
            info!("{source}: query {name:?} is answered without warnings");
        } else {
            warn!("{source}: query {name:?}: {}", warnings.join("; "));
            self.warnings.insert(name.clone(), warnings.clone());
        }
    }

    /// What the last good answers said besides, a line per query.
    pub(super) fn warnings(&self) -> Vec<String> {
        let lines = self.warnings.iter();
        let mut lines: Vec<_> = lines
            .map(|(name, texts)| format!("query {name:?}: {}", texts.join("; ")))
            .collect();
        lines.sort();
        lines
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
#[path = "poll_lane_tests.rs"]
mod tests;
