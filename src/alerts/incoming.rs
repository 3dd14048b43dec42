//! Request bodies that are on their way. They need memory and time, and whoever sends slowly must not keep out those who
//! send at once: where there are too many, the slowest give way.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use http_kit::client_address::{ClientAddress, ClientNetwork};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// Bodies at the same time, in all.
const MOST: usize = 128;
/// Bodies at the same time of one client.
const MOST_PER_CLIENT: usize = 16;
/// Nobody is judged by his pace before.
const MIN_AGE: Duration = Duration::from_secs(1);

/// The bodies that are on their way; clones share them.
#[derive(Debug, Clone)]
pub(super) struct Incoming {
    max_bytes: usize,
    bodies: Arc<Mutex<Bodies>>,
}

#[derive(Debug, Default)]
struct Bodies {
    next: u64,
    /// In the order in which they came.
    under_way: BTreeMap<u64, Body>,
}

#[derive(Debug)]
struct Body {
    client: ClientNetwork,
    began: Instant,
    bytes: usize,
    is_displaced: CancellationToken,
}

/// A body's place among them, until it is dropped.
#[derive(Debug)]
pub(super) struct Arrival {
    incoming: Incoming,
    number: u64,
    is_displaced: CancellationToken,
}

impl Incoming {
    /// All bodies together may take `max_bytes`.
    pub(super) fn new(max_bytes: usize) -> Self {
        Self {
            max_bytes,
            bodies: Arc::default(),
        }
    }

    /// Another body comes, of this client.
    pub(super) fn begin(&self, client: ClientAddress) -> Arrival {
        let client = client.network();
        let mut bodies = self.bodies();
        if bodies.of(client).count() >= MOST_PER_CLIENT {
            bodies.let_slowest_go(Some(client));
        } else if bodies.under_way.len() >= MOST {
            bodies.let_slowest_go(None);
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
        bodies.under_way.insert(number, body);
        Arrival {
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
        let bodies = self.under_way.iter();
        bodies.filter(move |(_, body)| body.client == client)
    }

    /// Ends the slowest body, of `client` alone if one is named.
    fn let_slowest_go(&mut self, client: Option<ClientNetwork>) {
        let now = Instant::now();
        let pace = |body: &Body| {
            let age = now.duration_since(body.began);
            // Those who have not had their time go last, the first to come before the others.
            let pace = body.bytes as f64 / age.as_secs_f64().max(MIN_AGE.as_secs_f64());
            (age < MIN_AGE, pace)
        };
        let candidates = self.under_way.iter();
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
            && let Some(body) = self.under_way.remove(&number)
        {
            body.is_displaced.cancel();
        }
    }

    fn bytes(&self) -> usize {
        self.under_way.values().map(|body| body.bytes).sum()
    }
}

impl Arrival {
    /// Notes that `bytes` more of it have come.
    pub(super) fn grows(&self, bytes: usize) {
        let mut bodies = self.incoming.bodies();
        if let Some(body) = bodies.under_way.get_mut(&self.number) {
            body.bytes += bytes;
        }
        while bodies.bytes() > self.incoming.max_bytes {
            bodies.let_slowest_go(None);
        }
    }

    /// Resolves when it must give way to others.
    pub(super) fn is_displaced(&self) -> WaitForCancellationFutureOwned {
        self.is_displaced.clone().cancelled_owned()
    }
}

impl Drop for Arrival {
    fn drop(&mut self) {
        self.incoming.bodies().under_way.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(last: u8) -> ClientAddress {
        ClientAddress::of_peer([192, 0, 2, last].into())
    }

    /// Lets it look as if it had begun so long ago.
    fn age(arrival: &Arrival, by: Duration) {
        let mut bodies = arrival.incoming.bodies();
        let body = bodies.under_way.get_mut(&arrival.number).unwrap();
        body.began = body.began.checked_sub(by).unwrap();
    }

    fn gone(arrivals: &[Arrival]) -> Vec<usize> {
        let gone = arrivals.iter().enumerate();
        let gone = gone.filter(|(_, arrival)| arrival.is_displaced.is_cancelled());
        gone.map(|(index, _)| index).collect()
    }

    #[test]
    fn a_client_makes_room_for_itself_and_for_nobody_else() {
        let incoming = Incoming::new(1 << 20);
        let other = incoming.begin(client(1));
        let own: Vec<_> = (0..MOST_PER_CLIENT + 2)
            .map(|_| incoming.begin(client(2)))
            .collect();
        assert_eq!(gone(&own), [0, 1], "the first to come");
        assert!(!other.is_displaced.is_cancelled());
        drop((own, other));
        assert!(incoming.bodies().under_way.is_empty());
    }

    #[test]
    fn the_slowest_give_way_and_who_has_just_come_does_not() {
        let incoming = Incoming::new(100);
        let arrivals: Vec<_> = (1..=3).map(|last| incoming.begin(client(last))).collect();
        age(&arrivals[0], Duration::from_secs(10)); // 4 bytes a second
        arrivals[0].grows(40);
        age(&arrivals[1], Duration::from_secs(100)); // 0.4
        arrivals[1].grows(40);
        arrivals[2].grows(20);
        assert_eq!(gone(&arrivals), [0; 0]);
        arrivals[2].grows(1);
        assert_eq!(gone(&arrivals), [1]);
    }

    #[test]
    fn many_clients_together_are_bounded_too() {
        let incoming = Incoming::new(1 << 20);
        let addresses = (0..=255).take(MOST + 1);
        let arrivals: Vec<_> = addresses.map(|last| incoming.begin(client(last))).collect();
        assert_eq!(gone(&arrivals), [0]);
    }
}
