//! The socket and what still has to leave through it.
//!
//! Latest wins: a short queue for control frames, the frame being written, and one slot per channel. A slow reader
//! skips beats and never accumulates them.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    io::{self, ErrorKind},
    time::{Duration, Instant},
};

use actix_web::rt::net::TcpStream;
use bytes::Bytes;
use tokio::{sync::Notify, task::consume_budget, time::timeout_at};

use super::{
    close::{CloseCode, Closing},
    tcp,
};
use crate::gateway::model::channel::ChannelName;

/// Control frames that may wait. Whoever asks for more answers than this without reading them is flooding.
const CONTROL_FRAMES: usize = 64;
/// Their bytes: an acknowledgement repeats the request's `type`, which may be as long as a message.
const CONTROL_BYTES: usize = 128 * 1024;
/// What is read at once. Clients say little; whoever says much is read in many small pieces.
const READ_BYTES: usize = 512;
/// How often within the stall deadline a socket that takes nothing is looked at more closely.
const LOOKS: u32 = 8;
/// What is still read of a client to which Close has been said.
const LINGER_BYTES: usize = 64 * 1024;

/// One session's socket. Lives on one worker, shared by the session, its inbound stream and its pump.
pub struct Wire {
    io: TcpStream,
    outbox: RefCell<Outbox>,
    blocked: Notify,
    refusal: Cell<Option<Closing>>,
    closing: Cell<Option<Closing>>,
}

#[derive(Default)]
struct Outbox {
    /// The rest of the frame being written: its start moves, its bytes are shared.
    current: Bytes,
    control: VecDeque<Bytes>,
    slots: [Option<Bytes>; ChannelName::ALL.len()],
    /// The slot that was written last: the others' turn comes first.
    turn: usize,
    /// Since when the socket has taken nothing although there was something to write.
    stuck_since: Option<Instant>,
}

impl Outbox {
    /// The next frame to write; control frames go first, a frame once begun is finished before anything. Channels take
    /// turns: one that is renewed faster than the client reads must not keep the others from him.
    fn next(&mut self) -> Option<Bytes> {
        if let Some(frame) = self.control.pop_front() {
            return Some(frame);
        }
        for _ in 0..self.slots.len() {
            self.turn = (self.turn + 1) % self.slots.len();
            if let Some(frame) = self.slots[self.turn].take() {
                return Some(frame);
            }
        }
        None
    }

    fn answers_too_much(&self) -> bool {
        self.control.len() > CONTROL_FRAMES
            || self.control.iter().map(Bytes::len).sum::<usize>() > CONTROL_BYTES
    }

    fn clear(&mut self) {
        *self = Self::default();
    }
}

impl Wire {
    /// Takes a socket whose handshake is done.
    pub fn new(io: TcpStream) -> Self {
        Self {
            io,
            outbox: RefCell::default(),
            blocked: Notify::new(),
            refusal: Cell::new(None),
            closing: Cell::new(None),
        }
    }

    /// Sends a channel's frame, or keeps it until the socket takes it. True when it replaced one that was still
    /// waiting: that beat is skipped.
    pub fn push_frame(&self, channel: ChannelName, frame: Bytes) -> bool {
        if self.closing.get().is_some() {
            return false;
        }
        let skipped = self.outbox.borrow_mut().slots[channel.index()]
            .replace(frame)
            .is_some();
        self.flush();
        skipped
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
            self.close(Closing::new(
                CloseCode::Flooding,
                "too many requests whose answers were not read",
            ));
        }
    }

    /// Notes why the client will be closed once what it said before that has been answered.
    pub fn refuse(&self, closing: Closing) {
        self.refusal.set(Some(closing));
    }

    /// Says good-bye for the reason noted, if there is one.
    pub fn close_if_refused(&self) {
        if let Some(closing) = self.refusal.get() {
            self.close(closing);
        }
    }

    /// Says good-bye: a frame that is half written is finished, everything else is forgotten. The first reason stands.
    pub fn close(&self, closing: Closing) {
        if self.closing.get().is_some() {
            return;
        }
        self.closing.set(Some(closing));
        {
            let mut outbox = self.outbox.borrow_mut();
            outbox.control.clear();
            outbox.slots = Default::default();
            outbox.control.push_back(closing.frame());
        }
        self.flush();
    }

    /// Why we close, once we do.
    pub fn closing(&self) -> Option<Closing> {
        self.closing.get()
    }

    /// True while the socket does not take what there is to write.
    pub fn is_blocked(&self) -> bool {
        self.outbox.borrow().stuck_since.is_some()
    }

    /// Writes until all is written (true) or the kernel's buffer is full (false).
    fn flush(&self) -> bool {
        let mut outbox = self.outbox.borrow_mut();
        loop {
            if outbox.current.is_empty() {
                let Some(frame) = outbox.next() else {
                    outbox.stuck_since = None;
                    return true;
                };
                outbox.current = frame;
            }
            match self.io.try_write(&outbox.current) {
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
    }

    /// Writes whatever is or becomes waiting, as the socket takes it. Returns when it has taken nothing for `stall`.
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
            let look_again = (now + stall / LOOKS).min(since + stall);
            match timeout_at(look_again.into(), self.io.writable()).await {
                Ok(_) => drop(self.flush()),
                Err(_) => self.insist(),
            }
        }
    }

    /// Asks the kernel itself whether it takes anything. A socket is reported writable only when a good part of its
    /// buffer is free: a slow reader may need longer than the stall deadline for that, and yet he moves.
    fn insist(&self) {
        let mut outbox = self.outbox.borrow_mut();
        if let Ok(written @ 1..) = tcp::send_now(&self.io, &outbox.current) {
            let _ = outbox.current.split_to(written);
            outbox.stuck_since = Some(Instant::now());
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
        while wasted < LINGER_BYTES {
            match timeout_at(deadline, self.receive()).await {
                Ok(Some(bytes)) => wasted += bytes.len(),
                _ => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_that_is_always_renewed_does_not_keep_the_others_waiting() {
        let mut outbox = Outbox {
            slots: [Some("instant".into()), Some("range".into()), None],
            ..Outbox::default()
        };
        let mut written = Vec::new();
        for _ in 0..4 {
            written.push(outbox.next().unwrap());
            outbox.slots[ChannelName::Instant.index()] = Some("instant".into());
        }
        assert!(written.contains(&Bytes::from("range")), "{written:?}");
    }

    #[test]
    fn answers_that_wait_are_bounded_in_number_and_in_bytes() {
        let mut outbox = Outbox::default();
        outbox.control.extend(vec![Bytes::new(); CONTROL_FRAMES]);
        assert!(!outbox.answers_too_much());
        outbox.control.push_back(Bytes::new());
        assert!(outbox.answers_too_much());

        outbox.clear();
        outbox.control.push_back(vec![0; CONTROL_BYTES].into());
        assert!(!outbox.answers_too_much());
        outbox.control.push_back("x".into());
        assert!(outbox.answers_too_much());
    }
}
