//! What a client sends, as the session's WebSocket context wants to read it, after the guard has seen it.

use std::{rc::Rc, time::Instant};

use actix_web::error::PayloadError;
use bytes::Bytes;
use futures_util::{Stream, stream};

use super::{close::CloseReason, guard::Guard, inflate::Inflater, wire::Wire};

struct Inbound {
    wire: Rc<Wire>,
    guard: Guard,
    /// Where permessage-deflate was negotiated.
    inflater: Option<Box<Inflater>>,
    /// What came in behind the handshake, in the same segment.
    early: Bytes,
    ended: bool,
}

/// Bytes up to the end of the stream, a Close frame, or the first violation, whose close code is left on the wire.
pub fn inbound(
    wire: Rc<Wire>,
    guard: Guard,
    inflater: Option<Inflater>,
    early: Bytes,
) -> impl Stream<Item = Result<Bytes, PayloadError>> {
    let inbound = Inbound {
        wire,
        guard,
        inflater: inflater.map(Box::new),
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
        while !self.ended {
            let bytes = if self.early.is_empty() {
                self.wire.receive().await?
            } else {
                std::mem::take(&mut self.early)
            };
            let valid = self.valid_part(bytes);
            let plain = self.inflated(valid);
            // Of a compressed message nothing is there to be read before its end.
            if !plain.is_empty() || self.ended {
                return Some(plain);
            }
        }
        None
    }

    fn valid_part(&mut self, bytes: Bytes) -> Bytes {
        match self.guard.inspect(&bytes, Instant::now()) {
            Ok(()) => {
                // Whatever follows a Close frame is nobody's to read, let alone to keep.
                self.ended = self.guard.has_seen_close();
                bytes
            }
            Err(error) => {
                self.refuse(error.closing);
                bytes.slice(..error.valid_length)
            }
        }
    }

    fn inflated(&mut self, bytes: Bytes) -> Bytes {
        let Some(inflater) = &mut self.inflater else {
            return bytes;
        };
        let verdict = inflater.push(&bytes);
        let plain = inflater.take();
        if let Err(closing) = verdict {
            self.refuse(closing);
        }
        plain
    }

    fn refuse(&mut self, closing: CloseReason) {
        self.ended = true;
        self.wire.refuse(closing);
    }
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, pin::pin, task::Poll};

    use actix_web::rt::net::{TcpListener, TcpStream};
    use futures_util::StreamExt;
    use tokio::io::AsyncWriteExt;

    use super::super::guard::Limits;
    use super::*;

    const LIMITS: Limits = Limits {
        message_bytes: 65_536,
        frames_per_second: 1_000_000,
    };

    /// What is heard of a client that has said `early` with its handshake, and the client.
    async fn client(
        early: &'static [u8],
    ) -> (impl Stream<Item = Result<Bytes, PayloadError>>, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (ours, theirs) = tokio::join!(
            listener.accept(),
            TcpStream::connect(listener.local_addr().unwrap())
        );
        let wire = Rc::new(Wire::new(ours.unwrap().0, false));
        let inbound = inbound(
            wire,
            Guard::new(LIMITS, false),
            None,
            Bytes::from_static(early),
        );
        (inbound, theirs.unwrap())
    }

    #[actix::test]
    async fn nothing_is_read_behind_a_close_frame() {
        let (inbound, mut client) = client(&[0x88, 0x80, 0, 0, 0, 0]).await;
        client.write_all(&[0; 4096]).await.unwrap();
        let mut inbound = pin!(inbound);
        assert!(inbound.next().await.is_some());
        assert!(inbound.next().await.is_none());
    }

    #[actix::test]
    async fn whoever_sends_without_pause_is_heard_in_turns() {
        let (inbound, mut client) = client(&[]).await;
        let pings = [0x89, 0xFD].into_iter().chain([0; 4 + 125]);
        let pings: Vec<u8> = pings.cycle().take(131 * 1000).collect();
        client.write_all(&pings).await.unwrap();
        let mut inbound = pin!(inbound);
        let mut heard = 0;
        poll_fn(|context| {
            while inbound.as_mut().poll_next(context).is_ready() {
                heard += 1;
            }
            Poll::Ready(())
        })
        .await;
        assert!((1..=128).contains(&heard), "{heard} pieces in one turn");
    }
}
