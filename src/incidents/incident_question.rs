//! What REST asks about incidents, what that costs, and the answer as it is sent.

use bytes::Bytes;
use http_kit::envelope::Success;
use serde::Serialize;
use tokio::time::Instant;

use super::pool_shares::Cost;
use super::{
    model::{IncidentFilter, Oddity, Period},
    queries::{error::RepoError, store::IncidentStore},
};

/// What can be asked about incidents.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Question {
    ByService,
    Details(IncidentFilter),
    Summary(Period),
}

impl Question {
    /// What it costs the database.
    pub(super) fn cost(&self) -> Cost {
        match self {
            Self::ByService | Self::Details(_) => Cost::Small,
            Self::Summary(_) => Cost::Large,
        }
    }

    /// Asks the database and writes the answer down. A connection must be had by `until`.
    pub(super) async fn fetch(
        self,
        store: &IncidentStore,
        until: Instant,
    ) -> Result<Answer, RepoError> {
        match self {
            Self::ByService => encode(&Success::new(store.count_by_service(until).await?)),
            Self::Details(filter) => {
                let page = store.list(&filter, until).await?;
                let next = page.next.map(|cursor| cursor.encode());
                let answer = encode(&Success::page(page.incidents, next))?;
                Ok(Answer {
                    oddities: page.oddities,
                    ..answer
                })
            }
            Self::Summary(period) => encode(&Success::new(store.summarize(period, until).await?)),
        }
    }
}

/// An answer as it will be sent, and what was missing in the rows that it is made of.
pub(super) struct Answer {
    pub(super) body: Bytes,
    pub(super) oddities: Vec<Oddity>,
}

fn encode(answer: &impl Serialize) -> Result<Answer, RepoError> {
    let body = serde_json::to_vec(answer);
    let body = body.map_err(|error| RepoError::Failed(error.to_string()))?;
    Ok(Answer {
        body: body.into(),
        oddities: Vec::new(),
    })
}
