//! One session's socket: writes as much as the kernel accepts, reads in small pieces, and closes with a Close frame.

use std::{
    cell::{Cell, RefCell},
    io::{self, ErrorKind},
    time::{Duration, Instant},
};

use actix_web::rt::net::TcpStream;
use bytes::Bytes;
use tokio::{sync::Notify, task::consume_budget, time::timeout_at};

pub use super::outbox::Pushed;
use super::outbox::{Outbox, Waiting};
use super::{
    close::{CloseCode, CloseReason},
    tcp,
};
use crate::messages::channel::ChannelName;

/// Bytes per read. Inbound messages are small; a small buffer per session keeps memory low.
const READ_BYTES: usize = 512;
/// Forced writes to a blocked socket within the stall deadline.
const STALL_CHECKS: u32 = 8;
/// Inbound bytes discarded after the Close frame, at most.
const DRAIN_BYTES: usize = 64 * 1024;

/// One session's socket. Lives on one worker, shared by the session, its inbound stream, its pump, and the channels that
/// it is subscribed to.
pub struct Wire {
    io: TcpStream,
    deflate: bool,
    outbox: RefCell<Outbox>,
    blocked: Notify,
    closed: Notify,
    refusal: Cell<Option<CloseReason>>,
    closing: Cell<Option<CloseReason>>,
}

impl Wire {
    /// Takes a socket whose handshake is done, and has negotiated permessage-deflate or not.
    pub fn new(io: TcpStream, deflate: bool) -> Self {
        Self {
            io,
            deflate,
            outbox: RefCell::default(),
            blocked: Notify::new(),
            closed: Notify::new(),
            refusal: Cell::new(None),
            closing: Cell::new(None),
        }
    }

    /// Whether permessage-deflate was negotiated.
    pub fn deflates(&self) -> bool {
        self.deflate
    }

    /// Sends a channel's frame with this `seq`, or keeps it until the socket takes it.
    pub fn push_frame(&self, channel: ChannelName, seq: u64, frame: &Bytes) -> Pushed {
        if self.closing.get().is_some() {
            return Pushed::AlreadyClosing;
        }
        let waiting = Waiting {
            seq,
            bytes: frame.clone(),
        };
        let before = self.outbox.borrow_mut().slots[channel.index()].replace(waiting);
        self.flush();
        match before {
            None => Pushed::Taken,
            Some(_) => Pushed::ReplacedOlder,
        }
    }

    /// Sends a channel's heartbeat, unless frames that say more are still on their way.
    pub fn push_heartbeat(&self, channel: ChannelName, seq: u64, heartbeat: &Bytes) {
        if !self.is_blocked() {
            self.push_frame(channel, seq, heartbeat);
        }
    }

    /// Closes a client whose current frame of `channel` has a `seq` below `keep_from`. True when it closed one.
    pub fn close_if_behind(&self, channel: ChannelName, keep_from: u64) -> bool {
        if self.closing.get().is_some() || !self.outbox.borrow().is_before(channel, keep_from) {
            return false;
        }
        self.close(CloseReason::new(
            CloseCode::NotReading,
            "you read so slowly that old frames are held for you; ask for less, or read faster",
        ));
        true
    }

    /// Forgets a channel's waiting frame.
    pub fn drop_frame(&self, channel: ChannelName) {
        self.outbox.borrow_mut().slots[channel.index()] = None;
    }

    /// Sends a control frame or a short answer, before any waiting channel frame.
    pub fn push_control(&self, frame: Bytes) {
        if self.closing.get().is_some() {
            return;
        }
        self.outbox.borrow_mut().control.push_back(frame);
        self.flush();
        if self.outbox.borrow().answers_too_much() {
            self.close(CloseReason::new(
                CloseCode::Flooding,
                "too many requests whose answers were not read",
            ));
        }
    }

    /// Notes why the client will be closed once what it said before that has been answered.
    pub fn refuse(&self, closing: CloseReason) {
        self.refusal.set(Some(closing));
    }

    /// Says good-bye for the reason noted, if there is one.
    pub fn close_if_refused(&self) {
        if let Some(closing) = self.refusal.get() {
            self.close(closing);
        }
    }

    /// Says good-bye: a frame that is half written is finished, everything else is forgotten. The first reason stands.
    pub fn close(&self, closing: CloseReason) {
        if self.closing.get().is_some() {
            return;
        }
        self.closing.set(Some(closing));
        self.closed.notify_one();
        {
            let mut outbox = self.outbox.borrow_mut();
            outbox.control.clear();
            outbox.slots = Default::default();
            outbox.control.push_back(closing.frame());
        }
        self.flush();
    }

    /// Why we close, once we do.
    pub fn closing(&self) -> Option<CloseReason> {
        self.closing.get()
    }

    /// Waits until we close.
    pub async fn closed(&self) {
        while self.closing.get().is_none() {
            self.closed.notified().await;
        }
    }

    /// True while the socket does not take what there is to write.
    pub fn is_blocked(&self) -> bool {
        self.outbox.borrow().stuck_since.is_some()
    }

    /// Writes until all is written (true) or the kernel's buffer is full (false).
    fn flush(&self) -> bool {
        self.write_with(|bytes| self.io.try_write(bytes))
    }

    /// Asks the kernel itself whether it takes anything. A socket is reported writable only when a good part of its
    /// buffer is free: a slow reader may need longer than the stall deadline for that, and yet he moves.
    fn force_write(&self) {
        self.write_with(|bytes| tcp::send_now(&self.io, bytes));
    }

    fn write_with(&self, write: impl Fn(&[u8]) -> io::Result<usize>) -> bool {
        let mut outbox = self.outbox.borrow_mut();
        while outbox.refill() {
            match write(&outbox.current) {
                Ok(written) => {
                    let _ = outbox.current.split_to(written);
                    outbox.stuck_since = None;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    outbox.stuck_since.get_or_insert_with(Instant::now);
                    self.blocked.notify_one();
                    return false;
                }
                // The reading half sees the end too, and ends the session.
                Err(_) => outbox.clear(),
            }
        }
        outbox.stuck_since = None;
        true
    }

    /// Writes whatever is or becomes waiting, as the socket takes it. Returns when it has taken nothing for `stall`.
    /// To be kept until then: begun anew it would also begin anew to wait for the next closer look.
    pub async fn write_until_stalled(&self, stall: Duration) {
        loop {
            let Some(since) = self.outbox.borrow().stuck_since else {
                self.blocked.notified().await;
                continue;
            };
            let now = Instant::now();
            if now >= since + stall {
                return;
            }
            let look_again = (now + stall / STALL_CHECKS).min(since + stall);
            match timeout_at(look_again.into(), self.io.writable()).await {
                Ok(_) => drop(self.flush()),
                Err(_) => self.force_write(),
            }
        }
    }

    /// What the peer sends, piece by piece: `None` at the end of the stream or after an error.
    pub async fn receive(&self) -> Option<Bytes> {
        loop {
            // A peer that sends faster than we read must not keep the worker from everybody else.
            consume_budget().await;
            self.io.readable().await.ok()?;
            match self.take_received() {
                Ok(bytes) if bytes.is_empty() => return None,
                Ok(bytes) => return Some(bytes),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => return None,
            }
        }
    }

    /// On the stack only while it is read into: a buffer that lived across `await` would be part of every session.
    fn take_received(&self) -> io::Result<Bytes> {
        let mut buffer = [0; READ_BYTES];
        let read = self.io.try_read(&mut buffer)?;
        Ok(Bytes::copy_from_slice(&buffer[..read]))
    }

    /// Ends the connection so that the peer gets the Close frame: the rest is written, our half is shut, and a bounded
    /// part of what still comes in is read and thrown away (data left unread would turn the end into a reset). All
    /// within `patience`.
    pub async fn finish(&self, patience: Duration) {
        let deadline = tokio::time::Instant::now() + patience;
        while !self.flush() {
            if timeout_at(deadline, self.io.writable()).await.is_err() {
                return tcp::forget_unsent(&self.io);
            }
        }
        tcp::finish_sending(&self.io);
        let mut wasted = 0;
        while wasted < DRAIN_BYTES {
            match timeout_at(deadline, self.receive()).await {
                Ok(Some(bytes)) => wasted += bytes.len(),
                _ => return,
            }
        }
    }
}

#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;
