//! What [`PromPoller`] is given: what it asks, whom, and where the answers go.
//!
//! [`PromPoller`]: super::prom_poller::PromPoller

use std::time::Duration;

use actix::Recipient;
use prometheus_api::prometheus::Prometheus;

use super::query::{InstantQuery, RangeQuery};
use crate::messages::Publish;
use crate::messages::channel::{Alerts, Instant, Metrics, Range};

/// What is polled, how often.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The beat.
    pub interval: Duration,
    /// How long the answers of one beat are waited for.
    pub timeout: Duration,
    /// On each beat.
    pub instant: Vec<InstantQuery>,
    /// On each beat.
    pub range: Vec<RangeQuery>,
}

/// Who is asked.
#[derive(Clone)]
pub struct Upstream {
    /// For queries.
    pub queries: Prometheus,
    /// For alerts: the same, or a server that evaluates the rules, such as vmalert.
    pub alerts: Prometheus,
    /// Whether both are the same: then one that answers the one is not silent for the other.
    pub one_server: bool,
}

/// Where the answers go.
#[derive(Clone)]
#[allow(missing_docs, reason = "each is named after its channel")]
pub struct Audience {
    pub instant: Recipient<Publish<Instant>>,
    pub range: Recipient<Publish<Range>>,
    pub metrics: Recipient<Publish<Metrics>>,
    pub alerts: Recipient<Publish<Alerts>>,
}
