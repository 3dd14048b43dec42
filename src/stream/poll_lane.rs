//! The state of one kind of query in [`PromPoller`]: whether a poll is running, and how the last ones ended.
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

/// Minimum time from the start of a poll to one that is requested between beats: a storm of webhooks must not become a
/// storm of queries.
const MIN_POLL_GAP: Duration = Duration::from_millis(200);

/// What a lane does on a beat.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// It polls, with the query of this index as the probe.
    Poll(usize),
    /// Nothing: an earlier poll is still running.
    Busy,
    /// It publishes that there are no answers: the probe of an earlier poll, of this age, is still unanswered.
    Silent(Duration),
}

/// An unanswered probe. Dropping it closes its connection.
struct Silent {
    /// When its poll began.
    since: Instant,
    /// When that poll gave up.
    given_up: Instant,
    _hang_up: oneshot::Sender<()>,
}

/// One kind of query. All of its queries are polled together, and again only after the last answer.
pub(super) struct PollLane {
    pub(super) source: Source,
    /// A poll is running.
    waiting: bool,
    /// The probe of a poll that has timed out, if it is still unanswered.
    silent: Option<Silent>,
    /// When the server last answered any of its queries, with success or failure.
    answered_at: Option<Instant>,
    /// Index of the query that is the probe of the next poll.
    probe: usize,
    /// When the last poll began.
    began: Option<Instant>,
    /// A poll is requested that begins later than all others.
    requested: bool,
    /// Whether it gets answers.
    pub(super) check: Check,
    /// The queries that fail while others succeed.
    failing: HashSet<Arc<str>>,
    /// The last warnings of Prometheus by query.
    warnings: HashMap<Arc<str>, Vec<String>>,
}

impl PollLane {
    /// A lane that has not polled yet.
    pub(super) fn new(source: Source) -> Self {
        Self {
            source,
            waiting: false,
            silent: None,
            answered_at: None,
            probe: 0,
            began: None,
            requested: false,
            check: Check::unknown("Prometheus has not answered yet"),
            failing: HashSet::new(),
            warnings: HashMap::new(),
        }
    }

    /// Begins a poll, unless an earlier one is unanswered. If the same server has `answered` another lane since, the query
    /// hangs and not the server: the connection of the probe is closed.
    pub(super) fn begin(&mut self, now: Instant, answered: Option<Instant>) -> Start {
        if self.waiting {
            return Start::Busy;
        }
        self.silent = self
            .silent
            .take()
            .filter(|silent| answered.is_none_or(|answered| answered <= silent.given_up));
        if let Some(silent) = &self.silent {
            return Start::Silent(now - silent.since);
        }
        self.waiting = true;
        self.requested = false;
        self.began = Some(now);
        Start::Poll(self.probe)
    }

    /// Sets the query that is the probe of the next poll.
    pub(super) fn set_probe(&mut self, question: usize) {
        self.probe = question;
    }

    /// Notes that the probe of the poll that began at `since` is unanswered `now`. The lane does not poll before
    /// [`Self::end_silence`]; the receiver resolves when the probe is given up.
    pub(super) fn set_silent(&mut self, since: Instant, now: Instant) -> oneshot::Receiver<()> {
        let (hang_up, hung_up) = oneshot::channel();
        self.silent = Some(Silent {
            since,
            given_up: now,
            _hang_up: hang_up,
        });
        hung_up
    }

    /// Notes that the probe of the poll that began at `since` has ended.
    pub(super) fn end_silence(&mut self, since: Instant) {
        self.silent.take_if(|silent| silent.since == since);
    }

    /// When the server last answered any query of the lane.
    pub(super) fn answered_at(&self) -> Option<Instant> {
        self.answered_at
    }

    /// Requests a poll that begins later. False if one is requested already.
    pub(super) fn request(&mut self) -> bool {
        !std::mem::replace(&mut self.requested, true)
    }

    /// How long the requested poll must wait. `None` if none is requested, or one is running.
    pub(super) fn due_in(&self, now: Instant) -> Option<Duration> {
        let rested = self.began.map_or(MIN_POLL_GAP, |began| now - began);
        let free = !self.waiting && self.silent.is_none();
        (self.requested && free).then(|| MIN_POLL_GAP.saturating_sub(rested))
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
