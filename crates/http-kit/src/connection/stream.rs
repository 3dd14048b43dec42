//! An HTTP connection's socket, as actix-http reads and writes it.

use std::{
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
    time::Duration,
};

use actix_web::{
    rt::{net::TcpStream, time::Instant},
    web::Bytes,
};
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{
    alarm::Alarm,
    deadlines::{Deadlines, LINGER_TIMEOUT},
    exchange::{Exchange, Phase},
    head::{self, Head},
    intake::{Intake, Portion},
    metrics::OpenConnection,
    raw_answer,
    read_progress::ReadProgress,
};
use crate::api_error::ApiError;

/// A portion of a head. No request is shorter than `GET / HTTP/1.1` and a blank line.
const HEAD: Portion = Portion {
    most: 2 * 1024,
    least: 16,
};
/// A portion of a body, after which a head may follow.
const BODY: Portion = Portion {
    most: 16 * 1024,
    least: 64,
};
/// `TCP_USER_TIMEOUT` after our close: how long a client may read nothing of what the kernel still holds.
const CLOSE_USER_TIMEOUT: Duration = Duration::from_secs(10);
/// How many bytes a refused client may go on sending.
const LINGER_BYTES: usize = 1024 * 1024;

/// A socket with the deadline of the part of the exchange that it waits for.
pub struct Connection {
    io: TcpStream,
    exchange: Rc<Exchange>,
    deadlines: Deadlines,
    counted: OpenConnection,
    alarm: Alarm,
    head: Head,
    read_progress: ReadProgress,
    intake: Intake,
    /// The last write would have blocked.
    blocked: bool,
    /// The client was refused: until when it may go on sending, and how many bytes.
    refused: Option<(Instant, usize)>,
}

impl Connection {
    pub(super) fn new(
        io: TcpStream,
        deadlines: Deadlines,
        counted: OpenConnection,
        exchange: Exchange,
    ) -> Self {
        let head = Head::first(deadlines.head);
        Self {
            io,
            exchange: Rc::new(exchange),
            deadlines,
            counted,
            alarm: Alarm::new(head.due),
            head,
            read_progress: ReadProgress::default(),
            intake: Intake::default(),
            blocked: false,
            refused: None,
        }
    }

    /// The socket itself.
    pub fn get_ref(&self) -> &TcpStream {
        &self.io
    }

    /// Hands the socket over, with the bytes that were read but not passed on. It no longer counts as an HTTP connection.
    pub fn into_inner(self) -> (TcpStream, Bytes) {
        (self.io, self.intake.into_bytes())
    }

    /// Hands the socket over in order to close it. It counts as a connection until the second part is dropped.
    pub fn into_parts(self) -> (TcpStream, impl Sized) {
        (self.io, self.counted)
    }

    pub(super) fn exchange(&self) -> Rc<Exchange> {
        self.exchange.clone()
    }

    /// Does not read. If there is nothing to read, arriving bytes wake the task; otherwise [`Exchange::read_on`] does.
    fn hold(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.intake.is_empty() || self.io.poll_read_ready(context).is_ready() {
            self.exchange.hold(context.waker());
        }
        Poll::Pending
    }

    fn read_head(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.head.follow(&self.exchange, &self.deadlines);
        let room = self.head.room();
        let undecoded = self.intake.undecoded();
        if undecoded >= HEAD.most || (room == 0 && undecoded > 0) {
            return self.intake.decode_first(context);
        }
        if room == 0 {
            let most = head::MAX_HEAD_BYTES;
            let why = format!("the head of a request may have {most} bytes");
            return self.refuse(&ApiError::HeadTooLarge(why), context);
        }
        let portion = Portion {
            most: HEAD.most.min(room),
            ..HEAD
        };
        let given = self.intake.poll(&mut self.io, portion, context, buffer)?;
        if let Poll::Ready(bytes) = given {
            if !self.intake.is_empty() {
                self.exchange.fall_behind();
            }
            self.head.arrived(bytes, self.deadlines.head);
            return Poll::Ready(Ok(()));
        }
        if !self.alarm.is_late(self.head.due, context) {
            return Poll::Pending;
        }
        if !self.head.begun {
            return Poll::Ready(Ok(())); // as if the client had closed: actix-http closes too
        }
        self.counted.timed_out("head");
        let limit = self.deadlines.head;
        let why = format!("the head of a request may take {limit:?}");
        self.refuse(&ApiError::TooSlow(why), context)
    }

    fn read_body(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.intake.undecoded() >= BODY.most {
            return self.intake.decode_first(context);
        }
        if self.exchange.is_ahead() {
            let _ = self.hold(context);
        } else {
            let given = self.intake.poll(&mut self.io, BODY, context, buffer)?;
            if let Poll::Ready(bytes) = given {
                self.exchange.body_arrived(bytes);
                return Poll::Ready(Ok(()));
            }
        }
        // `track_request` reports a late body to its read_progress; this is for a body without a read_progress.
        let due = self.exchange.changed_at() + self.deadlines.body + LINGER_TIMEOUT;
        if self.alarm.is_late(due, context) {
            self.counted.timed_out("body");
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Poll::Pending
    }

    /// Sends an error to the client, and reads for a while what it still sends.
    fn refuse(&mut self, why: &ApiError, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        raw_answer::write(&self.io, why);
        self.refused = Some((Instant::now() + LINGER_TIMEOUT, LINGER_BYTES));
        self.read_after_refusal(context)
    }

    /// Ready when the client has closed, or its time is over.
    fn read_after_refusal(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some((due, mut left)) = self.refused else {
            return Poll::Ready(Ok(()));
        };
        let mut scratch = [0; 4096];
        loop {
            let mut part = ReadBuf::new(&mut scratch);
            if Pin::new(&mut self.io)
                .poll_read(context, &mut part)?
                .is_pending()
            {
                break;
            }
            left = left.saturating_sub(part.filled().len());
            if part.filled().is_empty() || left == 0 {
                return Poll::Ready(Ok(()));
            }
        }
        self.refused = Some((due, left));
        if self.alarm.is_late(due, context) {
            return Poll::Ready(Ok(()));
        }
        Poll::Pending
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.refused.is_some() {
            return this.read_after_refusal(context);
        }
        if this.blocked {
            return this.hold(context);
        }
        match this.exchange.phase() {
            Phase::Head => this.read_head(context, buffer),
            Phase::Body => this.read_body(context, buffer),
            Phase::Answer => this.hold(context),
            Phase::End => (this.intake.poll(&mut this.io, BODY, context, buffer)).map_ok(drop),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let limit = this.deadlines.write;
        this.read_progress.sending();
        if let Poll::Ready(written) = Pin::new(&mut this.io).poll_write(context, bytes)? {
            this.read_progress.has_read(written, limit);
            if std::mem::take(&mut this.blocked) && this.exchange.phase() != Phase::Answer {
                this.exchange.read_on();
            }
            return Poll::Ready(Ok(written));
        }
        this.blocked = true;
        this.exchange.fall_behind();
        let due = this.read_progress.stalled(limit);
        if this.alarm.is_late(due, context) {
            this.counted.timed_out("read");
            // The kernel drops what the client has not read, instead of keeping it.
            let _ = SockRef::from(&this.io).set_linger(Some(Duration::ZERO));
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Poll::Pending
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(Pin::new(&mut this.io).poll_flush(context))?;
        if this.exchange.phase() == Phase::Head {
            this.read_progress.finished(); // the kernel has all answers
            if this.intake.is_empty() {
                this.exchange.catch_up();
            }
        } else {
            this.read_progress.all_sent();
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.refused.is_some() {
            return Poll::Ready(Ok(())); // shut down with the refusal
        }
        // The kernel delivers or drops the rest; it no longer counts as a connection.
        let _ = SockRef::from(&this.io).set_tcp_user_timeout(Some(CLOSE_USER_TIMEOUT));
        Pin::new(&mut this.io).poll_shutdown(context)
    }
}
