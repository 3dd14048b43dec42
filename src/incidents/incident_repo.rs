//! The actor that knows the incidents: it asks PostgreSQL on behalf of REST, and shares each answer among all who ask
//! the same at the same time.

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

use actix::{
    Actor, ActorFutureExt, AsyncContext, Context, ContextFutureSpawner, Handler, MessageResult,
    ResponseFuture, WrapFuture,
};
use http_kit::client_address::ClientNetwork;
use program::shutdown;
use tokio::time::timeout_at;

use super::{
    incident_query::{CountQuery, IncidentQuery, SharedAnswer},
    messages::{Answer, CountByService, DatabaseStatus, ListIncidents, Summarize},
    metrics::IncidentMetrics,
    model::{Found, IncidentFilter, Oddity, Page, Period, ServiceCount, Summary},
    pool_shares::{Cost, PoolShares, Turn},
    queries::{
        database::{Database, DatabaseOptions},
        error::RepoError,
        privileges::Privileges,
        store::IncidentStore,
    },
    single_flight_cache::{Limits, Lookup, SingleFlightCache},
};
use crate::messages::{check::Check, source::Source};

/// What an [`IncidentRepo`] is made of.
#[derive(Clone)]
pub struct RepoOptions {
    /// Where the incidents are.
    pub database: DatabaseOptions,
    /// How often the database is asked whether it answers.
    pub check_interval: Duration,
    /// How long an answer is shared after it has come.
    pub share_for: Duration,
    /// Questions of one client that run at a time; 0: no limit.
    pub queries_per_address: usize,
}

/// Asks PostgreSQL about incidents.
pub struct IncidentRepo {
    store: IncidentStore,
    counts: Cache<CountQuery>,
    pages: Cache<IncidentFilter>,
    summaries: Cache<Period>,
    shares: PoolShares,
    acquire_timeout: Duration,
    check_interval: Duration,
    check: Check,
    checking: bool,
    role_checked: bool,
    /// The kinds of oddities that have been logged.
    logged: HashSet<(&'static str, Found)>,
    metrics: IncidentMetrics,
}

/// The answers of one kind of query.
type Cache<Q> =
    SingleFlightCache<Q, ClientNetwork, Arc<SharedAnswer<<Q as IncidentQuery>::Answer>>, RepoError>;
/// Where the repository keeps the answers of one kind.
type CacheOf<Q> = fn(&mut IncidentRepo) -> &mut Cache<Q>;

impl IncidentRepo {
    /// Ready to start, whether or not the database is there. Must be called within a runtime.
    pub fn new(options: RepoOptions, metrics: IncidentMetrics) -> Self {
        let acquire_timeout = options.database.acquire_timeout;
        let limits = Limits {
            fresh_for: options.share_for,
            answers: 256,
            bytes: 8 << 20,
            in_flight: 1024,
        };
        Self {
            store: IncidentStore::new(Database::new(options.database)),
            counts: SingleFlightCache::new(limits),
            pages: SingleFlightCache::new(limits),
            summaries: SingleFlightCache::new(limits),
            shares: PoolShares::new(options.queries_per_address),
            acquire_timeout,
            check_interval: options.check_interval,
            check: Check::unknown("the database has not answered yet"),
            checking: false,
            role_checked: false,
            logged: HashSet::new(),
            metrics,
        }
    }

    fn answer<Q: IncidentQuery>(
        &mut self,
        cache: CacheOf<Q>,
        query: Q,
        client: ClientNetwork,
        ctx: &mut Context<Self>,
    ) -> ResponseFuture<Answer<Q::Answer>> {
        let pending = match cache(self).look_up(&query, client, Instant::now()) {
            Lookup::Hit(answer) => return Box::pin(std::future::ready(Ok(answer))),
            Lookup::Full => {
                return Box::pin(std::future::ready(Err(RepoError::PoolExhausted)));
            }
            Lookup::Joined(pending) => pending,
            Lookup::Miss(pending, number) => {
                self.queue(cache, query, number, client, ctx);
                pending
            }
        };
        Box::pin(async {
            pending
                .await
                .unwrap_or_else(|_| Err(RepoError::Unreachable("shutting down".to_owned())))
        })
    }

    /// Waits for the client's turn, no longer than for a connection; then fetches the answer, unless another client's
    /// turn came first.
    fn queue<Q: IncidentQuery>(
        &self,
        cache: CacheOf<Q>,
        query: Q,
        number: u64,
        client: ClientNetwork,
        ctx: &mut Context<Self>,
    ) {
        let shares = self.shares.clone();
        let until = tokio::time::Instant::now() + self.acquire_timeout;
        async move {
            let turn = timeout_at(until, shares.turn(client, Q::COST)).await;
            turn.unwrap_or(Err(match Q::COST {
                Cost::Small => RepoError::ShareTaken,
                Cost::Large => RepoError::SummaryRuns,
            }))
        }
        .into_actor(self)
        .map(move |turn, repo, ctx| match turn {
            Ok(turn) if cache(repo).begin_fetch(&query) => {
                repo.fetch(cache, query, turn, until, ctx);
            }
            Ok(_) => {}
            Err(error) => {
                let sources = &repo.metrics.sources;
                sources.answered(Source::Postgres, Some(error.reason()));
                cache(repo).give_up(&query, number, &client, &error);
            }
        })
        .spawn(ctx);
    }

    fn fetch<Q: IncidentQuery>(
        &self,
        cache: CacheOf<Q>,
        query: Q,
        turn: Turn,
        until: tokio::time::Instant,
        ctx: &mut Context<Self>,
    ) {
        let (store, asked) = (self.store.clone(), query.clone());
        let metrics = self.metrics.sources.source(Source::Postgres);
        let timer = metrics.duration.start_timer();
        async move {
            let answer = asked.fetch(&store, until).await;
            drop(turn);
            answer
        }
        .into_actor(self)
        .map(move |answer, repo, _| {
            timer.observe_duration();
            let reason = answer.as_ref().err().map(RepoError::reason);
            repo.metrics.sources.answered(Source::Postgres, reason);
            let bytes = answer.as_ref().map_or(0, Q::bytes);
            if let Ok(answer) = &answer {
                repo.report_oddities(Q::oddities(answer));
            }
            let answer = answer.map(SharedAnswer::new);
            cache(repo).settle(&query, &answer, bytes, Instant::now());
        })
        .spawn(ctx);
    }

    /// Asks whether the database answers, unless the previous check is still running.
    fn check(&mut self, ctx: &mut Context<Self>) {
        let now = Instant::now();
        self.counts.forget_stale(now);
        self.pages.forget_stale(now);
        self.summaries.forget_stale(now);
        if self.checking {
            return;
        }
        self.checking = true;
        let (store, role_checked) = (self.store.clone(), self.role_checked);
        async move {
            store.check().await?;
            if role_checked {
                return Ok(None);
            }
            store.privileges().await.map(Some)
        }
        .into_actor(self)
        .map(|found, repo, _| repo.note(found))
        .spawn(ctx);
    }

    /// Counts values that are missing in the platform's rows, and names the first one of each kind.
    fn report_oddities(&mut self, oddities: &[Oddity]) {
        for oddity in oddities {
            let (column, found) = (oddity.column, oddity.found);
            self.metrics.value_missing(column, found);
            if self.logged.insert((column, found)) {
                log::warn!(
                    "{oddity}; others like it are counted in service_metrics_incident_values_missing_total and not logged"
                );
            }
        }
    }

    /// Takes what [`Self::check`] found: whether the database answers, and what our role could do if that was asked
    /// too. Logs only what has changed.
    fn note(&mut self, found: Result<Option<Privileges>, RepoError>) {
        self.checking = false;
        if let Ok(Some(privileges)) = found {
            self.role_checked = true;
            if let Some(warning) = privileges.warning() {
                log::warn!("{warning}");
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
    type Result = ResponseFuture<Answer<Vec<ServiceCount>>>;

    fn handle(
        &mut self,
        CountByService(client): CountByService,
        ctx: &mut Self::Context,
    ) -> Self::Result {
        self.answer(|repo| &mut repo.counts, CountQuery, client, ctx)
    }
}

impl Handler<ListIncidents> for IncidentRepo {
    type Result = ResponseFuture<Answer<Page>>;

    fn handle(
        &mut self,
        ListIncidents(filter, client): ListIncidents,
        ctx: &mut Self::Context,
    ) -> Self::Result {
        self.answer(|repo| &mut repo.pages, filter, client, ctx)
    }
}

impl Handler<Summarize> for IncidentRepo {
    type Result = ResponseFuture<Answer<Summary>>;

    fn handle(
        &mut self,
        Summarize(period, client): Summarize,
        ctx: &mut Self::Context,
    ) -> Self::Result {
        self.answer(|repo| &mut repo.summaries, period, client, ctx)
    }
}

impl Handler<DatabaseStatus> for IncidentRepo {
    type Result = MessageResult<DatabaseStatus>;

    fn handle(&mut self, _: DatabaseStatus, _: &mut Self::Context) -> Self::Result {
        MessageResult(self.check.clone())
    }
}
