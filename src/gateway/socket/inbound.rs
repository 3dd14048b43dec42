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
    refused: bool,
}

/// Bytes up to the end of the stream or to the first violation, which closes the wire with its own code.
pub fn inbound(
    wire: Rc<Wire>,
    guard: Guard,
    early: Bytes,
) -> impl Stream<Item = Result<Bytes, PayloadError>> {
    let inbound = Inbound {
        wire,
        guard,
        early,
        refused: false,
    };
    stream::unfold(inbound, |mut inbound| async move {
        let bytes = inbound.next().await?;
        Some((Ok(bytes), inbound))
    })
}

impl Inbound {
    async fn next(&mut self) -> Option<Bytes> {
        if self.refused {
            return None;
        }
        let bytes = if self.early.is_empty() {
            let mut buffer = [0; 512];
            let read = self.wire.read(&mut buffer).await?;
            Bytes::copy_from_slice(&buffer[..read])
        } else {
            std::mem::take(&mut self.early)
        };
        match self.guard.inspect(&bytes, Instant::now()) {
            Ok(()) => Some(bytes),
            Err(refusal) => {
                self.refused = true;
                self.wire.close(refusal.closing);
                Some(bytes.slice(..refusal.sound))
            }
        }
    }
}
