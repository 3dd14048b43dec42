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
    messages::{LastInstants, PollerReport, PollerStatus, Publish},
};
use crate::{
    gateway::{
        model::{
            channel::{Instant, Metrics, Range},
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
}

/// Asks Prometheus on a fixed beat and tells the hubs.
pub struct PromPoller {
    prometheus: Prometheus,
    plan: Plan,
    audience: Audience,
    telemetry: Telemetry,
    instants: Lane,
    ranges: Lane,
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
            |poller, snapshot| poller.audience.range.do_send(Publish::new(snapshot)),
            ctx,
        );
    }

    /// Asks everything of one lane at once, unless Prometheus still owes its previous answers: a slow poll skips beats
    /// and never piles up.
    fn ask(
        &mut self,
        lane: fn(&mut Self) -> &mut Lane,
        questions: Vec<impl Future<Output = Answered> + 'static>,
        publish: fn(&mut Self, Snapshot),
        ctx: &mut Context<Self>,
    ) {
        let telemetry = self.telemetry.clone();
        if std::mem::replace(&mut lane(self).waiting, true) {
            telemetry.source(lane(self).source).beats_skipped.inc();
            return;
        }
        let began = Moment::now();
        join_all(questions)
            .into_actor(self)
            .map(move |answers, poller, _| {
                poller.settled_at = Moment::now();
                let snapshot = lane(poller).settle(began, answers, &telemetry);
                publish(poller, snapshot);
            })
            .spawn(ctx);
    }

    fn publish_instants(&mut self, snapshot: Snapshot) {
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

impl Actor for PromPoller {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        shutdown::panics_here_are_fatal();
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
        let lane = if self.instants.check.ok {
            &self.ranges
        } else {
            &self.instants
        };
        actix::MessageResult(PollerReport {
            prometheus: lane.check.clone(),
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
