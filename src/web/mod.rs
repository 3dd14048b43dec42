//! What both HTTP servers, the gateway's and the simulator's, do alike: how a connection is bounded, who a client is, and
//! which hosts and pages may speak. Nothing here knows a route or a feature.

pub mod authority;
pub mod client_address;
pub mod client_quota;
pub mod connection;
pub mod host;
pub mod notices;
pub mod origin;
