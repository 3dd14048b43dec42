//! Plain values that flow through the gateway. Nothing here knows actors, HTTP or SQL.

pub mod alertmanager;
pub mod answer;
pub mod channel;
pub mod check;
pub mod conversation;
pub mod cursor;
pub mod escaping;
pub mod exposition;
pub mod flat;
pub mod incident;
pub mod notification;
pub mod query;
pub mod snapshot;
pub mod source;
pub mod timestamp;
pub mod vector;
