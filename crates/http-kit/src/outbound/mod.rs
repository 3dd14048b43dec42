//! How the programs reach other servers: the look-up of a name, the certificate authorities under `https://`, and the HTTP
//! client made of both. The gateway's poller, its database and the drill use it.

mod body;
pub mod certificates;
mod client;
pub mod lookup;
mod socket;

pub use body::{BodyError, read_body};
pub use client::HttpClient;
