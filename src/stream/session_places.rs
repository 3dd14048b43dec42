//! Which client may open one more session: there are so many in all, and no client may take all of them.

use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

use actix_http::{HttpMessage, Request};
use http_kit::{
    api_error::ApiError,
    client_address::{ClientAddress, TrustedProxies},
    client_quota::{ClientQuota, QuotaPermit},
};
use tokio::time::timeout;
use tokio_util::{
    sync::CancellationToken,
    task::{TaskTracker, task_tracker::TaskTrackerToken},
};

use super::metrics::StreamMetrics;

/// How often at most the log names a client that is refused.
const LOG_PAUSE: Duration = Duration::from_secs(60);

/// The places for sessions.
pub struct SessionPlaces {
    max_sessions: usize,
    quota: ClientQuota,
    proxies: TrustedProxies,
    metrics: StreamMetrics,
    logged: Mutex<Option<Instant>>,
    /// Counts sessions, and waits for their end.
    pub open: TaskTracker,
    /// Cancelled when the gateway shuts down.
    pub draining: CancellationToken,
}

/// A session's place, until it is dropped.
pub(crate) struct Place {
    _counted: TaskTrackerToken,
    _held: QuotaPermit,
}

impl SessionPlaces {
    /// `max_sessions` in all, and `per_address` for each client (0: no limit of its own). Three quarters of all are the
    /// most that one client gets in any case.
    pub fn new(
        max_sessions: usize,
        per_address: usize,
        proxies: TrustedProxies,
        metrics: StreamMetrics,
    ) -> Self {
        Self {
            max_sessions,
            quota: ClientQuota::new(share(max_sessions, per_address)),
            proxies,
            metrics,
            logged: Mutex::default(),
            open: TaskTracker::new(),
            draining: CancellationToken::new(),
        }
    }

    /// A place for whoever sent this request.
    ///
    /// # Errors
    /// Which limit is reached, or that the gateway stops.
    pub(crate) fn take(&self, request: &Request) -> Result<Place, ApiError> {
        // Counted before anything is asked: neither the limit nor the shutdown may miss a session that is only just being
        // answered.
        let counted = self.open.token();
        if self.draining.is_cancelled() {
            return Err(ApiError::Unavailable("shutting down".into()));
        }
        if self.open.len() > self.max_sessions {
            self.metrics.session_refused("total");
            return Err(ApiError::Unavailable(format!(
                "all {} sessions are taken",
                self.max_sessions
            )));
        }
        let client = self.proxies.client(request.peer_addr(), request.headers());
        let held = self.quota.take(client);
        let held = held.ok_or_else(|| self.refused(client))?;
        Ok(Place {
            _counted: counted,
            _held: held,
        })
    }

    /// Takes no more sessions, tells those that are open to end, and waits for them no longer than `drain`.
    pub async fn drain(&self, drain: Duration) {
        self.draining.cancel();
        self.open.close();
        if timeout(drain, self.open.wait()).await.is_err() {
            let left = self.open.len();
            log::warn!("{left} sessions did not close in time and are cut off");
        }
    }

    fn refused(&self, client: ClientAddress) -> ApiError {
        self.metrics.session_refused("address");
        let most = self.quota.per_client();
        if self.is_worth_a_line() {
            log::warn!(
                "{client} has all the {most} sessions that one address may have (websocket.max_sessions_per_address); if \
                 it is a proxy, add it to server.trusted_proxies"
            );
        }
        ApiError::TooManyRequests(format!(
            "{client} has {most} sessions open, the most that one address may have"
        ))
    }

    fn is_worth_a_line(&self) -> bool {
        let Ok(mut logged) = self.logged.lock() else {
            return false;
        };
        let due = logged.is_none_or(|logged| logged.elapsed() >= LOG_PAUSE);
        if due {
            *logged = Some(Instant::now());
        }
        due
    }
}

/// The most sessions of one client.
fn share(max_sessions: usize, per_address: usize) -> usize {
    let most = (max_sessions - max_sessions / 4).max(1);
    match per_address {
        0 => most,
        limit => limit.min(most),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_of_the_sessions_is_left_for_others() {
        for (max_sessions, per_address, expected) in [
            (20_000, 200, 200),
            (20_000, 0, 15_000),
            (100, 200, 75),
            (100, 0, 75),
            (1, 200, 1),
        ] {
            assert_eq!(share(max_sessions, per_address), expected);
        }
    }
}
