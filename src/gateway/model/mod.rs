//! Plain values: what the gateway talks about. Nothing here knows actors, HTTP or databases.

pub mod answer;
pub mod check;
pub mod cursor;
pub mod incident;
