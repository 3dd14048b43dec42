//! Who may ask the database next. Each client has a share of the pool, so that none can take all of it, and waits for
//! its own questions only; of costly questions one runs at a time, and each client waits for it with one.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use http_kit::client_address::ClientNetwork;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::queries::error::RepoError;

/// Questions of one client that wait at most; a page asks three.
const MOST_WAITING: usize = 32;

/// The shares; clones share them.
#[derive(Debug, Clone)]
pub(super) struct PoolShares {
    /// Questions of one client that run at a time; 0: no limit.
    per_client: usize,
    clients: Arc<Mutex<HashMap<ClientNetwork, Client>>>,
    costly: Arc<Semaphore>,
}

/// What a client has asked.
#[derive(Debug)]
struct Client {
    /// Its questions that wait or run.
    asked: usize,
    questions: Arc<Semaphore>,
    costly: Arc<Semaphore>,
}

/// What a question may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cost {
    /// An index serves it.
    Small,
    /// It reads the whole table.
    Large,
}

/// A question's leave to be asked, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    _permits: Vec<OwnedSemaphorePermit>,
    _place: Option<Place>,
}

/// A question that counts among its client's.
#[derive(Debug)]
struct Place {
    shares: PoolShares,
    client: ClientNetwork,
}

impl PoolShares {
    /// At most `per_client` questions of a client run at a time; 0: no limit.
    pub(super) fn new(per_client: usize) -> Self {
        Self {
            per_client,
            clients: Arc::default(),
            costly: Arc::new(Semaphore::new(1)),
        }
    }

    /// Waits until a question of this client may be asked. In which order is decided by the order in which this is
    /// polled first.
    ///
    /// # Errors
    /// [`RepoError::ShareTaken`], at once, when too many of its questions wait already.
    pub(super) async fn turn(&self, client: ClientNetwork, cost: Cost) -> Result<Turn, RepoError> {
        let (place, own) = if self.per_client == 0 {
            (None, None)
        } else {
            let (place, queue) = self.enter(client, cost)?;
            (Some(place), Some(queue))
        };
        let common = (cost == Cost::Large).then(|| self.costly.clone());
        let queues = own.into_iter().chain(common);
        let mut permits = Vec::with_capacity(2);
        for queue in queues {
            let permit = queue.acquire_owned().await;
            permits.push(permit.map_err(|_| RepoError::PoolExhausted)?);
        }
        Ok(Turn {
            _permits: permits,
            _place: place,
        })
    }

    fn enter(
        &self,
        network: ClientNetwork,
        cost: Cost,
    ) -> Result<(Place, Arc<Semaphore>), RepoError> {
        let mut clients = self.clients();
        let client = clients.entry(network).or_insert_with(|| Client {
            asked: 0,
            questions: Arc::new(Semaphore::new(self.per_client)),
            costly: Arc::new(Semaphore::new(1)),
        });
        if client.asked >= self.per_client + MOST_WAITING {
            return Err(RepoError::ShareTaken);
        }
        client.asked += 1;
        let place = Place {
            shares: self.clone(),
            client: network,
        };
        let queue = match cost {
            Cost::Small => &client.questions,
            Cost::Large => &client.costly,
        };
        Ok((place, queue.clone()))
    }

    fn clients(&self) -> MutexGuard<'_, HashMap<ClientNetwork, Client>> {
        // Nothing panics while it is locked.
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut clients = self.shares.clients();
        if let Some(client) = clients.get_mut(&self.client) {
            client.asked -= 1;
            if client.asked == 0 {
                clients.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt, pin_mut};

    use super::*;
    use http_kit::client_address::ClientAddress;

    fn client(last: u8) -> ClientNetwork {
        ClientAddress::of_peer([192, 0, 2, last].into()).network()
    }

    #[actix::test]
    async fn a_client_has_its_share_and_others_do_not_wait_for_it() {
        let shares = PoolShares::new(2);
        let first = shares.turn(client(1), Cost::Small).await.unwrap();
        let _second = shares.turn(client(1), Cost::Small).await.unwrap();
        let third = shares.turn(client(1), Cost::Small);
        pin_mut!(third);
        assert!(third.as_mut().now_or_never().is_none());
        assert!(shares.turn(client(2), Cost::Small).now_or_never().is_some());
        drop(first);
        assert!(third.now_or_never().is_some());
    }

    #[actix::test]
    async fn one_costly_question_runs_and_waiting_for_it_takes_nothing_of_the_share() {
        let shares = PoolShares::new(1);
        let running = shares.turn(client(1), Cost::Large).await.unwrap();
        let other = shares.turn(client(2), Cost::Large);
        pin_mut!(other);
        assert!(other.as_mut().now_or_never().is_none());
        assert!(shares.turn(client(2), Cost::Small).now_or_never().is_some());
        // A second one of the first client comes after the first one of the other.
        let again = shares.turn(client(1), Cost::Large);
        pin_mut!(again);
        assert!(again.as_mut().now_or_never().is_none());
        drop(running);
        assert!(again.as_mut().now_or_never().is_none());
        assert!(other.now_or_never().is_some());
        assert!(again.now_or_never().is_some());
    }

    #[actix::test]
    async fn what_a_client_waits_with_is_bounded_and_forgotten_with_it() {
        let shares = PoolShares::new(1);
        let mut waiting: Vec<_> = (0..=MOST_WAITING)
            .map(|_| Box::pin(shares.turn(client(1), Cost::Small)))
            .collect();
        let turns: Vec<_> = waiting
            .iter_mut()
            .map(|turn| turn.as_mut().now_or_never())
            .collect();
        let refused = shares.turn(client(1), Cost::Small).await;
        assert_eq!(refused.unwrap_err(), RepoError::ShareTaken);
        assert!(shares.turn(client(2), Cost::Small).await.is_ok());
        drop((turns, waiting));
        assert!(shares.clients().is_empty());
    }

    #[actix::test]
    async fn without_a_limit_only_costly_questions_wait() {
        let shares = PoolShares::new(0);
        let _turns =
            futures_util::future::join_all((0..100).map(|_| shares.turn(client(1), Cost::Small)))
                .await;
        let _running = shares.turn(client(1), Cost::Large).await.unwrap();
        assert!(shares.turn(client(1), Cost::Large).now_or_never().is_none());
    }
}
