//! The sessions of one worker that are subscribed to one channel, and how a frame reaches them all.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use program::shutdown;
use tokio::task::yield_now;

use super::metrics::{ChannelMetrics, StreamMetrics};
use super::socket::{
    frame::Frame,
    wire::{Pushed, Wire},
};
use crate::messages::channel::ChannelName;

/// What is written before others on this worker get their turn, and a frame more: about a millisecond's work where
/// frames are of some kilobytes.
const TURN_BYTES: usize = 512 * 1024;
/// What one subscriber costs besides the bytes written, in bytes.
const VISIT_BYTES: usize = 4 * 1024;

/// The sessions of one worker that are subscribed to one channel, in the order in which they came.
pub struct Subscribers {
    channel: ChannelName,
    latest: RefCell<Option<Arc<Frame>>>,
    seats: RefCell<BTreeMap<Ticket, Subscriber>>,
    next: Cell<Ticket>,
    deflating: Arc<AtomicUsize>,
    metrics: StreamMetrics,
}

type Ticket = u64;

/// A session, as far as a channel knows it.
struct Subscriber {
    wire: Rc<Wire>,
    bare: bool,
}

/// A session's subscription among the subscribers; given up when dropped.
pub struct Seat {
    subscribers: Rc<Subscribers>,
    ticket: Ticket,
}

/// What became of a frame, all in all.
#[derive(Default)]
struct Tally {
    sent: u64,
    skipped: u64,
    bytes: u64,
    evicted: u64,
}

impl Subscribers {
    /// None yet.
    pub fn new(channel: ChannelName, metrics: StreamMetrics) -> Self {
        Self {
            channel,
            latest: RefCell::default(),
            seats: RefCell::default(),
            next: Cell::default(),
            deflating: Arc::default(),
            metrics,
        }
    }

    /// How many of them take compressed frames, always.
    pub fn deflating(&self) -> Arc<AtomicUsize> {
        self.deflating.clone()
    }

    /// The session behind `wire` wants the channel's frames, the latest one at once; `bare` without their envelope.
    pub fn join(self: &Rc<Self>, wire: Rc<Wire>, bare: bool) -> Seat {
        let subscriber = Subscriber { wire, bare };
        if let Some(frame) = &*self.latest.borrow() {
            let mut tally = Tally::default();
            subscriber.deliver(frame, &mut tally);
            self.count(&tally);
        }
        if subscriber.wire.deflates() {
            self.deflating.fetch_add(1, Ordering::Relaxed);
        }
        self.metrics().subscriptions.inc();
        let ticket = self.next.replace(self.next.get() + 1);
        self.seats.borrow_mut().insert(ticket, subscriber);
        Seat {
            subscribers: self.clone(),
            ticket,
        }
    }

    /// Hands a frame to everyone who is here now; whoever comes meanwhile has got it already, as the latest.
    pub async fn deliver(&self, frame: Arc<Frame>) {
        if !frame.is_heartbeat() {
            self.latest.replace(Some(frame.clone()));
        }
        let end = self.next.get();
        let mut from = 0;
        loop {
            // Were a worker's share of the fan-out to die silently, its browsers would wait for ever.
            from = shutdown::with_fatal_panics(|| self.take_turn(&frame, from, end));
            if from == end {
                return;
            }
            yield_now().await;
        }
    }

    /// Hands the frame to some of those in `from..end`, and says from whom on to continue.
    fn take_turn(&self, frame: &Frame, from: Ticket, end: Ticket) -> Ticket {
        let mut tally = Tally::default();
        let mut spent = 0;
        let mut reached = end;
        for (ticket, subscriber) in self.seats.borrow().range(from..end) {
            if spent >= TURN_BYTES {
                reached = *ticket;
                break;
            }
            spent += VISIT_BYTES + subscriber.deliver(frame, &mut tally);
        }
        self.count(&tally);
        reached
    }

    /// Counts a frame that none of them will get, since a newer one has come.
    pub fn skip(&self) {
        let all = self.seats.borrow().len() as u64;
        self.metrics().frames_skipped.inc_by(all);
    }

    fn count(&self, tally: &Tally) {
        let metrics = self.metrics();
        metrics.frames_sent.inc_by(tally.sent);
        metrics.frames_skipped.inc_by(tally.skipped);
        metrics.bytes_sent.inc_by(tally.bytes);
        metrics.readers_evicted.inc_by(tally.evicted);
    }

    fn metrics(&self) -> &ChannelMetrics {
        self.metrics.channel(self.channel)
    }
}

impl Subscriber {
    /// Hands it a frame; returns how many bytes were up to be written.
    fn deliver(&self, frame: &Frame, tally: &mut Tally) -> usize {
        let text = match &frame.bare {
            Some(bare) if self.bare => bare,
            _ => &frame.enveloped,
        };
        let bytes: &Bytes = match self.wire.deflates() {
            true => text.deflated_wire(),
            false => text.wire(),
        };
        let blocked = self.wire.is_blocked();
        if blocked && self.wire.let_go_before(frame.channel, frame.keep_from) {
            tally.evicted += 1;
            return 0;
        }
        if frame.is_heartbeat() {
            self.wire.push_heartbeat(frame.channel, frame.seq, bytes);
        } else {
            match self.wire.push_frame(frame.channel, frame.seq, bytes) {
                Pushed::Taken => {
                    tally.sent += 1;
                    tally.bytes += bytes.len() as u64;
                }
                Pushed::InPlaceOfAnother => tally.skipped += 1,
                Pushed::InVain => {}
            }
        }
        if blocked { 0 } else { bytes.len() }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let subscriber = self.subscribers.seats.borrow_mut().remove(&self.ticket);
        if subscriber.is_some_and(|subscriber| subscriber.wire.deflates()) {
            self.subscribers.deflating.fetch_sub(1, Ordering::Relaxed);
        }
        self.subscribers.metrics().subscriptions.dec();
    }
}
