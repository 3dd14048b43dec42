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

/// Bytes written before the task yields to others on this worker, exceeded by one frame at most. About a millisecond of
/// work for frames of some kilobytes.
const BYTES_BEFORE_YIELD: usize = 512 * 1024;
/// The fixed cost of one subscriber, counted in bytes written.
const SUBSCRIBER_OVERHEAD_BYTES: usize = 4 * 1024;

/// The sessions of one worker that are subscribed to one channel, in the order in which they came.
pub struct Subscribers {
    channel: ChannelName,
    latest: RefCell<Option<Arc<Frame>>>,
    members: RefCell<BTreeMap<SubscriberId, Subscriber>>,
    next: Cell<SubscriberId>,
    deflating: Arc<AtomicUsize>,
    metrics: StreamMetrics,
}

type SubscriberId = u64;

/// One subscribed session.
struct Subscriber {
    wire: Rc<Wire>,
    bare: bool,
}

/// A session's subscription to one channel. Dropping it unsubscribes.
pub struct SubscriptionGuard {
    subscribers: Rc<Subscribers>,
    id: SubscriberId,
}

/// Counts for one batch of deliveries.
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
            members: RefCell::default(),
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
    pub fn subscribe(self: &Rc<Self>, wire: Rc<Wire>, bare: bool) -> SubscriptionGuard {
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
        let id = self.next.replace(self.next.get() + 1);
        self.members.borrow_mut().insert(id, subscriber);
        SubscriptionGuard {
            subscribers: self.clone(),
            id,
        }
    }

    /// Sends a frame to all current subscribers. Later subscribers get it as the latest frame when they subscribe.
    pub async fn deliver(&self, frame: Arc<Frame>) {
        if !frame.is_heartbeat() {
            self.latest.replace(Some(frame.clone()));
        }
        let end = self.next.get();
        let mut from = 0;
        loop {
            // A silent panic here would leave this worker's browsers without frames.
            from = shutdown::with_fatal_panics(|| self.deliver_batch(&frame, from, end));
            if from == end {
                return;
            }
            yield_now().await;
        }
    }

    /// Sends the frame to a batch of the subscribers in `from..end`. Returns where the next batch begins.
    fn deliver_batch(&self, frame: &Frame, from: SubscriberId, end: SubscriberId) -> SubscriberId {
        let mut tally = Tally::default();
        let mut spent = 0;
        let mut reached = end;
        for (id, subscriber) in self.members.borrow().range(from..end) {
            if spent >= BYTES_BEFORE_YIELD {
                reached = *id;
                break;
            }
            spent += SUBSCRIBER_OVERHEAD_BYTES + subscriber.deliver(frame, &mut tally);
        }
        self.count(&tally);
        reached
    }

    /// Counts a frame that a newer one replaced before delivery, once per subscriber.
    pub fn skip(&self) {
        let all = self.members.borrow().len() as u64;
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
    /// Sends a frame. Returns the bytes written, 0 for a blocked socket.
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
        if blocked && self.wire.close_if_behind(frame.channel, frame.keep_from) {
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
                Pushed::ReplacedOlder => tally.skipped += 1,
                Pushed::AlreadyClosing => {}
            }
        }
        if blocked { 0 } else { bytes.len() }
    }
}

impl Drop for SubscriptionGuard {
    fn drop(&mut self) {
        let subscriber = self.subscribers.members.borrow_mut().remove(&self.id);
        if subscriber.is_some_and(|subscriber| subscriber.wire.deflates()) {
            self.subscribers.deflating.fetch_sub(1, Ordering::Relaxed);
        }
        self.subscribers.metrics().subscriptions.dec();
    }
}
