//! How many things (sessions, connections) one client may hold at a time.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::client_address::{ClientAddress, ClientNetwork};

/// Counts the things that each client holds. Clones share the counts.
#[derive(Debug, Clone)]
pub struct ClientQuota {
    per_client: usize,
    held: Arc<Mutex<HashMap<ClientNetwork, usize>>>,
}

/// One thing that a client holds, until this is dropped.
#[derive(Debug)]
pub struct QuotaPermit {
    quota: ClientQuota,
    client: ClientNetwork,
}

impl ClientQuota {
    /// At most `per_client` for each client; 0: no limit.
    pub fn new(per_client: usize) -> Self {
        Self {
            per_client,
            held: Arc::default(),
        }
    }

    /// How many each client may hold; 0: no limit.
    pub fn per_client(&self) -> usize {
        self.per_client
    }

    /// Takes one more for `client`; `None` if it has its quota.
    pub fn take(&self, client: ClientAddress) -> Option<QuotaPermit> {
        let client = client.network();
        let mut held = self.held();
        let own = held.get(&client).copied().unwrap_or(0);
        if self.per_client != 0 && own >= self.per_client {
            return None;
        }
        held.insert(client, own + 1);
        Some(QuotaPermit {
            quota: self.clone(),
            client,
        })
    }

    fn held(&self) -> MutexGuard<'_, HashMap<ClientNetwork, usize>> {
        // No code panics while it is locked.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for QuotaPermit {
    fn drop(&mut self) {
        let mut held = self.quota.held();
        if let Some(own) = held.get_mut(&self.client) {
            *own -= 1;
            if *own == 0 {
                held.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_client_holds_its_share_and_leaves_the_others_theirs() {
        let quota = ClientQuota::new(2);
        let take = |ip: &str| quota.take(ClientAddress::of_peer(ip.parse().unwrap()));
        let held = [take("192.0.2.1"), take("::ffff:192.0.2.1")];
        assert!(held.iter().all(Option::is_some));
        assert!(take("192.0.2.1").is_none());
        assert!(take("192.0.2.2").is_some());
        drop(held);
        assert!(take("192.0.2.1").is_some());
        assert!(quota.held().is_empty(), "who holds nothing is forgotten");
    }

    #[test]
    fn without_a_limit_everything_is_given() {
        let quota = ClientQuota::new(0);
        let client = ClientAddress::of_peer([192, 0, 2, 1].into());
        let held: Vec<_> = (0..1000).map(|_| quota.take(client)).collect();
        assert!(held.iter().all(Option::is_some));
    }
}
