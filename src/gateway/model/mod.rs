//! Plain values that flow through the gateway. Nothing here knows actors, HTTP or SQL.

pub mod channel;
pub mod check;
pub mod conversation;
pub mod exposition;
pub mod flat;
pub mod query;
pub mod snapshot;
pub mod source;
pub mod vector;
