//! The actor that knows the incidents: it asks PostgreSQL on behalf of REST, and shares each answer among all who ask
//! the same at the same time.

use std::time::{Duration, Instant};

use actix::{
    Actor, ActorFutureExt, AsyncContext, Context, ContextFutureSpawner, Handler, MessageResult,
    ResponseFuture, WrapFuture,
};
use bytes::Bytes;
use serde::Serialize;

use super::{
    messages::{CountByService, DatabaseStatus, ListIncidents, Summarize},
    shared_answers::{Limits, SharedAnswers, Turn},
};
use crate::{
    gateway::{
        model::{
            answer::Success,
            check::Check,
            incident::{IncidentFilter, Period},
            source::Source,
        },
        storage::{
            database::{Database, DatabaseOptions},
            error::RepoError,
            incidents, privileges, summary,
        },
        telemetry::Telemetry,
    },
    shutdown,
};

/// What an [`IncidentRepo`] is made of.
#[derive(Clone)]
pub struct RepoOptions {
    /// Where the incidents are.
    pub database: DatabaseOptions,
    /// How often the database is asked whether it answers.
    pub check_interval: Duration,
    /// How long an answer is shared after it has come.
    pub share_for: Duration,
}

/// Asks PostgreSQL about incidents.
pub struct IncidentRepo {
    database: Database,
    answers: SharedAnswers<Question, RepoError>,
    check_interval: Duration,
    check: Check,
    checking: bool,
    role_checked: bool,
    telemetry: Telemetry,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Question {
    ByService,
    Details(IncidentFilter),
    Summary(Period),
}

impl IncidentRepo {
    /// Ready to start, whether or not the database is there. Must be called within a runtime.
    pub fn new(options: RepoOptions, telemetry: Telemetry) -> Self {
        Self {
            database: Database::new(options.database),
            answers: SharedAnswers::new(Limits {
                fresh_for: options.share_for,
                answers: 256,
                bytes: 8 << 20,
                in_flight: 1024,
            }),
            check_interval: options.check_interval,
            check: Check::unknown("the database has not answered yet"),
            checking: false,
            role_checked: false,
            telemetry,
        }
    }

    fn answer(
        &mut self,
        question: Question,
        ctx: &mut Context<Self>,
    ) -> ResponseFuture<Result<Bytes, RepoError>> {
        let later = match self.answers.ask(&question, Instant::now()) {
            Turn::Known(answer) => return Box::pin(std::future::ready(Ok(answer))),
            Turn::Refused => {
                return Box::pin(std::future::ready(Err(RepoError::PoolExhausted)));
            }
            Turn::Wait(later) => later,
            Turn::Fetch(later) => {
                self.fetch(question, ctx);
                later
            }
        };
        Box::pin(async {
            later
                .await
                .unwrap_or_else(|_| Err(RepoError::Unreachable("shutting down".to_owned())))
        })
    }

    fn fetch(&self, question: Question, ctx: &mut Context<Self>) {
        let (database, asked, timer) = (
            self.database.clone(),
            question.clone(),
            self.telemetry
                .source(Source::Postgres)
                .duration
                .start_timer(),
        );
        async move { fetch(&database, asked).await }
            .into_actor(self)
            .map(move |answer, repo, _| {
                timer.observe_duration();
                let reason = answer.as_ref().err().map(RepoError::reason);
                repo.telemetry.answered(Source::Postgres, reason);
                repo.answers.settle(&question, &answer, Instant::now());
            })
            .spawn(ctx);
    }

    /// Asks whether the database answers, unless it still owes us the previous answer.
    fn check(&mut self, ctx: &mut Context<Self>) {
        self.answers.forget_stale(Instant::now());
        if self.checking {
            return;
        }
        self.checking = true;
        let (database, role_checked) = (self.database.clone(), self.role_checked);
        async move {
            database.ask(privileges::probe).await?;
            if role_checked {
                return Ok(None);
            }
            database.ask(privileges::could_write).await.map(Some)
        }
        .into_actor(self)
        .map(|found, repo, _| repo.note(found))
        .spawn(ctx);
    }

    /// Takes what [`Self::check`] found: whether the database answers, and whether our role could write if that was
    /// asked too. Logs only what has changed.
    fn note(&mut self, found: Result<Option<bool>, RepoError>) {
        self.checking = false;
        if let Ok(Some(could_write)) = found {
            self.role_checked = true;
            if could_write {
                log::warn!(
                    "the database role of service-metrics could write to the incident database; it only ever reads: \
                     see migrations-readonly/01-metrics-reader.sql"
                );
            }
        }
        let found = found.map(drop).map_err(|error| error.to_string());
        if self.check.update(found) {
            match &self.check.error {
                None => log::info!("the incident database answers"),
                Some(error) => log::warn!("{error}"),
            }
        }
    }
}

/// Asks the database and writes the answer down as it will be sent.
async fn fetch(database: &Database, question: Question) -> Result<Bytes, RepoError> {
    match question {
        Question::ByService => encode(&Success::new(
            database.ask(incidents::count_by_service).await?,
        )),
        Question::Details(filter) => {
            let page = database
                .ask(async |connection| incidents::list(connection, filter).await)
                .await?;
            let next = page.next.map(|cursor| cursor.encode());
            encode(&Success::page(page.incidents, next))
        }
        Question::Summary(period) => encode(&Success::new(
            database
                .ask(async |connection| summary::summarize(connection, period).await)
                .await?,
        )),
    }
}

fn encode(answer: &impl Serialize) -> Result<Bytes, RepoError> {
    serde_json::to_vec(answer)
        .map(Bytes::from)
        .map_err(|error| RepoError::Failed(error.to_string()))
}

impl Actor for IncidentRepo {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        shutdown::panics_here_are_fatal();
        // Waiting for a full mailbox costs a wake-up per message; a burst of equal questions is the usual case.
        ctx.set_mailbox_capacity(1024);
        self.check(ctx); // `run_interval` alone would leave the first interval unknown
        ctx.run_interval(self.check_interval, Self::check);
    }
}

impl Handler<CountByService> for IncidentRepo {
    type Result = ResponseFuture<Result<Bytes, RepoError>>;

    fn handle(&mut self, _: CountByService, ctx: &mut Self::Context) -> Self::Result {
        self.answer(Question::ByService, ctx)
    }
}

impl Handler<ListIncidents> for IncidentRepo {
    type Result = ResponseFuture<Result<Bytes, RepoError>>;

    fn handle(
        &mut self,
        ListIncidents(filter): ListIncidents,
        ctx: &mut Self::Context,
    ) -> Self::Result {
        self.answer(Question::Details(filter), ctx)
    }
}

impl Handler<Summarize> for IncidentRepo {
    type Result = ResponseFuture<Result<Bytes, RepoError>>;

    fn handle(&mut self, Summarize(period): Summarize, ctx: &mut Self::Context) -> Self::Result {
        self.answer(Question::Summary(period), ctx)
    }
}

impl Handler<DatabaseStatus> for IncidentRepo {
    type Result = MessageResult<DatabaseStatus>;

    fn handle(&mut self, _: DatabaseStatus, _: &mut Self::Context) -> Self::Result {
        MessageResult(self.check.clone())
    }
}
