//! How far the head of a request has come.

use std::time::Duration;

use actix_web::rt::time::Instant;

use super::{deadlines::Deadlines, exchange::Exchange};

/// The longest head, in bytes.
pub(super) const LONGEST: usize = 16 * 1024;

/// A head that is awaited. It is known to be whole when its request begins.
pub(super) struct Head {
    /// Some of it has come, or it is the first one, which is due from the start.
    pub(super) begun: bool,
    /// When it, or else the end of the idle connection, is due.
    pub(super) due: Instant,
    bytes: usize,
    /// Requests that had begun before it.
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

    /// Starts anew where the head that was awaited has led to a request.
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

    /// How many bytes of it may still come.
    pub(super) fn room(&self) -> usize {
        LONGEST - self.bytes
    }

    /// Bytes have come that are its own as long as no request begins. At most [`Self::room`].
    pub(super) fn came(&mut self, bytes: usize, limit: Duration) {
        self.bytes += bytes;
        if bytes > 0 && !self.begun {
            self.begun = true;
            self.due = Instant::now() + limit;
        }
    }
}
