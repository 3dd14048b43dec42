//! Limits the webhook bodies that are received at the same time. Each takes memory, and slow senders must not block fast
//! ones: over the limit, the slowest body is displaced.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use http_kit::client_address::{ClientAddress, ClientNetwork};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// Concurrent bodies of all clients.
const MAX_BODIES: usize = 128;
/// Concurrent bodies of one client.
const MAX_BODIES_PER_CLIENT: usize = 16;
/// A body younger than this is displaced only when no older one is left: its rate says little yet.
const RATE_GRACE_PERIOD: Duration = Duration::from_secs(1);

/// The bodies being received. Clones share the state.
#[derive(Debug, Clone)]
pub(super) struct Incoming {
    max_bytes: usize,
    bodies: Arc<Mutex<Bodies>>,
}

#[derive(Debug, Default)]
struct Bodies {
    next: u64,
    /// By arrival.
    active: BTreeMap<u64, Body>,
}

#[derive(Debug)]
struct Body {
    client: ClientNetwork,
    began: Instant,
    bytes: usize,
    is_displaced: CancellationToken,
}

/// One body being received. Dropping it ends its registration.
#[derive(Debug)]
pub(super) struct IncomingBody {
    incoming: Incoming,
    number: u64,
    is_displaced: CancellationToken,
}

impl Incoming {
    /// `max_bytes` limits the sum of all bodies.
    pub(super) fn new(max_bytes: usize) -> Self {
        Self {
            max_bytes,
            bodies: Arc::default(),
        }
    }

    /// Registers a body of `client`; over a limit, displaces the slowest.
    pub(super) fn begin(&self, client: ClientAddress) -> IncomingBody {
        let client = client.network();
        let mut bodies = self.bodies();
        if bodies.of(client).count() >= MAX_BODIES_PER_CLIENT {
            bodies.abort_slowest(Some(client));
        } else if bodies.active.len() >= MAX_BODIES {
            bodies.abort_slowest(None);
        }
        let number = bodies.next;
        bodies.next += 1;
        let is_displaced = CancellationToken::new();
        let body = Body {
            client,
            began: Instant::now(),
            bytes: 0,
            is_displaced: is_displaced.clone(),
        };
        bodies.active.insert(number, body);
        IncomingBody {
            incoming: self.clone(),
            number,
            is_displaced,
        }
    }

    fn bodies(&self) -> MutexGuard<'_, Bodies> {
        // Nothing panics while it is locked.
        self.bodies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bodies {
    fn of(&self, client: ClientNetwork) -> impl Iterator<Item = (&u64, &Body)> {
        let bodies = self.active.iter();
        bodies.filter(move |(_, body)| body.client == client)
    }

    /// Ends the slowest body, of `client` alone if one is named.
    fn abort_slowest(&mut self, client: Option<ClientNetwork>) {
        let now = Instant::now();
        let pace = |body: &Body| {
            let age = now.duration_since(body.began);
            // Those who have not had their time go last, the first to come before the others.
            let pace = body.bytes as f64 / age.as_secs_f64().max(RATE_GRACE_PERIOD.as_secs_f64());
            (age < RATE_GRACE_PERIOD, pace)
        };
        let candidates = self.active.iter();
        let candidates = candidates.filter(|(_, body)| client.is_none_or(|own| own == body.client));
        let slowest = candidates.min_by(|(_, one), (_, other)| {
            let ((young, pace), (other_young, other_pace)) = (pace(one), pace(other));
            let by_pace = if young {
                std::cmp::Ordering::Equal
            } else {
                pace.total_cmp(&other_pace)
            };
            young.cmp(&other_young).then(by_pace)
        });
        if let Some(number) = slowest.map(|(number, _)| *number)
            && let Some(body) = self.active.remove(&number)
        {
            body.is_displaced.cancel();
        }
    }

    fn bytes(&self) -> usize {
        self.active.values().map(|body| body.bytes).sum()
    }
}

impl IncomingBody {
    /// Notes that `bytes` more of it have come.
    pub(super) fn add_bytes(&self, bytes: usize) {
        let mut bodies = self.incoming.bodies();
        if let Some(body) = bodies.active.get_mut(&self.number) {
            body.bytes += bytes;
        }
        while bodies.bytes() > self.incoming.max_bytes {
            bodies.abort_slowest(None);
        }
    }

    /// Resolves when it must give way to others.
    pub(super) fn is_displaced(&self) -> WaitForCancellationFutureOwned {
        self.is_displaced.clone().cancelled_owned()
    }
}

impl Drop for IncomingBody {
    fn drop(&mut self) {
        self.incoming.bodies().active.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(last: u8) -> ClientAddress {
        ClientAddress::of_peer([192, 0, 2, last].into())
    }

    /// Lets it look as if it had begun so long ago.
    fn age(upload: &IncomingBody, by: Duration) {
        let mut bodies = upload.incoming.bodies();
        let body = bodies.active.get_mut(&upload.number).unwrap();
        body.began = body.began.checked_sub(by).unwrap();
    }

    fn gone(uploads: &[IncomingBody]) -> Vec<usize> {
        let gone = uploads.iter().enumerate();
        let gone = gone.filter(|(_, upload)| upload.is_displaced.is_cancelled());
        gone.map(|(index, _)| index).collect()
    }

    #[test]
    fn a_client_makes_room_for_itself_and_for_nobody_else() {
        let incoming = Incoming::new(1 << 20);
        let other = incoming.begin(client(1));
        let own: Vec<_> = (0..MAX_BODIES_PER_CLIENT + 2)
            .map(|_| incoming.begin(client(2)))
            .collect();
        assert_eq!(gone(&own), [0, 1], "the first to come");
        assert!(!other.is_displaced.is_cancelled());
        drop((own, other));
        assert!(incoming.bodies().active.is_empty());
    }

    #[test]
    fn the_slowest_give_way_and_who_has_just_come_does_not() {
        let incoming = Incoming::new(100);
        let uploads: Vec<_> = (1..=3).map(|last| incoming.begin(client(last))).collect();
        age(&uploads[0], Duration::from_secs(10)); // 4 bytes a second
        uploads[0].add_bytes(40);
        age(&uploads[1], Duration::from_secs(100)); // 0.4
        uploads[1].add_bytes(40);
        uploads[2].add_bytes(20);
        assert_eq!(gone(&uploads), [0; 0]);
        uploads[2].add_bytes(1);
        assert_eq!(gone(&uploads), [1]);
    }

    #[test]
    fn many_clients_together_are_bounded_too() {
        let incoming = Incoming::new(1 << 20);
        let addresses = (0..=255).take(MAX_BODIES + 1);
        let uploads: Vec<_> = addresses.map(|last| incoming.begin(client(last))).collect();
        assert_eq!(gone(&uploads), [0]);
    }
}
