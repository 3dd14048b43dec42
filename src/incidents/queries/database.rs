//! The pool of connections, and the deadlines of every question asked through it.

use std::{pin::pin, time::Duration};

use diesel::result::{DatabaseErrorKind, Error, QueryResult};
use diesel_async::AsyncPgConnection;
use futures_util::future::{Either, select};
use tokio::{
    sync::watch,
    time::{Instant, timeout, timeout_at},
};
use tokio_postgres::Config;

use super::{
    connection::{Connection, Connector, MOST_NAMES_TRIED},
    error::RepoError,
};

/// How long PostgreSQL may take to hang up after it has said that it is going to.
const CONNECTION_END_TIMEOUT: Duration = Duration::from_millis(50);

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
    acquire_timeout: Duration,
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
            acquire_timeout: options.acquire_timeout,
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
        question: impl AsyncFn(&mut &AsyncPgConnection) -> QueryResult<T>,
    ) -> Result<T, RepoError> {
        self.ask_by(self.patience(), question).await
    }

    /// Like [`Self::ask`]; a connection must be had by `until`.
    ///
    /// # Errors
    /// Any [`RepoError`].
    pub async fn ask_by<T>(
        &self,
        until: Instant,
        question: impl AsyncFn(&mut &AsyncPgConnection) -> QueryResult<T>,
    ) -> Result<T, RepoError> {
        let mut connection = timeout_at(until, self.acquire())
            .await
            .unwrap_or_else(|_| Err(self.none_to_be_had()))?;
        let asked = Instant::now();
        let answer = async {
            let mut answer = connection.ask(&question).await;
            for _ in 0..MOST_NAMES_TRIED {
                match &answer {
                    Err(error) if is_name_taken(error) => answer = connection.ask(&question).await,
                    _ => break,
                }
            }
            answer
        };
        match timeout(self.query_timeout, answer).await {
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
            Either::Left((Err(bb8::RunError::TimedOut), _)) => Err(self.none_to_be_had()),
        }
    }

    /// Until when one may wait for a connection from now on.
    pub(super) fn patience(&self) -> Instant {
        Instant::now() + self.acquire_timeout
    }

    fn none_to_be_had(&self) -> RepoError {
        if self.is_connected() {
            RepoError::PoolExhausted
        } else {
            RepoError::Unreachable("it does not answer".to_owned())
        }
    }

    /// Ends when an attempt to connect fails and there is no other connection to wait for: `bb8` would go on trying
    /// until the timeout, and a database that refuses can be reported at once.
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
            Error::NotFound => RepoError::NoSuchCursor,
            Error::DatabaseError(UnableToSendCommand | ClosedConnection, info) => {
                RepoError::Unreachable(info.message().to_owned())
            }
            // Diesel does not pass on the code, and the text may be in any language: time tells a cancelled statement,
            // and the end of the session a server that shuts down.
            Error::DatabaseError(Unknown, _) if asked.elapsed() >= self.statement_timeout => {
                RepoError::TimedOut
            }
            Error::DatabaseError(Unknown, info) if has_no_equivalent(info.message()) => {
                RepoError::NoSuchText
            }
            Error::DatabaseError(Unknown, info)
                if connection.ends_within(CONNECTION_END_TIMEOUT).await =>
            {
                RepoError::Unreachable(info.message().to_owned())
            }
            error => RepoError::Failed(error.to_string()),
        }
    }
}

/// Whether PostgreSQL refuses a statement because one of its name is there. Diesel does not pass on the code (42P05),
/// and the text may be in any language; the name is in all of them.
fn is_name_taken(error: &Error) -> bool {
    let Error::DatabaseError(DatabaseErrorKind::Unknown, info) = error else {
        return false;
    };
    let mut words = info.message().split('"').skip(1).step_by(2);
    words.any(|word| {
        let number = word.strip_prefix('s');
        number.is_some_and(|number| number.parse::<u64>().is_ok())
    })
}

/// Whether PostgreSQL found letters that the database's encoding does not have (22P05). Their bytes and the names of both
/// encodings are in the text in all languages.
fn has_no_equivalent(message: &str) -> bool {
    let in_a_name = |letter: char| matches!(letter, 'A'..='Z' | '0'..='9' | '_');
    let words = message.split(|letter| !in_a_name(letter));
    let mut encodings =
        words.filter(|word| word.len() >= 4 && word.starts_with(char::is_alphabetic));
    message.contains(" 0x") && encodings.next() == Some("UTF8") && encodings.next().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_without_an_equivalent_are_told_from_other_errors_in_any_language() {
        for (text, is) in [
            (
                "character with byte sequence 0xe6 0x97 0xa5 in encoding \"UTF8\" has no equivalent in encoding \"LATIN1\"",
                true,
            ),
            (
                "Zeichen mit Byte-Folge 0xe6 in Kodierung »UTF8« hat keine Entsprechung in Kodierung »LATIN1«",
                true,
            ),
            ("invalid byte sequence for encoding \"UTF8\": 0xff", false),
            ("column \"UTF8\" does not exist", false),
        ] {
            assert_eq!(has_no_equivalent(text), is, "{text}");
        }
    }

    #[test]
    fn a_name_that_is_taken_is_told_from_other_errors_in_any_language() {
        let error = |text: &str| {
            Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new(text.to_owned()))
        };
        for text in [
            "prepared statement \"s12\" already exists",
            "vorbereitete Anweisung \"s0\" existiert bereits",
        ] {
            assert!(is_name_taken(&error(text)), "{text}");
        }
        for text in [
            "column \"status\" does not exist",
            "permission denied for table incidents",
        ] {
            assert!(!is_name_taken(&error(text)), "{text}");
        }
    }
}
