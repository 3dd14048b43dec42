//! Live values: what Prometheus answers at each beat, fanned out over WebSockets.
//!
//! ```text
//! Prometheus ▶ PromPoller ─ Publish ▶ a hub per channel ─ Deliver ▶ Relay (per worker) ▶ Wire (per socket) ▶ browser
//!                                                                     subscribes it ▲                         │
//!                                                                    Session (per socket) ◀ what the client says ┘
//! ```
//!
//! | actor          | how many                 | where it runs               | owns                             | dies with   |
//! |----------------|--------------------------|-----------------------------|----------------------------------|-------------|
//! | [`PromPoller`] | 1                        | an arbiter of its own       | the beat, the last answers       | the process |
//! | [`InstantHub`], [`RangeHub`], [`MetricsHub`], [`AlertHub`] | 1 each | main arbiter | its relays, the latest frame | the process |
//! | `Relay` | 1 per worker and channel | that worker        | its channel's subscribers there  | its worker  |
//! | [`Session`](session::Session) | 1 per socket      | the worker that accepted it | subscriptions, heartbeat         | its socket  |
//!
//! A panic in a process-long actor, or while a relay writes, ends the process; one in a session ends that session alone.

pub mod federation;
mod flat;
mod frames;
mod hub;
mod hubs;
pub mod messages;
pub mod metrics;
pub mod plan;
mod poll;
mod poll_lane;
pub mod prom_poller;
pub mod protocol;
pub mod query;
mod relay;
mod routes;
pub mod session;
mod session_places;
pub mod settings;
pub mod socket;
mod start;
mod subscribers;
mod upgrade;

pub use hub::Hub;
pub use hubs::{AlertHub, Hubs, InstantHub, MetricsHub, RangeHub, StartedHub};
pub use prom_poller::PromPoller;
pub use session_places::SessionPlaces;
pub use start::{Stream, StreamSettings, probes, start};
