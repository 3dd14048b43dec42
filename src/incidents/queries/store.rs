//! The incidents as they are asked for: each question in a transaction of its own, fitted to the columns that there are.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use diesel::QueryResult;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use tokio::time::{Instant, sleep_until};

use super::{
    by_service,
    columns::{self, Columns},
    database::Database,
    error::RepoError,
    incidents::{self, Rows},
    privileges::{self, Privileges},
    summary,
};
use crate::incidents::model::{IncidentFilter, Page, Period, ServiceCount, Summary};

/// A summary is one long query: compiling parts of it, as PostgreSQL would, takes longer than it saves.
const WITHOUT_COMPILING: &str = "SET LOCAL jit = off";

/// How long to wait before asking whether another gateway's summary has ended.
const ASK_AGAIN: Duration = Duration::from_millis(100);

/// The incidents. Cheap to clone.
#[derive(Clone)]
pub struct IncidentStore {
    database: Database,
    /// As they were when they were last looked up. Forgotten when a question fails.
    columns: Arc<Mutex<Option<Arc<Columns>>>>,
}

impl IncidentStore {
    /// Those of `database`.
    pub fn new(database: Database) -> Self {
        Self {
            database,
            columns: Arc::default(),
        }
    }

    /// How many incidents each service has, most open first, then by name. A connection must be had by `until`, here and
    /// below.
    ///
    /// # Errors
    /// Any [`RepoError`].
    pub async fn count_by_service(&self, until: Instant) -> Result<Vec<ServiceCount>, RepoError> {
        self.ask(until, async |connection, columns| {
            by_service::count(connection, columns).await
        })
        .await
    }

    /// One page of incidents.
    ///
    /// # Errors
    /// Any [`RepoError`].
    pub async fn list(&self, filter: &IncidentFilter, until: Instant) -> Result<Page, RepoError> {
        let page = self
            .ask(until, async |connection, columns| {
                incidents::list(connection, columns, filter).await
            })
            .await;
        match page {
            Err(RepoError::NoSuchText) => Ok(Page::default()),
            page => page,
        }
    }

    /// How fast the incidents created in `period` were answered.
    ///
    /// # Errors
    /// Any [`RepoError`].
    pub async fn summarize(&self, period: Period, until: Instant) -> Result<Summary, RepoError> {
        let groups = loop {
            let groups = self
                .ask(until, async |connection, columns| {
                    connection.batch_execute(WITHOUT_COMPILING).await?;
                    if !summary::is_the_only_one(connection).await? {
                        return Ok(None);
                    }
                    let groups = summary::groups(connection, columns, period).await?;
                    Ok(Some(groups))
                })
                .await?;
            if let Some(groups) = groups {
                break groups;
            }
            // Another gateway's runs. No connection is held meanwhile.
            let next = Instant::now() + ASK_AGAIN;
            if next > until {
                return Err(RepoError::SummaryRuns);
            }
            sleep_until(next).await;
        };
        // Of a million incidents it takes some 20 ms, in which this thread would serve nobody.
        let summary = tokio::task::spawn_blocking(|| summary::summarize(groups)).await;
        summary.map_err(|error| RepoError::Failed(error.to_string()))
    }

    /// Whether all of this can be asked: the columns are looked up anew, and each question is asked of one row.
    ///
    /// # Errors
    /// Any [`RepoError`]; [`RepoError::Failed`] names the columns that are missing or do not fit.
    pub async fn check(&self) -> Result<(), RepoError> {
        self.forget();
        let one = IncidentFilter {
            limit: 1,
            ..IncidentFilter::default()
        };
        self.ask(self.database.patience(), async |connection, columns| {
            incidents::list_of(connection, columns, &one, Rows::Sample).await?;
            by_service::count_in(connection, columns, Rows::Sample).await?;
            summary::groups_of(connection, columns, Period::default(), Rows::Sample).await?;
            Ok(())
        })
        .await
    }

    /// What our role could do besides reading.
    ///
    /// # Errors
    /// Any [`RepoError`].
    pub async fn privileges(&self) -> Result<Privileges, RepoError> {
        self.database.ask(privileges::look_up).await
    }

    async fn ask<T>(
        &self,
        until: Instant,
        question: impl AsyncFn(&mut &AsyncPgConnection, &Columns) -> QueryResult<T>,
    ) -> Result<T, RepoError> {
        let answer = self
            .database
            .ask_by(until, async |connection: &mut &AsyncPgConnection| {
                let columns = self.columns(connection).await?;
                question(connection, &columns).await
            })
            .await;
        if matches!(answer, Err(RepoError::Failed(_))) {
            self.forget(); // the table may have been changed
        }
        answer
    }

    async fn columns(&self, connection: &mut &AsyncPgConnection) -> QueryResult<Arc<Columns>> {
        let known = self.known().clone();
        if let Some(columns) = known {
            return Ok(columns);
        }
        let columns = Arc::new(columns::look_up(connection).await?);
        *self.known() = Some(columns.clone());
        Ok(columns)
    }

    fn forget(&self) {
        *self.known() = None;
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Option<Arc<Columns>>> {
        self.columns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
