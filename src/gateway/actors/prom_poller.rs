//! Asks Prometheus on a fixed beat and tells the hubs.

use std::{
    sync::Arc,
    time::{Duration, Instant as Moment},
};

use actix::prelude::{
    Actor, ActorFutureExt, AsyncContext, Context, ContextFutureSpawner, Handler, Recipient,
    WrapFuture,
};
use bytes::Bytes;
use chrono::Utc;
use futures_util::future::join_all;
use log::{info, warn};

use super::messages::{LastInstants, PollerReport, PollerStatus, Publish};
use crate::{
    gateway::{
        model::{
            channel::{Instant, Metrics, Range},
            check::Check,
            query::{InstantQuery, RangeQuery},
            snapshot::{Answer, Snapshot},
            source::Source,
        },
        telemetry::Telemetry,
        upstream::{prom_error::PromError, prometheus::Prometheus},
    },
    shutdown,
};

/// Beats without an end after which the poller counts as stuck.
const MISSED_BEATS: u32 = 3;

type Answers = Vec<(Arc<str>, Result<Bytes, PromError>)>;

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
}

/// One kind of query: all of its queries are asked together, and not again before the last is answered.
struct Lane {
    source: Source,
    waiting: bool,
    check: Check,
}

impl Lane {
    fn new(source: Source) -> Self {
        Self {
            source,
            waiting: false,
            check: Check::unknown("Prometheus has not answered yet"),
        }
    }
}

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
        }
    }

    fn beat(&mut self, ctx: &mut Context<Self>) {
        self.ask_instants(ctx);
        self.ask_ranges(ctx);
    }

    fn ask_instants(&mut self, ctx: &mut Context<Self>) {
        let Some(began) = self.instants.begin(&self.telemetry) else {
            return;
        };
        let questions: Vec<_> = self
            .plan
            .instant
            .iter()
            .map(|query| {
                let (prometheus, query) = (self.prometheus.clone(), query.clone());
                async move { (query.name, prometheus.instant(&query.expr).await) }
            })
            .collect();
        join_all(questions)
            .into_actor(self)
            .map(move |answers, poller, _| {
                poller.settled_at = Moment::now();
                let snapshot = poller.instants.settle(began, answers, &poller.telemetry);
                poller.publish_instants(snapshot);
            })
            .spawn(ctx);
    }

    fn ask_ranges(&mut self, ctx: &mut Context<Self>) {
        let Some(began) = self.ranges.begin(&self.telemetry) else {
            return;
        };
        let now = Utc::now().timestamp().unsigned_abs();
        let questions: Vec<_> = self
            .plan
            .range
            .iter()
            .map(|query| {
                let (prometheus, query) = (self.prometheus.clone(), query.clone());
                async move {
                    let span = query.span(now);
                    (
                        query.name,
                        prometheus.range(&query.expr, span, query.step).await,
                    )
                }
            })
            .collect();
        join_all(questions)
            .into_actor(self)
            .map(move |answers, poller, _| {
                poller.settled_at = Moment::now();
                let snapshot = poller.ranges.settle(began, answers, &poller.telemetry);
                poller.audience.range.do_send(Publish::new(snapshot));
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

impl Lane {
    /// Begins a poll, unless Prometheus still owes the previous answers: a slow poll skips beats and never piles up.
    fn begin(&mut self, telemetry: &Telemetry) -> Option<Moment> {
        if self.waiting {
            telemetry.source(self.source).beats_skipped.inc();
            return None;
        }
        self.waiting = true;
        Some(Moment::now())
    }

    /// Ends a poll: counts the answers, notes how Prometheus is, and makes a snapshot of them.
    fn settle(&mut self, began: Moment, answers: Answers, telemetry: &Telemetry) -> Snapshot {
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
        self.note(fault.filter(|_| snapshot.is_stale()));
        snapshot
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

impl Actor for PromPoller {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        shutdown::panics_here_are_fatal();
        self.beat(ctx); // `run_interval` alone would leave the first beat empty
        ctx.run_interval(self.plan.interval, Self::beat);
    }
}

impl Handler<PollerStatus> for PromPoller {
    type Result = actix::MessageResult<PollerStatus>;

    fn handle(&mut self, _: PollerStatus, _: &mut Self::Context) -> Self::Result {
        let mut poller = Check::good();
        let silent = self.settled_at.elapsed();
        if silent > self.plan.interval * MISSED_BEATS {
            let _ = poller.update(Err(format!("no beat has ended for {} s", silent.as_secs())));
        }
        let lane = if self.instants.check.ok {
            &self.ranges
        } else {
            &self.instants
        };
        actix::MessageResult(PollerReport {
            prometheus: lane.check.clone(),
            poller,
        })
    }
}

impl Handler<LastInstants> for PromPoller {
    type Result = Option<Snapshot>;

    fn handle(&mut self, _: LastInstants, _: &mut Self::Context) -> Self::Result {
        self.last.clone()
    }
}
