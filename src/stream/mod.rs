//! Live values: what Prometheus answers at each beat, fanned out over WebSockets.

pub mod federation;
mod flat;
pub mod frames;
pub mod hub;
pub mod plan;
mod poll;
mod poll_lane;
pub mod prom_poller;
pub mod protocol;
pub mod query;
pub mod relay;
pub mod session;
pub mod session_places;
pub mod socket;
pub mod subscribers;
pub mod websocket;

use crate::messages::channel::{Alerts, Instant, Metrics, Range};

/// The hub of the channel `instant`.
pub type InstantHub = hub::Hub<Instant>;
/// The hub of the channel `range`.
pub type RangeHub = hub::Hub<Range>;
/// The hub of the channel `metrics`.
pub type MetricsHub = hub::Hub<Metrics>;
/// The hub of the channel `alerts`.
pub type AlertHub = hub::Hub<Alerts>;
