//! Adds what Alertmanager does with the alerts that Prometheus has.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use actix::prelude::{
    Actor, ActorFutureExt, AsyncContext, Context, ContextFutureSpawner, Handler, Message,
    MessageResult, Recipient, WrapFuture,
};
use log::{info, warn};
use program::shutdown;
use prometheus_api::{
    alertmanager::{client::Alertmanager, view::AlertmanagerView},
    error::UpstreamError,
};
use tokio::time::timeout;

use crate::{
    messages::{Publish, channel::Alerts, check::Check, snapshot::Snapshot, source::Source},
    telemetry::Sources,
};

/// How long a frame waits for what Alertmanager says of its alerts; what it says later goes out in another.
const ENRICH_TIMEOUT: Duration = Duration::from_millis(300);
/// How long an unanswered question is waited for before another is sent: a server that hangs must not collect them.
const REQUEST_LIFETIME: Duration = Duration::from_secs(150);

/// Does Alertmanager answer?
#[derive(Debug, Clone, Message)]
#[rtype(result = "Check")]
pub(super) struct AlertmanagerStatus;

/// Asks Alertmanager whenever Prometheus has been asked for alerts, and hands both to the hub.
pub(super) struct AlertmanagerPoller {
    alertmanager: Alertmanager,
    /// How long an answer may take before it counts as none.
    timeout: Duration,
    hub: Recipient<Publish<Alerts>>,
    sources: Sources,
    /// What Prometheus said last.
    snapshot: Option<Snapshot>,
    /// It has not gone out yet.
    is_due: bool,
    /// The question at the server.
    asked: Option<Instant>,
    /// Prometheus has been asked since then.
    is_old: bool,
    view: Option<Arc<AlertmanagerView>>,
    check: Check,
}

impl AlertmanagerPoller {
    /// Publishes to `hub` what is published to it, with the answer of `alertmanager`, which is awaited for `timeout`.
    pub(super) fn new(
        alertmanager: Alertmanager,
        timeout: Duration,
        hub: Recipient<Publish<Alerts>>,
        sources: Sources,
    ) -> Self {
        Self {
            alertmanager,
            timeout,
            hub,
            sources,
            snapshot: None,
            is_due: false,
            asked: None,
            is_old: false,
            view: None,
            check: Check::unknown("Alertmanager has not answered yet"),
        }
    }

    fn ask(&mut self, ctx: &mut Context<Self>) {
        let began = Instant::now();
        self.asked = Some(began);
        self.is_old = false;
        let alertmanager = self.alertmanager.clone();
        let question = async move { alertmanager.view().await };
        timeout(REQUEST_LIFETIME, question)
            .into_actor(self)
            .map(move |answer, poller, ctx| {
                poller.asked = None;
                let answer = answer.unwrap_or(Err(UpstreamError::TimedOut(REQUEST_LIFETIME)));
                let metrics = poller.sources.source(Source::Alertmanager);
                metrics.duration.observe(began.elapsed().as_secs_f64());
                poller.learn(answer);
                if std::mem::take(&mut poller.is_old) {
                    poller.ask(ctx);
                }
            })
            .spawn(ctx);
        ctx.run_later(ENRICH_TIMEOUT, move |poller, _| {
            if poller.asked == Some(began) {
                poller.publish();
            }
        });
        ctx.run_later(self.timeout, move |poller, _| {
            if poller.asked == Some(began) {
                poller.learn(Err(UpstreamError::TimedOut(poller.timeout)));
            }
        });
    }

    /// Takes what Alertmanager says, or why it says nothing; publishes where that is news.
    fn learn(&mut self, answer: Result<AlertmanagerView, UpstreamError>) {
        let reason = answer.as_ref().err().map(UpstreamError::reason);
        self.sources.answered(Source::Alertmanager, reason);
        let outcome = answer
            .as_ref()
            .err()
            .map(|error| format!("Alertmanager {error}"));
        if self.check.update(outcome.map_or(Ok(()), Err)) {
            match &self.check.error {
                None => info!("Alertmanager answers"),
                Some(error) => warn!("{error}; which alerts it keeps quiet is not known"),
            }
        }
        let view = answer.ok().map(Arc::new);
        if view != self.view {
            self.view = view;
            self.is_due = true;
        }
        self.publish();
    }

    fn publish(&mut self) {
        let Some(snapshot) = self.snapshot.as_ref().filter(|_| self.is_due) else {
            return;
        };
        self.is_due = false;
        let mut snapshot = snapshot.clone();
        snapshot.alertmanager.clone_from(&self.view);
        if let (Some(error), Some(answer)) = (&self.check.error, snapshot.answers.first_mut()) {
            let unknown = "which alerts are silenced or inhibited is not known";
            let none = "(alertmanager.url; empty: there is none)";
            answer.warnings.push(format!("{error}: {unknown} {none}"));
        }
        self.hub.do_send(Publish::new(snapshot));
    }
}

impl Actor for AlertmanagerPoller {
    type Context = Context<Self>;

    fn started(&mut self, _: &mut Self::Context) {
        shutdown::panics_here_are_fatal();
    }
}

impl Handler<Publish<Alerts>> for AlertmanagerPoller {
    type Result = ();

    fn handle(&mut self, Publish { snapshot, .. }: Publish<Alerts>, ctx: &mut Self::Context) {
        self.snapshot = Some(snapshot);
        self.is_due = true;
        if self.asked.is_none() {
            self.ask(ctx);
        } else {
            self.sources
                .source(Source::Alertmanager)
                .beats_skipped
                .inc();
            self.is_old = true;
            self.publish();
        }
    }
}

impl Handler<AlertmanagerStatus> for AlertmanagerPoller {
    type Result = MessageResult<AlertmanagerStatus>;

    fn handle(&mut self, _: AlertmanagerStatus, _: &mut Self::Context) -> Self::Result {
        MessageResult(self.check.clone())
    }
}
