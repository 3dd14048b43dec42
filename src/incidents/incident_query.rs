//! What can be asked about incidents: what it costs, how it is fetched, and the answer that requests share.

use std::{
    hash::Hash,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use tokio::time::Instant;

use super::{
    model::{IncidentFilter, Oddity, Page, Period, ServiceCount, Summary},
    pool_shares::Cost,
    queries::{error::RepoError, store::IncidentStore},
};

/// An answer that requests share. It is encoded by the first that sends it, and not again.
#[derive(Debug)]
pub struct SharedAnswer<T> {
    /// The answer.
    pub value: T,
    encoded: OnceLock<Bytes>,
}

impl<T> SharedAnswer<T> {
    /// An answer that is not encoded yet.
    pub fn new(value: T) -> Arc<Self> {
        let encoded = OnceLock::new();
        Arc::new(Self { value, encoded })
    }

    /// What `encode` has made of it the first time.
    pub fn encoded(&self, encode: impl FnOnce(&T) -> Bytes) -> Bytes {
        self.encoded.get_or_init(|| encode(&self.value)).clone()
    }
}

/// The number of incidents of each service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct CountQuery;

/// A query to the incident database. Equal queries share an answer.
pub(super) trait IncidentQuery: Clone + Eq + Hash + 'static {
    /// What it gives.
    type Answer: 'static;
    /// What it costs the database.
    const COST: Cost;

    /// Asks the database. A connection must be acquired by `until`.
    fn fetch(
        self,
        store: &IncidentStore,
        until: Instant,
    ) -> impl Future<Output = Result<Self::Answer, RepoError>>;

    /// What was missing in the rows of an answer.
    fn oddities(_: &Self::Answer) -> &[Oddity] {
        &[]
    }

    /// About how much memory an answer takes, once it is encoded too.
    fn bytes(answer: &Self::Answer) -> usize;
}

impl IncidentQuery for CountQuery {
    type Answer = Vec<ServiceCount>;
    const COST: Cost = Cost::Small;

    async fn fetch(self, store: &IncidentStore, until: Instant) -> Result<Self::Answer, RepoError> {
        store.count_by_service(until).await
    }

    fn bytes(answer: &Self::Answer) -> usize {
        let names = answer.iter().map(|count| count.service.len());
        2 * (answer.len() * size_of::<ServiceCount>() + names.sum::<usize>())
    }
}

impl IncidentQuery for IncidentFilter {
    type Answer = Page;
    const COST: Cost = Cost::Small;

    async fn fetch(self, store: &IncidentStore, until: Instant) -> Result<Self::Answer, RepoError> {
        store.list(&self, until).await
    }

    fn oddities(answer: &Self::Answer) -> &[Oddity] {
        &answer.oddities
    }

    fn bytes(answer: &Self::Answer) -> usize {
        2 * answer
            .incidents
            .iter()
            .map(|incident| incident.bytes())
            .sum::<usize>()
    }
}

impl IncidentQuery for Period {
    type Answer = Summary;
    const COST: Cost = Cost::Large;

    async fn fetch(self, store: &IncidentStore, until: Instant) -> Result<Self::Answer, RepoError> {
        store.summarize(self, until).await
    }

    fn bytes(answer: &Self::Answer) -> usize {
        // What a service's numbers take as text is more than what they take as numbers.
        let services = answer.services.iter();
        1024 + services
            .map(|service| 768 + 2 * service.service.len())
            .sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_encoded_once() {
        let answer = SharedAnswer::new(7);
        let first = answer.encoded(|value| Bytes::from(value.to_string()));
        assert_eq!(first, "7");
        let again = answer.encoded(|_| panic!("it is encoded already"));
        assert_eq!(again.as_ptr(), first.as_ptr());
    }
}
