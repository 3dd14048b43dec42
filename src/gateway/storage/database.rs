//! The pool of read-only sessions, and the deadlines of every question asked through it.

use std::{pin::pin, time::Duration};

use diesel::result::{DatabaseErrorKind, Error, QueryResult};
use diesel_async::AsyncPgConnection;
use futures_util::future::{Either, select};
use tokio::{
    sync::watch,
    time::{Instant, timeout},
};
use tokio_postgres::Config;

use super::{
    connection::{Connection, Connector},
    error::RepoError,
};

/// How long PostgreSQL may take to hang up after it has said that it is going to.
const FAREWELL: Duration = Duration::from_millis(50);

/// Where the database is and how much is asked of it at once.
#[derive(Clone)]
pub struct DatabaseOptions {
    /// Address and credentials.
    pub config: Config,
    /// Connections at most.
    pub pool_size: u32,
    /// How long a question waits for a connection.
    pub acquire_timeout: Duration,
    /// How long it may take then.
    pub query_timeout: Duration,
}

/// The pool. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    pool: bb8::Pool<Connector>,
    failures: watch::Receiver<Option<RepoError>>,
    query_timeout: Duration,
    statement_timeout: Duration,
}

impl Database {
    /// A pool without connections: they are made when needed. Must be called within a runtime.
    pub fn new(options: DatabaseOptions) -> Self {
        // PostgreSQL gives up a little earlier than we do, so that its connection stays good.
        let statement_timeout = options.query_timeout.mul_f64(0.9);
        let connector = Connector::new(options.config, options.acquire_timeout, statement_timeout);
        Self {
            failures: connector.failures(),
            pool: bb8::Pool::builder()
                .max_size(options.pool_size)
                .connection_timeout(options.acquire_timeout)
                .build_unchecked(connector),
            query_timeout: options.query_timeout,
            statement_timeout,
        }
    }

    /// Asks one question; the answer, or why there is none, comes within both timeouts together.
    ///
    /// # Errors
    /// Any [`RepoError`].
    pub async fn ask<T>(
        &self,
        question: impl AsyncFnOnce(&mut AsyncPgConnection) -> QueryResult<T>,
    ) -> Result<T, RepoError> {
        let mut connection = self.acquire().await?;
        let asked = Instant::now();
        match timeout(self.query_timeout, connection.ask(question)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(self.explain(error, asked, &mut connection).await),
            Err(_) => Err(RepoError::TimedOut),
        }
    }

    async fn acquire(&self) -> Result<bb8::PooledConnection<'_, Connector>, RepoError> {
        match select(pin!(self.pool.get()), pin!(self.down())).await {
            Either::Left((Ok(connection), _)) => Ok(connection),
            Either::Left((Err(bb8::RunError::User(error)), _)) | Either::Right((error, _)) => {
                Err(error)
            }
            Either::Left((Err(bb8::RunError::TimedOut), _)) if self.is_connected() => {
                Err(RepoError::PoolExhausted)
            }
            Either::Left((Err(bb8::RunError::TimedOut), _)) => {
                Err(RepoError::Unreachable("it does not answer".to_owned()))
            }
        }
    }

    /// Ends when an attempt to connect fails and there is no other connection to wait for: `bb8` would go on trying
    /// until the timeout, and a database that refuses can be told about at once.
    async fn down(&self) -> RepoError {
        let mut failures = self.failures.clone();
        failures.mark_unchanged();
        while failures.changed().await.is_ok() {
            let failure = failures.borrow_and_update().clone();
            if let (Some(error), false) = (failure, self.is_connected()) {
                return error;
            }
        }
        std::future::pending().await
    }

    fn is_connected(&self) -> bool {
        self.pool.state().connections > 0
    }

    async fn explain(
        &self,
        error: Error,
        asked: Instant,
        connection: &mut Connection,
    ) -> RepoError {
        use DatabaseErrorKind::{ClosedConnection, UnableToSendCommand, Unknown};
        match error {
            Error::DatabaseError(UnableToSendCommand | ClosedConnection, info) => {
                RepoError::Unreachable(info.message().to_owned())
            }
            // Diesel does not pass on the code, and the text may be in any language: time tells a cancelled statement,
            // and the end of the session a server that shuts down.
            Error::DatabaseError(Unknown, _) if asked.elapsed() >= self.statement_timeout => {
                RepoError::TimedOut
            }
            Error::DatabaseError(Unknown, info) if connection.ends_within(FAREWELL).await => {
                RepoError::Unreachable(info.message().to_owned())
            }
            error => RepoError::Failed(error.to_string()),
        }
    }
}
