//! Asks Prometheus on a fixed beat and tells the hubs.

use std::time::{Duration, Instant as Moment};

use actix::prelude::{
    Actor, ActorFutureExt, AsyncContext, Context, ContextFutureSpawner, Handler, Recipient,
    StreamHandler, WrapFuture,
};
use chrono::Utc;
use futures_util::{future::join_all, stream};
use tokio::time::{MissedTickBehavior, interval};

use super::{
    lane::{Answered, Lane},
    messages::{LastInstants, LookAgain, PollerReport, PollerStatus, Publish},
};
use crate::{
    gateway::{
        model::{
            channel::{Alerts, Instant, Metrics, Range},
            check::Check,
            query::{InstantQuery, RangeQuery},
            snapshot::Snapshot,
            source::Source,
        },
        telemetry::Telemetry,
        upstream::prometheus::Prometheus,
    },
    shutdown,
};

/// Beats without an end after which the poller counts as stuck.
const MISSED_BEATS: u32 = 3;

/// What is polled, how often.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The beat.
    pub interval: Duration,
    /// On each beat.
    pub instant: Vec<InstantQuery>,
    /// On each beat.
    pub range: Vec<RangeQuery>,
}

/// Where the answers go.
#[derive(Clone)]
#[allow(missing_docs, reason = "each is named after its channel")]
pub struct Audience {
    pub instant: Recipient<Publish<Instant>>,
    pub range: Recipient<Publish<Range>>,
    pub metrics: Recipient<Publish<Metrics>>,
    pub alerts: Recipient<Publish<Alerts>>,
}

/// Asks Prometheus on a fixed beat and tells the hubs.
pub struct PromPoller {
    prometheus: Prometheus,
    plan: Plan,
    audience: Audience,
    telemetry: Telemetry,
    instants: Lane,
    ranges: Lane,
    alerts: Lane,
    last: Option<Snapshot>,
    settled_at: Moment,
    alive: Check,
}

/// Time for a poll.
struct Beat;

impl PromPoller {
    /// A poller that begins with its first beat when it is started.
    pub fn new(
        prometheus: Prometheus,
        plan: Plan,
        audience: Audience,
        telemetry: Telemetry,
    ) -> Self {
        Self {
            prometheus,
            plan,
            audience,
            telemetry,
            instants: Lane::new(Source::PrometheusInstant),
            ranges: Lane::new(Source::PrometheusRange),
            alerts: Lane::new(Source::PrometheusAlerts),
            last: None,
            settled_at: Moment::now(),
            alive: Check::good(),
        }
    }

    fn ask_instants(&mut self, ctx: &mut Context<Self>) {
        let question = |query: &InstantQuery| {
            let (prometheus, query) = (self.prometheus.clone(), query.clone());
            async move { (query.name, prometheus.instant(&query.expr).await) }
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
            let (prometheus, query) = (self.prometheus.clone(), query.clone());
            async move {
                let answer = prometheus.range(&query.expr, query.span(now), query.step);
                (query.name, answer.await)
            }
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
        let prometheus = self.prometheus.clone();
        let question = async move { ("alerts".into(), prometheus.alerts().await) };
        self.ask(
            |poller| &mut poller.alerts,
            vec![question],
            |poller, snapshot, ctx| {
                poller.audience.alerts.do_send(Publish::new(snapshot));
                poller.look_if_wanted(ctx);
            },
            ctx,
        );
    }

    /// Asks for alerts once more if that is wanted: now, or as soon as it may be.
    fn look_if_wanted(&mut self, ctx: &mut Context<Self>) {
        match self.alerts.due_in(Moment::now()) {
            None => {}
            Some(Duration::ZERO) => self.ask_alerts(ctx),
            Some(wait) => {
                ctx.run_later(wait, Self::look_if_wanted);
            }
        }
    }

    /// Asks everything of one lane at once, unless Prometheus still owes its previous answers: a slow poll skips beats
    /// and never piles up.
    fn ask(
        &mut self,
        lane: fn(&mut Self) -> &mut Lane,
        questions: Vec<impl Future<Output = Answered> + 'static>,
        publish: fn(&mut Self, Snapshot, &mut Context<Self>),
        ctx: &mut Context<Self>,
    ) {
        let telemetry = self.telemetry.clone();
        let began = Moment::now();
        if !lane(self).begin(began) {
            telemetry.source(lane(self).source).beats_skipped.inc();
            return;
        }
        join_all(questions)
            .into_actor(self)
            .map(move |answers, poller, ctx| {
                poller.settled_at = Moment::now();
                let snapshot = lane(poller).settle(began, answers, &telemetry);
                publish(poller, snapshot, ctx);
            })
            .spawn(ctx);
    }

    fn publish_instants(&mut self, snapshot: Snapshot, _: &mut Context<Self>) {
        let named = |wanted: fn(&InstantQuery) -> bool| {
            let queries = &self.plan.instant;
            snapshot.only(|name| {
                queries
                    .iter()
                    .any(|query| *query.name == *name && wanted(query))
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
}

impl Actor for PromPoller {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        shutdown::panics_here_are_fatal();
        let beat = self.plan.interval.as_secs_f64();
        self.telemetry.poll_interval.set(beat);
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

impl Handler<LookAgain> for PromPoller {
    type Result = ();

    fn handle(&mut self, _: LookAgain, ctx: &mut Self::Context) {
        if self.alerts.want() {
            self.look_if_wanted(ctx);
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
            prometheus: self.health().clone(),
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
