//! What a client sends, as the session's WebSocket context wants to read it, after the guard has seen it.

use std::{rc::Rc, time::Instant};

use actix_web::error::PayloadError;
use bytes::Bytes;
use futures_util::{Stream, stream};

use super::{guard::Guard, wire::Wire};

struct Inbound {
    wire: Rc<Wire>,
    guard: Guard,
    /// What came in behind the handshake, in the same segment.
    early: Bytes,
    ended: bool,
}

/// Bytes up to the end of the stream, a Close frame, or the first violation, whose close code is left on the wire.
pub fn inbound(
    wire: Rc<Wire>,
    guard: Guard,
    early: Bytes,
) -> impl Stream<Item = Result<Bytes, PayloadError>> {
    let inbound = Inbound {
        wire,
        guard,
        early,
        ended: false,
    };
    stream::unfold(inbound, |mut inbound| async move {
        let bytes = inbound.next().await?;
        Some((Ok(bytes), inbound))
    })
}

impl Inbound {
    async fn next(&mut self) -> Option<Bytes> {
        if self.ended {
            return None;
        }
        let bytes = if self.early.is_empty() {
            self.wire.receive().await?
        } else {
            std::mem::take(&mut self.early)
        };
        match self.guard.inspect(&bytes, Instant::now()) {
            Ok(()) => {
                // Whatever follows a Close frame is nobody's to read, let alone to keep.
                self.ended = self.guard.has_seen_close();
                Some(bytes)
            }
            Err(refusal) => {
                self.ended = true;
                self.wire.refuse(refusal.closing);
                Some(bytes.slice(..refusal.sound))
            }
        }
    }
}
