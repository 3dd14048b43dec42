//! How many connections there may be: in all, and of one client.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use crate::{
    client_address::ClientAddress,
    client_quota::{ClientQuota, Held},
};

/// Connections above the limit that are let in to be probed: a process that is full is not dead.
const FOR_PROBES: usize = 16;
/// How many of these one client may hold: a probe is one request, and whoever asks more is none.
const PROBES_OF_A_CLIENT: usize = 2;
/// Refused connections that may hear why. The others are closed at once.
const REFUSALS: usize = 16;

/// Counts connections; shared by all workers.
#[derive(Debug, Clone)]
pub(super) struct ConnectionLimits {
    total: usize,
    open: Arc<AtomicUsize>,
    of_client: ClientQuota,
    probes_of_client: ClientQuota,
    refusals: Arc<AtomicUsize>,
}

/// Why a connection is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// All connections are taken.
    Total,
    /// This client has its share.
    Client,
}

/// A place among the connections, until it is dropped.
#[derive(Debug)]
pub(super) struct Permit {
    open: Arc<AtomicUsize>,
    _of_client: Option<Held>,
    _probe: Option<Held>,
    /// Above the limit, for a probe.
    pub(super) for_probes: bool,
}

impl ConnectionLimits {
    /// At most `total` connections, and `per_client` of one client; 0: no limit. Where both are limited, one client never
    /// has more than three quarters of all.
    pub(super) fn new(total: usize, per_client: usize) -> Self {
        let share = match (total, per_client) {
            (0, own) | (_, own @ 0) => own,
            (total, own) => own.min((total - total / 4).max(1)),
        };
        Self {
            total,
            open: Arc::default(),
            of_client: ClientQuota::new(share),
            probes_of_client: ClientQuota::new(PROBES_OF_A_CLIENT),
            refusals: Arc::default(),
        }
    }

    /// A place for a connection of `client`; without one, of a proxy, which speaks for many.
    ///
    /// # Errors
    /// Which limit is reached.
    pub(super) fn admit(&self, client: Option<ClientAddress>) -> Result<Permit, Full> {
        let of_client = match client {
            Some(client) => Some(self.of_client.take(client).ok_or(Full::Client)?),
            None => None,
        };
        // Counted first, so that two workers do not give away the last place twice.
        let before = self.open.fetch_add(1, Ordering::Relaxed);
        let mut permit = Permit {
            open: self.open.clone(),
            _of_client: of_client,
            _probe: None,
            for_probes: self.total != 0 && before >= self.total,
        };
        if permit.for_probes {
            if before >= self.total + FOR_PROBES {
                return Err(Full::Total);
            }
            if let Some(client) = client {
                permit._probe = Some(self.probes_of_client.take(client).ok_or(Full::Total)?);
            }
        }
        Ok(permit)
    }

    /// A place among the refused connections that hear why, if there is one.
    pub(super) fn refusal(&self) -> Option<Refusal> {
        let refusal = Refusal(self.refusals.clone());
        (self.refusals.fetch_add(1, Ordering::Relaxed) < REFUSALS).then_some(refusal)
    }
}

/// One of the refused connections that hear why.
#[derive(Debug)]
pub(super) struct Refusal(Arc<AtomicUsize>);

impl Drop for Refusal {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admit(limits: &ConnectionLimits, client: &str) -> Result<Permit, Full> {
        limits.admit(Some(ClientAddress::of_peer(client.parse().unwrap())))
    }

    #[test]
    fn one_client_leaves_places_for_others_and_a_proxy_is_none() {
        let limits = ConnectionLimits::new(100, 2);
        let held = [admit(&limits, "10.0.0.1"), admit(&limits, "10.0.0.1")];
        assert!(held.iter().all(Result::is_ok));
        assert_eq!(admit(&limits, "10.0.0.1").unwrap_err(), Full::Client);
        assert!(admit(&limits, "10.0.0.2").is_ok());
        let proxy: Vec<_> = (0..98).map(|_| limits.admit(None).unwrap()).collect();
        assert!(proxy.iter().all(|permit| !permit.for_probes));
        drop((held, proxy));
        assert_eq!(limits.open.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn above_the_limit_there_is_room_for_probes_only() {
        let limits = ConnectionLimits::new(4, 0);
        let held: Vec<_> = (0..4)
            .map(|_| admit(&limits, "10.0.0.1").unwrap())
            .collect();
        assert!(held.iter().all(|permit| !permit.for_probes));
        let mut probes = Vec::new();
        for client in 0..FOR_PROBES / PROBES_OF_A_CLIENT {
            let client = format!("10.0.1.{client}");
            probes.extend((0..PROBES_OF_A_CLIENT).map(|_| admit(&limits, &client).unwrap()));
            let more = admit(&limits, &client);
            assert_eq!(more.unwrap_err(), Full::Total, "others are probes too");
        }
        assert!(probes.iter().all(|permit| permit.for_probes));
        assert_eq!(admit(&limits, "10.0.0.2").unwrap_err(), Full::Total);
        drop(probes);
        drop(held);
        assert!(!admit(&limits, "10.0.0.2").unwrap().for_probes);
    }

    #[test]
    fn some_of_those_who_are_refused_hear_why() {
        let limits = ConnectionLimits::new(1, 1);
        let heard: Vec<_> = (0..REFUSALS).map(|_| limits.clone().refusal()).collect();
        assert!(heard.iter().all(Option::is_some));
        assert!(limits.refusal().is_none());
        drop(heard);
        assert!(
            limits.refusal().is_some(),
            "who was closed at once is not counted"
        );
    }

    #[test]
    fn a_share_is_less_than_all_and_none_is_none() {
        let share = |total, own| ConnectionLimits::new(total, own).of_client.per_client();
        assert_eq!(share(100, 256), 75);
        assert_eq!(share(1, 256), 1);
        assert_eq!(share(0, 256), 256);
        assert_eq!(share(100, 0), 0);
    }
}
