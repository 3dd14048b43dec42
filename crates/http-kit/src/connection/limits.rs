//! The number of connections, in all and per client.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use crate::{
    client_address::ClientAddress,
    client_quota::{ClientQuota, QuotaPermit},
};

/// Connections above the limit that are admitted for probes: a full process is not a dead one.
const PROBES: usize = 16;
/// Probe connections of one client: a probe is a single request.
const PROBES_PER_CLIENT: usize = 2;
/// Refused connections at a time that get an answer. The others are closed at once.
const REFUSALS: usize = 16;

/// Counts connections. All workers share the counts.
#[derive(Debug, Clone)]
pub(super) struct ConnectionLimits {
    total: usize,
    open: Arc<AtomicUsize>,
    of_client: ClientQuota,
    probes_of_client: ClientQuota,
    refusals: Arc<AtomicUsize>,
}

/// Why a connection is not admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AdmissionError {
    /// All connections are taken.
    Total,
    /// This client has its share of them.
    Client,
}

/// Permission for one connection, until it is dropped.
#[derive(Debug)]
pub(super) struct ConnectionPermit {
    open: Arc<AtomicUsize>,
    _of_client: Option<QuotaPermit>,
    _probe: Option<QuotaPermit>,
    /// The connection is above the limit, for a probe.
    pub(super) for_probes: bool,
}

impl ConnectionLimits {
    /// At most `total` connections, and `per_client` for each client; 0: no limit. If both are limited, one client gets at
    /// most three quarters of `total`.
    pub(super) fn new(total: usize, per_client: usize) -> Self {
        let share = match (total, per_client) {
            (0, own) | (_, own @ 0) => own,
            (total, own) => own.min((total - total / 4).max(1)),
        };
        Self {
            total,
            open: Arc::default(),
            of_client: ClientQuota::new(share),
            probes_of_client: ClientQuota::new(PROBES_PER_CLIENT),
            refusals: Arc::default(),
        }
    }

    /// Admits a connection of `client`, or of a trusted proxy if that is `None`: proxies have many clients.
    ///
    /// # Errors
    /// The limit that is reached.
    pub(super) fn admit(
        &self,
        client: Option<ClientAddress>,
    ) -> Result<ConnectionPermit, AdmissionError> {
        let of_client = match client {
            Some(client) => Some(self.of_client.take(client).ok_or(AdmissionError::Client)?),
            None => None,
        };
        // Counted first, so that two workers cannot both take the last one.
        let before = self.open.fetch_add(1, Ordering::Relaxed);
        let mut permit = ConnectionPermit {
            open: self.open.clone(),
            _of_client: of_client,
            _probe: None,
            for_probes: self.total != 0 && before >= self.total,
        };
        if permit.for_probes {
            if before >= self.total + PROBES {
                return Err(AdmissionError::Total);
            }
            if let Some(client) = client {
                permit._probe = Some(
                    self.probes_of_client
                        .take(client)
                        .ok_or(AdmissionError::Total)?,
                );
            }
        }
        Ok(permit)
    }

    /// Permission to answer a refused connection, if there is one left.
    pub(super) fn refusal(&self) -> Option<RefusalPermit> {
        let refusal = RefusalPermit(self.refusals.clone());
        (self.refusals.fetch_add(1, Ordering::Relaxed) < REFUSALS).then_some(refusal)
    }
}

/// Permission to answer one refused connection, until it is dropped.
#[derive(Debug)]
pub(super) struct RefusalPermit(Arc<AtomicUsize>);

impl Drop for RefusalPermit {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admit(limits: &ConnectionLimits, client: &str) -> Result<ConnectionPermit, AdmissionError> {
        limits.admit(Some(ClientAddress::of_peer(client.parse().unwrap())))
    }

    #[test]
    fn one_client_leaves_connections_for_others_and_a_proxy_has_no_share() {
        let limits = ConnectionLimits::new(100, 2);
        let held = [admit(&limits, "10.0.0.1"), admit(&limits, "10.0.0.1")];
        assert!(held.iter().all(Result::is_ok));
        assert_eq!(
            admit(&limits, "10.0.0.1").unwrap_err(),
            AdmissionError::Client
        );
        assert!(admit(&limits, "10.0.0.2").is_ok());
        let proxy: Vec<_> = (0..98).map(|_| limits.admit(None).unwrap()).collect();
        assert!(proxy.iter().all(|permit| !permit.for_probes));
        drop((held, proxy));
        assert_eq!(limits.open.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn above_the_limit_only_probes_are_admitted() {
        let limits = ConnectionLimits::new(4, 0);
        let held: Vec<_> = (0..4)
            .map(|_| admit(&limits, "10.0.0.1").unwrap())
            .collect();
        assert!(held.iter().all(|permit| !permit.for_probes));
        let mut probes = Vec::new();
        for client in 0..PROBES / PROBES_PER_CLIENT {
            let client = format!("10.0.1.{client}");
            probes.extend((0..PROBES_PER_CLIENT).map(|_| admit(&limits, &client).unwrap()));
            let more = admit(&limits, &client);
            assert_eq!(
                more.unwrap_err(),
                AdmissionError::Total,
                "others are probes too"
            );
        }
        assert!(probes.iter().all(|permit| permit.for_probes));
        assert_eq!(
            admit(&limits, "10.0.0.2").unwrap_err(),
            AdmissionError::Total
        );
        drop(probes);
        drop(held);
        assert!(!admit(&limits, "10.0.0.2").unwrap().for_probes);
    }

    #[test]
    fn some_of_the_refused_connections_get_an_answer() {
        let limits = ConnectionLimits::new(1, 1);
        let answered: Vec<_> = (0..REFUSALS).map(|_| limits.clone().refusal()).collect();
        assert!(answered.iter().all(Option::is_some));
        assert!(limits.refusal().is_none());
        drop(answered);
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
