//! Wrong tokens, counted per client: a token must not be found by trying.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use http_kit::{api_error::ApiError, client_address::ClientNetwork};

/// So many wrong tokens may come at once, and as many a minute.
const AT_ONCE: u32 = 5;
/// After so long, one wrong token is forgotten.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(12);
/// How many clients are remembered; one more takes the place of the one that is forgotten soonest.
const MAX_CLIENTS: usize = 10_000;

/// When all wrong tokens of each client will be forgotten.
#[derive(Debug, Default)]
pub(crate) struct TokenAttempts(Mutex<HashMap<ClientNetwork, Instant>>);

impl TokenAttempts {
    /// Whether a token of this client may be looked at.
    ///
    /// # Errors
    /// 429 after five wrong tokens, until the first of them is forgotten.
    pub(crate) fn check(&self, client: ClientNetwork) -> Result<(), ApiError> {
        let Some(wait) = self.wait(client, Instant::now()) else {
            return Ok(());
        };
        Err(ApiError::Throttled {
            text: "too many wrong tokens from this address; until later none is looked at"
                .to_owned(),
            seconds: wait.as_secs() + 1,
        })
    }

    /// Notes a wrong token.
    pub(crate) fn wrong(&self, client: ClientNetwork) {
        self.note(client, Instant::now());
    }

    fn wait(&self, client: ClientNetwork, now: Instant) -> Option<Duration> {
        let forgotten = *self.lock().get(&client)?;
        let left = forgotten.saturating_duration_since(now);
        left.checked_sub(FORGOTTEN_AFTER * (AT_ONCE - 1))
            .filter(|wait| !wait.is_zero())
    }

    fn note(&self, client: ClientNetwork, now: Instant) {
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
        *forgotten = (*forgotten).max(now) + FORGOTTEN_AFTER;
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ClientNetwork, Instant>> {
        // Nothing panics while it is locked.
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
        for _ in 0..AT_ONCE {
            assert_eq!(token_attempts.wait(client(1), began), None);
            token_attempts.note(client(1), began);
        }
        assert_eq!(token_attempts.wait(client(1), began), Some(FORGOTTEN_AFTER));
        assert_eq!(
            token_attempts.wait(client(2), began),
            None,
            "another client"
        );
        assert!(token_attempts.wait(client(1), at(11)).is_some());
        assert_eq!(token_attempts.wait(client(1), at(12)), None);
        token_attempts.note(client(1), at(12));
        assert!(token_attempts.wait(client(1), at(23)).is_some());
        assert_eq!(token_attempts.wait(client(1), at(24)), None);
        assert_eq!(token_attempts.wait(client(1), at(3600)), None);
    }

    #[test]
    fn a_client_that_waits_is_not_forgotten_for_many_others() {
        let (token_attempts, began) = (TokenAttempts::default(), Instant::now());
        for _ in 0..AT_ONCE {
            token_attempts.note(client(0), began);
        }
        for other in 1..=MAX_CLIENTS as u32 + 10 {
            token_attempts.note(client(other), began);
        }
        assert_eq!(token_attempts.lock().len(), MAX_CLIENTS);
        assert!(token_attempts.wait(client(0), began).is_some());
    }
}
