//! HTTP connections that end. actix-http has a deadline for the first request's head only, none for a body or for an
//! answer that nobody reads, and no limit for the number of connections of one client.
//!
//! ```text
//! accept ▶ limits (a permit, or 503) ▶ Connection ▶ actix-http ▶ track ▶ routes
//!                                          ▲                       │
//!                                          └──── Exchange ◀────────┘
//! ```
//! [`Connection`] sees bytes, [`track_request`] sees requests: when one begins, when its body is there, when its answer has been
//! handed over. They share an `Exchange`, so that a connection is held to the deadline of what it waits for
//! without HTTP being parsed twice.

mod alarm;
mod answer;
mod deadlines;
mod exchange;
mod head;
mod intake;
mod limits;
pub mod listener;
mod metrics;
mod policy;
mod raw_answer;
mod reader;
mod stream;
mod track;

pub use crate::connection::{
    answer::PIECE, metrics::ConnectionMetrics, policy::Policy, stream::Connection,
    track::track_request,
};
