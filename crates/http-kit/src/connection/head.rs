//! How much of the head of a request has arrived, and when the rest is due.

use std::time::Duration;

use actix_web::rt::time::Instant;

use super::{deadlines::Deadlines, exchange::Exchange};

/// The largest head, in bytes.
pub(super) const MAX_HEAD_BYTES: usize = 16 * 1024;

/// The head of the next request. It is complete when its request starts.
pub(super) struct Head {
    /// A part of it has arrived, or it is the first one, which is due from the start.
    pub(super) begun: bool,
    /// Its deadline; before it has begun, the idle deadline of the connection.
    pub(super) due: Instant,
    bytes: usize,
    /// Requests that started before it.
    requests: u64,
}

impl Head {
    /// The first head of a connection.
    pub(super) fn first(limit: Duration) -> Self {
        Self {
            begun: true,
            due: Instant::now() + limit,
            bytes: 0,
            requests: 0,
        }
    }

    /// Starts the next head, if a request has started since.
    pub(super) fn follow(&mut self, exchange: &Exchange, deadlines: &Deadlines) {
        if self.requests != exchange.begun() {
            *self = Self {
                begun: false,
                due: exchange.changed_at() + deadlines.idle,
                bytes: 0,
                requests: exchange.begun(),
            };
        }
    }

    /// How many more bytes it may have.
    pub(super) fn room(&self) -> usize {
        MAX_HEAD_BYTES - self.bytes
    }

    /// Records bytes, at most [`Self::room`]. They belong to it until a request starts.
    pub(super) fn arrived(&mut self, bytes: usize, limit: Duration) {
        self.bytes += bytes;
        if bytes > 0 && !self.begun {
            self.begun = true;
            self.due = Instant::now() + limit;
        }
    }
}
