//! HTTP as the gateway and the simulator speak it: how a connection is bounded, who a client is, which hosts and pages may
//! speak, and the forms of answers; and how other servers are reached ([`outbound`]). Nothing here knows a route or a
//! feature.

pub mod api_error;
pub mod authority;
pub mod client_address;
pub mod client_quota;
pub mod connection;
pub mod envelope;
pub mod host;
pub mod log_throttle;
pub mod methods;
pub mod middleware;
pub mod origin;
pub mod outbound;
pub mod percent;
pub mod request_body;
