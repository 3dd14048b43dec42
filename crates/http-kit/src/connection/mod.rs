//! HTTP connections with limits and deadlines. actix-http has a deadline for the head of the first request only, none for a
//! body or for an answer that nobody reads, and no limit per client.
//!
//! ```text
//! accept ▶ limits (a permit, or 503) ▶ Connection ▶ actix-http ▶ track_request ▶ routes
//!                                          ▲                          │
//!                                          └──── Exchange ◀───────────┘
//! ```
//! [`Connection`] sees bytes; the middleware [`track_request`] sees requests: the start of each, the end of its body, the end
//! of its answer. They share an `Exchange`, so that a connection knows which deadline applies without parsing HTTP twice.
//!
//! | file       | holds                                                                      |
//! |------------|----------------------------------------------------------------------------|
//! | `policy`   | the limits and deadlines, and how connections are admitted                 |
//! | `limits`   | the number of connections, in all and per client                           |
//! | `stream`   | [`Connection`]: the socket as actix-http reads and writes it                |
//! | `intake`   | passes on one request at a time                                            |
//! | `head`, `read_progress`, `alarm` | how far a head has come, how fast an answer is read, the timer |
//! | `exchange`, `track`, `answer` | the state of the request, and who sets it                 |
//! | `raw_answer` | answers to connections that have no request yet                          |

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
mod read_progress;
mod stream;
mod track;

pub use crate::connection::{
    answer::PIECE, metrics::ConnectionMetrics, policy::Policy, stream::Connection,
    track::track_request,
};
