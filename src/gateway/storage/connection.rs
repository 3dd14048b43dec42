//! One read-only session with PostgreSQL, and how the pool makes and judges them.

use std::{error::Error, fmt::Write, time::Duration};

use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use tokio::{sync::watch, task::JoinHandle, time::timeout};
use tokio_postgres::{Config, NoTls, error::SqlState};

use super::error::RepoError;

/// A session. Dropping it closes its socket at once, whether or not PostgreSQL still answers.
pub struct Connection {
    session: AsyncPgConnection,
    driver: Driver,
    /// A query has been sent and its answer not been read: whoever came next would wait for it too.
    busy: bool,
}

impl Connection {
    /// Asks one question. If the future is dropped before it ends, the connection is spoiled.
    pub async fn ask<T, E>(
        &mut self,
        question: impl AsyncFnOnce(&mut AsyncPgConnection) -> Result<T, E>,
    ) -> Result<T, E> {
        self.busy = true;
        let answer = question(&mut self.session).await;
        self.busy = false;
        answer
    }

    /// Whether the session has ended, or does so within a moment: PostgreSQL says why before it hangs up.
    pub async fn ends_within(&mut self, moment: Duration) -> bool {
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
pub struct Connector {
    config: Config,
    deadline: Duration,
    session_setup: String,
    failures: watch::Sender<Option<RepoError>>,
}

impl Connector {
    /// Connections to `config`, each made within `deadline`, whose statements PostgreSQL ends after
    /// `statement_timeout`. Every failed attempt is told to those who watch [`Connector::failures`].
    pub fn new(mut config: Config, deadline: Duration, statement_timeout: Duration) -> Self {
        config.application_name("service-metrics");
        Self {
            config,
            deadline,
            // Plans are made for the values at hand: the partial index fits some of them only.
            session_setup: format!(
                "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY; \
                 SET statement_timeout = {}; SET plan_cache_mode = force_custom_plan",
                statement_timeout.as_millis().max(1)
            ),
            failures: watch::Sender::new(None),
        }
    }

    /// Why the latest attempt failed.
    pub fn failures(&self) -> watch::Receiver<Option<RepoError>> {
        self.failures.subscribe()
    }

    async fn open(&self) -> Result<Connection, RepoError> {
        let (client, connection) = self.config.connect(NoTls).await.map_err(refused)?;
        let driver = Driver(tokio::spawn(async {
            if let Err(error) = connection.await {
                log::debug!("a database connection ended: {error}");
            }
        }));
        let mut session = AsyncPgConnection::try_from(client)
            .await
            .map_err(unreachable)?;
        session
            .batch_execute(&self.session_setup)
            .await
            .map_err(unreachable)?;
        Ok(Connection {
            session,
            driver,
            busy: false,
        })
    }
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
    RepoError::Unreachable(format!("it refuses {what} (SQLSTATE {})", code.code()))
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
