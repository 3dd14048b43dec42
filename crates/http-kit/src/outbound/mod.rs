//! Outgoing requests: the look-up of names, certificate authorities, and an HTTP client that uses both. The pollers, the
//! database pool and the drill use it.

mod body;
pub mod certificates;
mod client;
pub mod lookup;
mod socket;

pub use body::{BodyError, read_body};
pub use client::HttpClient;
