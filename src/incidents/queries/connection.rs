//! One connection to PostgreSQL, each question in a read-only transaction of its own, and how the pool makes and judges
//! connections. Nothing is set and nothing is prepared outside a transaction: behind a pooler in transaction mode, that
//! would stay in a connection of the server which others use next.

use std::{error::Error, fmt::Write, sync::Arc, time::Duration};

use diesel::{connection::CacheSize, result::QueryResult};
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use futures_util::future::join;
use tokio::{sync::watch, task::JoinHandle, time::timeout};
use tokio_postgres::{Client, Config, error::SqlState};

use super::{dial::dial, error::RepoError};

/// How many names of statements are tried. `tokio_postgres` numbers them from 0 in each process, and behind a pooler
/// other programs may have left some of theirs in the connection that we are lent.
pub(super) const MOST_NAMES_TRIED: usize = 64;

/// A session. Dropping it closes its socket at once, whether or not PostgreSQL still answers.
pub(super) struct Connection {
    session: AsyncPgConnection,
    driver: Driver,
    /// Begins a transaction and limits it; what it sets ends with it.
    begin: Arc<str>,
    /// A query has been sent and its answer not been read, or a transaction not been ended: whoever came next would
    /// wait for it too, or find himself in it.
    busy: bool,
}

impl Connection {
    /// Asks one question, in a read-only transaction. If the future is dropped before it ends, the connection is
    /// spoiled.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) async fn ask<T>(
        &mut self,
        question: impl AsyncFnOnce(&mut &AsyncPgConnection) -> QueryResult<T>,
    ) -> QueryResult<T> {
        self.busy = true;
        let (mut opening, mut asking) = (&self.session, &self.session);
        // In this order, and without waiting for the first answer: that would be one more round trip.
        let begun = opening.batch_execute(&self.begin);
        let (begun, answer) = join(begun, question(&mut asking)).await;
        let answer = begun.and(answer);
        let end = if answer.is_ok() { "COMMIT" } else { "ROLLBACK" };
        self.busy = opening.batch_execute(end).await.is_err();
        answer
    }

    /// Whether the session has ended, or does so within a moment: PostgreSQL says why before it hangs up.
    pub(super) async fn ends_within(&mut self, moment: Duration) -> bool {
        self.driver.0.is_finished() || timeout(moment, &mut self.driver.0).await.is_ok()
    }

    fn is_spoiled(&self) -> bool {
        self.busy || self.driver.0.is_finished()
    }
}

/// The task that moves a connection's bytes.
struct Driver(JoinHandle<()>);

impl Drop for Driver {
    fn drop(&mut self) {
        // Left alone, it would wait for answers still outstanding: for ever, if PostgreSQL is frozen.
        self.0.abort();
    }
}

/// Makes [`Connection`]s for the pool.
pub(super) struct Connector {
    config: Config,
    deadline: Duration,
    begin: Arc<str>,
    failures: watch::Sender<Option<RepoError>>,
}

impl Connector {
    /// Connections to `config`, each made within `deadline`, whose statements PostgreSQL ends after
    /// `statement_timeout`. Every failed attempt is sent to the watchers of [`Connector::failures`].
    pub(super) fn new(mut config: Config, deadline: Duration, statement_timeout: Duration) -> Self {
        config.application_name("service-metrics");
        Self {
            config,
            deadline,
            begin: begin(statement_timeout).into(),
            failures: watch::Sender::new(None),
        }
    }

    /// Why the latest attempt failed.
    pub(super) fn failures(&self) -> watch::Receiver<Option<RepoError>> {
        self.failures.subscribe()
    }

    async fn open(&self) -> Result<Connection, RepoError> {
        let (client, connection) = dial(&self.config, refused).await?;
        let driver = Driver(tokio::spawn(async {
            if let Err(error) = connection.await {
                log::debug!("a database connection ended: {error}");
            }
        }));
        Ok(Connection {
            session: session(client).await?,
            driver,
            begin: self.begin.clone(),
            busy: false,
        })
    }
}

/// Diesel's connection on `client`. Diesel begins by setting the time zone and the encoding of the session: that is
/// done in a transaction that is rolled back.
async fn session(client: Client) -> Result<AsyncPgConnection, RepoError> {
    begin_with_free_names(&client).await.map_err(unreachable)?;
    let session = AsyncPgConnection::try_from(client).await;
    let mut session = session.map_err(unreachable)?;
    // A statement that is not kept is closed as soon as its rows are read: before its transaction ends.
    session.set_prepared_statement_cache_size(CacheSize::Disabled);
    let ended = session.batch_execute("ROLLBACK").await;
    ended.map_err(unreachable)?;
    Ok(session)
}

/// Begins a transaction in which the next statement's name is free.
async fn begin_with_free_names(client: &Client) -> Result<(), tokio_postgres::Error> {
    for _ in 0..MOST_NAMES_TRIED {
        client.batch_execute("BEGIN READ ONLY").await?;
        match client.prepare("SELECT 1").await {
            Err(error) if error.code() == Some(&SqlState::DUPLICATE_PSTATEMENT) => {
                client.batch_execute("ROLLBACK").await?;
            }
            prepared => return prepared.map(drop),
        }
    }
    client.batch_execute("BEGIN READ ONLY").await
}

/// The beginning of every transaction. A lock is waited for as long as for anything else. A timestamp without a time zone is taken as UTC.
fn begin(statement_timeout: Duration) -> String {
    let millis = statement_timeout.as_millis().max(1);
    format!(
        "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY; \
         SET LOCAL statement_timeout = {millis}; \
         SET LOCAL lock_timeout = 0; \
         SET LOCAL idle_in_transaction_session_timeout = {millis}; \
         SET LOCAL TIME ZONE 'UTC'"
    )
}

impl bb8::ManageConnection for Connector {
    type Connection = Connection;
    type Error = RepoError;

    async fn connect(&self) -> Result<Connection, RepoError> {
        // A frozen PostgreSQL accepts the connection and then says nothing.
        let opened = timeout(self.deadline, self.open())
            .await
            .unwrap_or_else(|_| Err(RepoError::Unreachable("it does not answer".to_owned())));
        opened.inspect_err(|error| {
            self.failures.send_replace(Some(error.clone()));
        })
    }

    async fn is_valid(&self, connection: &mut Connection) -> Result<(), RepoError> {
        // No question is asked: it would double the cost of every query, and the query has its own deadline.
        if connection.is_spoiled() {
            return Err(RepoError::Unreachable("the connection broke".to_owned()));
        }
        Ok(())
    }

    fn has_broken(&self, connection: &mut Connection) -> bool {
        connection.is_spoiled()
    }
}

/// PostgreSQL's own words name the role, the client's address and the database; `/-/ready` is for everybody.
fn refused(error: tokio_postgres::Error) -> RepoError {
    let Some(code) = error.code() else {
        return unreachable(error);
    };
    log::debug!("PostgreSQL refuses a connection: {error}");
    let what = if [
        SqlState::INVALID_PASSWORD,
        SqlState::INVALID_AUTHORIZATION_SPECIFICATION,
    ]
    .contains(code)
    {
        "the role or its password"
    } else {
        "the connection"
    };
    let hint = if *code == SqlState::PROTOCOL_VIOLATION {
        ": a pooler takes no `options=` in database.url"
    } else {
        ""
    };
    let code = code.code();
    RepoError::Unreachable(format!("it refuses {what} (SQLSTATE {code}){hint}"))
}

/// The whole chain of causes; `tokio_postgres` says "error connecting to server" and keeps the rest for `source`.
fn unreachable(error: impl Error) -> RepoError {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        if !text.contains(&said) {
            let _ = write!(text, ": {said}");
        }
        cause = error.source();
    }
    RepoError::Unreachable(text)
}
