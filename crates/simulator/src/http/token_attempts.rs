//! Counts wrong tokens per client, so that a token cannot be found by trying.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use http_kit::{api_error::ApiError, client_address::ClientNetwork};

/// The wrong tokens that a client may send at once, and per minute.
const MAX_ATTEMPTS: u32 = 5;
/// The time after which one wrong token is forgotten.
const FORGET_AFTER: Duration = Duration::from_secs(12);
/// The most clients that are remembered. One more replaces the one that would be forgotten next.
const MAX_CLIENTS: usize = 10_000;

/// For each client, the time at which all of its wrong tokens are forgotten.
#[derive(Debug, Default)]
pub(crate) struct TokenAttempts(Mutex<HashMap<ClientNetwork, Instant>>);

impl TokenAttempts {
    /// Checks that a token of this client may be compared.
    ///
    /// # Errors
    /// 429 after five wrong tokens, until the first of them is forgotten.
    pub(crate) fn check(&self, client: ClientNetwork) -> Result<(), ApiError> {
        let Some(wait) = self.wait(client, Instant::now()) else {
            return Ok(());
        };
        Err(ApiError::Throttled {
            text: "too many wrong tokens from this address; retry later".to_owned(),
            seconds: wait.as_secs() + 1,
        })
    }

    /// Records a wrong token.
    pub(crate) fn record(&self, client: ClientNetwork) {
        self.record_at(client, Instant::now());
    }

    fn wait(&self, client: ClientNetwork, now: Instant) -> Option<Duration> {
        let forgotten = *self.lock().get(&client)?;
        let left = forgotten.saturating_duration_since(now);
        left.checked_sub(FORGET_AFTER * (MAX_ATTEMPTS - 1))
            .filter(|wait| !wait.is_zero())
    }

    fn record_at(&self, client: ClientNetwork, now: Instant) {
        let mut clients = self.lock();
        if clients.len() >= MAX_CLIENTS && !clients.contains_key(&client) {
            clients.retain(|_, forgotten| *forgotten > now);
            let soonest = clients.iter().min_by_key(|(_, forgotten)| **forgotten);
            let soonest = soonest.map(|(client, _)| *client);
            if let Some(soonest) = soonest.filter(|_| clients.len() >= MAX_CLIENTS) {
                clients.remove(&soonest);
            }
        }
        let forgotten = clients.entry(client).or_insert(now);
        *forgotten = (*forgotten).max(now) + FORGET_AFTER;
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ClientNetwork, Instant>> {
        // No code panics while it holds the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;
    use http_kit::client_address::ClientAddress;

    fn client(number: u32) -> ClientNetwork {
        ClientAddress::of_peer(IpAddr::V4(Ipv4Addr::from_bits(number))).network()
    }

    #[test]
    fn five_wrong_tokens_and_then_one_every_twelve_seconds() {
        let (token_attempts, began) = (TokenAttempts::default(), Instant::now());
        let at = |second| began + Duration::from_secs(second);
        for _ in 0..MAX_ATTEMPTS {
            assert_eq!(token_attempts.wait(client(1), began), None);
            token_attempts.record_at(client(1), began);
        }
        assert_eq!(token_attempts.wait(client(1), began), Some(FORGET_AFTER));
        assert_eq!(
            token_attempts.wait(client(2), began),
            None,
            "another client"
        );
        assert!(token_attempts.wait(client(1), at(11)).is_some());
        assert_eq!(token_attempts.wait(client(1), at(12)), None);
        token_attempts.record_at(client(1), at(12));
        assert!(token_attempts.wait(client(1), at(23)).is_some());
        assert_eq!(token_attempts.wait(client(1), at(24)), None);
        assert_eq!(token_attempts.wait(client(1), at(3600)), None);
    }

    #[test]
    fn a_client_that_waits_is_not_forgotten_for_many_others() {
        let (token_attempts, began) = (TokenAttempts::default(), Instant::now());
        for _ in 0..MAX_ATTEMPTS {
            token_attempts.record_at(client(0), began);
        }
        for other in 1..=MAX_CLIENTS as u32 + 10 {
            token_attempts.record_at(client(other), began);
        }
        assert_eq!(token_attempts.lock().len(), MAX_CLIENTS);
        assert!(token_attempts.wait(client(0), began).is_some());
    }
}
