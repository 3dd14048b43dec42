//! The socket and what still has to leave through it.
//!
//! Latest wins: a short queue for control frames, the frame being written, and one slot per channel. A slow reader
//! skips beats and never accumulates them.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    io::ErrorKind,
    time::{Duration, Instant},
};

use actix_web::rt::net::TcpStream;
use bytes::Bytes;
use tokio::{sync::Notify, time::timeout_at};

use super::{close::CloseCode, close::Closing, tcp};
use crate::gateway::model::channel::ChannelName;

/// Control frames that may wait. Whoever asks for more answers than this without reading them is flooding.
const CONTROL_FRAMES: usize = 64;

/// One session's socket. Lives on one worker, shared by the session, its inbound stream and its pump.
pub struct Wire {
    io: TcpStream,
    outbox: RefCell<Outbox>,
    blocked: Notify,
    closing: Cell<Option<Closing>>,
}

#[derive(Default)]
struct Outbox {
    /// The rest of the frame being written: its start moves, its bytes are shared.
    current: Bytes,
    control: VecDeque<Bytes>,
    slots: [Option<Bytes>; ChannelName::ALL.len()],
    /// Since when the socket has taken nothing although there was something to write.
    stuck_since: Option<Instant>,
}

impl Outbox {
    /// The next frame to write; control frames go first, a frame once begun is finished before anything.
    fn next(&mut self) -> Option<Bytes> {
        self.control
            .pop_front()
            .or_else(|| self.slots.iter_mut().find_map(Option::take))
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
        let waiting = {
            let mut outbox = self.outbox.borrow_mut();
            outbox.control.push_back(frame);
            outbox.control.len()
        };
        if waiting > CONTROL_FRAMES {
            self.close(Closing::new(
                CloseCode::Flooding,
                "too many requests whose answers were not read",
            ));
        } else {
            self.flush();
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
            match timeout_at((since + stall).into(), self.io.writable()).await {
                Ok(_) => self.flush(),
                Err(_) => return,
            };
        }
    }

    /// Reads into `buffer`: `None` at the end of the stream or after an error.
    pub async fn read(&self, buffer: &mut [u8]) -> Option<usize> {
        loop {
            self.io.readable().await.ok()?;
            match self.io.try_read(buffer) {
                Ok(0) => return None,
                Ok(read) => return Some(read),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => return None,
            }
        }
    }

    /// Ends the connection so that the peer gets the Close frame: the rest is written, our half is shut, and what
    /// still comes in is read and thrown away (data left unread would turn the end into a reset). All within `patience`.
    pub async fn finish(&self, patience: Duration) {
        let deadline = tokio::time::Instant::now() + patience;
        while !self.flush() {
            if timeout_at(deadline, self.io.writable()).await.is_err() {
                return tcp::forget_unsent(&self.io);
            }
        }
        tcp::finish_sending(&self.io);
        let mut waste = [0; 1024];
        let _ = timeout_at(deadline, async {
            while self.read(&mut waste).await.is_some() {}
        })
        .await;
    }
}
