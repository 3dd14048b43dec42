//! An HTTP connection that does not wait for ever. actix-http has a deadline for the first request's head and for idle
//! connections, but none for a body, or for the head of a later request once it has begun.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use actix_web::rt::{
    net::TcpStream,
    time::{Instant, Sleep, sleep_until},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A socket whose reads fail when nothing has come or gone for a while.
pub struct Patience {
    io: TcpStream,
    limit: Duration,
    moved_at: Instant,
    alarm: Pin<Box<Sleep>>,
}

impl Patience {
    /// Waits for `limit` at most.
    pub fn new(io: TcpStream, limit: Duration) -> Self {
        let now = Instant::now();
        Self {
            io,
            limit,
            moved_at: now,
            alarm: Box::pin(sleep_until(now + limit)),
        }
    }

    /// The socket itself.
    pub fn get_ref(&self) -> &TcpStream {
        &self.io
    }

    /// The socket, to be waited for by whoever takes it.
    pub fn into_inner(self) -> TcpStream {
        self.io
    }

    fn note<T>(&mut self, moved: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if moved.is_ready() {
            self.moved_at = Instant::now();
        }
        moved
    }

    /// Moving the alarm at each read would cost a timer operation each time; it is moved when it goes off too early.
    fn poll_alarm(&mut self, context: &mut Context<'_>) -> Poll<()> {
        while self.alarm.as_mut().poll(context).is_ready() {
            let due = self.moved_at + self.limit;
            if due <= Instant::now() {
                return Poll::Ready(());
            }
            self.alarm.as_mut().reset(due);
        }
        Poll::Pending
    }
}

impl AsyncRead for Patience {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.io).poll_read(context, buffer);
        if self.note(read)?.is_ready() {
            return Poll::Ready(Ok(()));
        }
        self.poll_alarm(context)
            .map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncWrite for Patience {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write(context, bytes);
        self.note(written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}
