//! Passes what a client sends on to actix-http, one request at a time. Otherwise actix-http would buffer 128 KiB of requests
//! and decode all that are complete, at some 7 kB of memory each. What was read beyond the request is kept.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    rt::net::TcpStream,
    web::{Bytes, BytesMut},
};
use tokio::io::{AsyncRead, ReadBuf};

/// How much is passed on at once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Portion {
    /// At most, in bytes.
    pub(super) most: usize,
    /// A blank line before this many bytes is not the end of a request. A client that sends only blank lines would be
    /// decoded two bytes at a time.
    pub(super) least: usize,
}

/// Bytes between the socket and the decoder.
#[derive(Debug, Default)]
pub(super) struct Intake {
    /// Read and not passed on yet.
    ahead: BytesMut,
    /// Passed on since actix-http last decoded.
    undecoded: usize,
    /// These may be a complete request: nothing more is passed on until they are decoded.
    whole: bool,
}

impl Intake {
    /// Whether all that was read has been passed on.
    pub(super) fn is_empty(&self) -> bool {
        self.ahead.is_empty()
    }

    /// Bytes that wait to be decoded.
    pub(super) fn undecoded(&self) -> usize {
        self.undecoded
    }

    /// Lets actix-http decode what it has, and wakes the task.
    pub(super) fn decode_first<T>(&mut self, context: &mut Context<'_>) -> Poll<T> {
        self.mark_decoded();
        context.waker().wake_by_ref();
        Poll::Pending
    }

    /// The bytes that were not passed on, for the next owner of the socket.
    pub(super) fn into_bytes(self) -> Bytes {
        self.ahead.freeze()
    }

    /// Passes the next portion on, but nothing after the end of a request. 0 bytes: the client has closed.
    pub(super) fn poll(
        &mut self,
        io: &mut TcpStream,
        portion: Portion,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<usize>> {
        let most = portion.most.min(buffer.remaining());
        let given = if self.ahead.is_empty() {
            let mut part = ReadBuf::new(buffer.initialize_unfilled_to(most));
            if Pin::new(io).poll_read(context, &mut part)?.is_pending() {
                self.mark_decoded();
                return Poll::Pending;
            }
            let read = part.filled();
            if read.is_empty() {
                return Poll::Ready(Ok(0));
            }
            let given = self.part(read, portion.least);
            self.ahead.extend_from_slice(&read[given..]);
            buffer.advance(given);
            given
        } else {
            let mut bytes = std::mem::take(&mut self.ahead);
            let given = self.part(&bytes[..most.min(bytes.len())], portion.least);
            buffer.put_slice(&bytes.split_to(given));
            if !bytes.is_empty() {
                self.ahead = bytes; // otherwise its memory is freed
            }
            given
        };
        if given == 0 {
            return self.decode_first(context);
        }
        self.undecoded += given;
        Poll::Ready(Ok(given))
    }

    /// Must be called when nothing is passed on: then actix-http decodes what it has.
    fn mark_decoded(&mut self) {
        self.undecoded = 0;
        self.whole = false;
    }

    /// How many of these bytes may be passed on.
    fn part(&mut self, bytes: &[u8], least: usize) -> usize {
        if self.whole {
            return 0;
        }
        let end = end_of_head(bytes, least);
        self.whole = end.is_some();
        end.unwrap_or(bytes.len())
    }
}

/// The end of the first blank line that ends at `least` bytes or later. Lines may end without a carriage return, as the
/// parser allows (RFC 9112 §2.2).
fn end_of_head(bytes: &[u8], least: usize) -> Option<usize> {
    let mut end = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        end += line.len();
        if matches!(line, b"\n" | b"\r\n") && end >= least {
            return Some(end);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::{io::AsyncWriteExt, net::TcpListener};

    use super::*;

    #[test]
    fn a_head_ends_at_its_blank_line() {
        for (bytes, end) in [
            ("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /", Some(27)),
            ("GET / HTTP/1.1\nHost: a\n\nGET /", Some(24)),
            ("GET / HTTP/1.1\r\nHost: a\r\n", None),
            ("\r\nGET / HTTP/1.1\r\n\r\n", Some(20)),
            ("", None),
        ] {
            assert_eq!(end_of_head(bytes.as_bytes(), 16), end, "{bytes:?}");
        }
    }

    /// A client, and its connection.
    async fn connected() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap());
        let client = client.await.unwrap();
        (client, listener.accept().await.unwrap().0)
    }

    async fn next(intake: &mut Intake, io: &mut TcpStream, most: usize) -> String {
        let mut memory = [0; 64];
        let mut buffer = ReadBuf::new(&mut memory);
        let portion = Portion { most, least: 4 };
        let given = poll_fn(|context| intake.poll(io, portion, context, &mut buffer)).await;
        assert_eq!(given.unwrap(), buffer.filled().len());
        String::from_utf8(buffer.filled().to_vec()).unwrap()
    }

    #[actix::test]
    async fn requests_are_passed_on_one_by_one_and_nothing_is_lost() {
        let (mut client, mut io) = connected().await;
        let mut intake = Intake::default();
        client
            .write_all(b"GET /1\r\n\r\nGET /2\r\n\r\nGET")
            .await
            .unwrap();
        client.shutdown().await.unwrap();
        io.readable().await.unwrap();
        for (most, expected) in [
            (3, "GET"),
            (64, " /1\r\n\r\n"),
            (5, "GET /"),
            (64, "2\r\n\r\n"),
            (64, "GET"),
            (64, ""),
        ] {
            assert_eq!(next(&mut intake, &mut io, most).await, expected);
        }
        assert!(intake.is_empty());
    }

    #[actix::test]
    async fn a_request_that_may_be_complete_is_decoded_before_more_is_passed_on() {
        let (mut client, mut io) = connected().await;
        let mut intake = Intake::default();
        client.write_all(b"GET /1\r\n\r\n").await.unwrap();
        assert_eq!(next(&mut intake, &mut io, 64).await.len(), 10);
        assert_eq!(intake.undecoded(), 10);
        client.write_all(b"GET /2\r\n\r\n").await.unwrap();
        io.readable().await.unwrap();
        let mut asked = 0;
        let mut memory = [0; 64];
        let portion = Portion { most: 64, least: 4 };
        let given = poll_fn(|context| {
            asked += 1;
            intake.poll(&mut io, portion, context, &mut ReadBuf::new(&mut memory))
        });
        assert_eq!(given.await.unwrap(), 10);
        assert!(asked > 1, "it was not passed on at once");
    }
}
