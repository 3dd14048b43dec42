//! Asks Prometheus on a fixed beat and tells the hubs.

use std::time::{Duration, Instant as Moment};

use actix::prelude::{
    Actor, ActorFutureExt, AsyncContext, Context, ContextFutureSpawner, Handler, StreamHandler,
    WrapFuture,
};
use chrono::Utc;
use futures_util::{future::select, stream};
use program::shutdown;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::messages::{LastInstants, PollerReport, PollerStatus};
use super::metrics::StreamMetrics;
use super::query::{InstantQuery, RangeQuery};
use super::{
    plan::{Audience, Plan, Upstream},
    poll::{Polled, Question, poll},
    poll_lane::{PollLane, Start},
};
use crate::messages::{PollAlertsNow, Publish, check::Check, snapshot::Snapshot, source::Source};

/// Beats without an end after which the poller counts as stuck.
const MISSED_BEATS: u32 = 3;
/// How long an unanswered probe is waited for before another is sent. Prometheus itself gives a query up after two minutes
/// (`--query.timeout`): a server that is silent for longer has lost it.
const PROBE_LIFETIME: Duration = Duration::from_secs(150);

/// Asks Prometheus on a fixed beat and tells the hubs.
pub struct PromPoller {
    upstream: Upstream,
    plan: Plan,
    audience: Audience,
    metrics: StreamMetrics,
    instants: PollLane,
    ranges: PollLane,
    alerts: PollLane,
    last: Option<Snapshot>,
    settled_at: Moment,
    alive: Check,
}

/// Time for a poll.
struct Beat;

impl PromPoller {
    /// A poller that begins with its first beat when it is started.
    pub fn new(upstream: Upstream, plan: Plan, audience: Audience, metrics: StreamMetrics) -> Self {
        Self {
            upstream,
            plan,
            audience,
            metrics,
            instants: PollLane::new(Source::PrometheusInstant),
            ranges: PollLane::new(Source::PrometheusRange),
            alerts: PollLane::new(Source::PrometheusAlerts),
            last: None,
            settled_at: Moment::now(),
            alive: Check::good(),
        }
    }

    fn ask_instants(&mut self, ctx: &mut Context<Self>) {
        let question = |query: &InstantQuery| {
            let (prometheus, query) = (self.upstream.queries.clone(), query.clone());
            Question::new(query.name, async move |progress| {
                prometheus.instant(&query.expr, &progress).await
            })
        };
        let questions = self.plan.instant.iter().map(question).collect();
        self.ask(
            |poller| &mut poller.instants,
            questions,
            Self::publish_instants,
            ctx,
        );
    }

    fn ask_ranges(&mut self, ctx: &mut Context<Self>) {
        let now = Utc::now().timestamp().unsigned_abs();
        let question = |query: &RangeQuery| {
            let (prometheus, query) = (self.upstream.queries.clone(), query.clone());
            let (range, step) = (query.start_and_end(now), query.step);
            Question::new(query.name, async move |progress| {
                prometheus.range(&query.expr, range, step, &progress).await
            })
        };
        let questions = self.plan.range.iter().map(question).collect();
        self.ask(
            |poller| &mut poller.ranges,
            questions,
            |poller, snapshot, _| poller.audience.range.do_send(Publish::new(snapshot)),
            ctx,
        );
    }

    fn ask_alerts(&mut self, ctx: &mut Context<Self>) {
        let prometheus = self.upstream.alerts.clone();
        let question = Question::new("alerts".into(), async move |progress| {
            prometheus.alerts(&progress).await
        });
        self.ask(
            |poller| &mut poller.alerts,
            vec![question],
            |poller, snapshot, ctx| {
                poller.audience.alerts.do_send(Publish::new(snapshot));
                poller.poll_alerts_if_requested(ctx);
            },
            ctx,
        );
    }

    /// Asks for alerts once more if that is requested: now, or as soon as it may be.
    fn poll_alerts_if_requested(&mut self, ctx: &mut Context<Self>) {
        match self.alerts.due_in(Moment::now()) {
            None => {}
            Some(Duration::ZERO) => self.ask_alerts(ctx),
            Some(wait) => {
                ctx.run_later(wait, Self::poll_alerts_if_requested);
            }
        }
    }

    /// Asks the questions of one lane, unless Prometheus still owes earlier answers: a slow poll skips beats and never
    /// piles up, and a server that does not answer at all keeps one question, while the beats say so.
    fn ask(
        &mut self,
        lane: fn(&mut Self) -> &mut PollLane,
        questions: Vec<Question>,
        publish: fn(&mut Self, Snapshot, &mut Context<Self>),
        ctx: &mut Context<Self>,
    ) {
        let metrics = self.metrics.clone();
        let began = Moment::now();
        let source = lane(self).source;
        let answered = self.answered_besides(source);
        let probe = match lane(self).begin(began, answered) {
            Start::Poll(probe) => probe,
            Start::Busy => {
                metrics.sources().source(source).beats_skipped.inc();
                return;
            }
            Start::Silent(silent) => {
                metrics.sources().source(source).beats_skipped.inc();
                let names = questions.into_iter().map(|question| question.name);
                let snapshot = lane(self).unanswered(names, silent, &metrics);
                self.settled_at = began;
                publish(self, snapshot, ctx);
                return;
            }
        };
        poll(questions, probe, self.plan.timeout)
            .into_actor(self)
            .map(move |polled, poller, ctx| {
                let Polled {
                    answers,
                    unanswered,
                    next_probe,
                } = polled;
                poller.settled_at = Moment::now();
                let snapshot = lane(poller).settle(began, answers, &metrics);
                lane(poller).set_probe(next_probe);
                if let Some(probe) = unanswered {
                    let now = poller.settled_at;
                    let hung_up = lane(poller).set_silent(began, now);
                    timeout(PROBE_LIFETIME, select(probe, hung_up))
                        .into_actor(poller)
                        .map(move |_, poller, ctx| {
                            lane(poller).end_silence(began);
                            poller.poll_alerts_if_requested(ctx);
                        })
                        .spawn(ctx);
                }
                publish(poller, snapshot, ctx);
            })
            .spawn(ctx);
    }

    /// When the server of one lane last answered another.
    fn answered_besides(&self, source: Source) -> Option<Moment> {
        let lanes = [&self.instants, &self.ranges, &self.alerts];
        let others = lanes.into_iter().filter(|lane| lane.source != source);
        let same_server =
            |source: Source| self.upstream.one_server || source != Source::PrometheusAlerts;
        let others = others.filter(|lane| same_server(source) && same_server(lane.source));
        others.filter_map(PollLane::answered_at).max()
    }

    fn publish_instants(&mut self, snapshot: Snapshot, _: &mut Context<Self>) {
        let named = |selects: fn(&InstantQuery) -> bool| {
            let queries = &self.plan.instant;
            snapshot.only(|name| {
                queries
                    .iter()
                    .any(|query| *query.name == *name && selects(query))
            })
        };
        self.audience
            .instant
            .do_send(Publish::new(named(|query| query.raw)));
        self.audience
            .metrics
            .do_send(Publish::new(named(|query| query.flat)));
        self.last = Some(snapshot);
    }
}

impl PromPoller {
    /// The lane that has been without an answer for the longest time; if there is none, the one that was last so.
    fn health(&self) -> &Check {
        let checks = [&self.instants, &self.ranges, &self.alerts].map(|lane| &lane.check);
        let since = |check: &&Check| check.since;
        let failing = checks.into_iter().filter(|check| !check.ok);
        let last = checks.into_iter().max_by_key(since);
        failing.min_by_key(since).or(last).unwrap_or(checks[0])
    }

    /// What Prometheus said besides its last good answers.
    fn warnings(&self) -> Vec<String> {
        let lanes = [&self.instants, &self.ranges, &self.alerts];
        lanes.into_iter().flat_map(PollLane::warnings).collect()
    }
}

impl Actor for PromPoller {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        shutdown::panics_here_are_fatal();
        let beat = self.plan.interval.as_secs_f64();
        self.metrics.poll_interval.set(beat);
        // The first beat comes at once. After a stall `run_interval` would catch up on every beat missed.
        let mut beats = interval(self.plan.interval);
        beats.set_missed_tick_behavior(MissedTickBehavior::Skip);
        ctx.add_stream(stream::poll_fn(move |task| {
            beats.poll_tick(task).map(|_| Some(Beat))
        }));
    }
}

impl StreamHandler<Beat> for PromPoller {
    fn handle(&mut self, _: Beat, ctx: &mut Context<Self>) {
        self.ask_instants(ctx);
        self.ask_ranges(ctx);
        self.ask_alerts(ctx);
    }
}

impl Handler<PollAlertsNow> for PromPoller {
    type Result = ();

    fn handle(&mut self, _: PollAlertsNow, ctx: &mut Self::Context) {
        if self.alerts.request() {
            self.poll_alerts_if_requested(ctx);
        }
    }
}

impl Handler<PollerStatus> for PromPoller {
    type Result = actix::MessageResult<PollerStatus>;

    fn handle(&mut self, _: PollerStatus, _: &mut Self::Context) -> Self::Result {
        let silent = self.settled_at.elapsed();
        let stuck = silent > self.plan.interval * MISSED_BEATS;
        self.alive.update(if stuck {
            Err(format!("no beat has ended for {} s", silent.as_secs()))
        } else {
            Ok(())
        });
        actix::MessageResult(PollerReport {
            prometheus: self.health().clone().with_warnings(self.warnings()),
            poller: self.alive.clone(),
        })
    }
}

impl Handler<LastInstants> for PromPoller {
    type Result = Option<Snapshot>;

    fn handle(&mut self, _: LastInstants, _: &mut Self::Context) -> Self::Result {
        self.last.clone()
    }
}
