//! One channel's fan-out: a frame is encoded once and its reference handed to every worker's relay.

use std::{
    marker::PhantomData,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use actix::prelude::{
    Actor, ActorFutureExt, Context, ContextFutureSpawner, Handler, Recipient, SendError, WrapFuture,
};
use actix_rt::task::spawn_blocking;
use log::warn;
use program::shutdown;

use super::messages::{Deliver, LatestFrame, LentFrame, RegisterRelay};
use super::metrics::StreamMetrics;
use super::socket::{frame::Frame, pinned::PinnedFrames};
use crate::messages::{Publish, channel::Channel};

/// Holds the relays of channel `C`, through them its sessions, and its latest frame.
pub struct Hub<C> {
    relays: Vec<RegisteredRelay>,
    latest: Option<Arc<Frame>>,
    published: u64,
    pinned: PinnedFrames,
    metrics: StreamMetrics,
    channel: PhantomData<fn() -> C>,
}

/// A worker's relay.
struct RegisteredRelay {
    relay: Recipient<Deliver>,
    deflating: Arc<AtomicUsize>,
    /// It had no room for the last frame: a heartbeat would be about one that it does not have.
    behind: bool,
}

impl RegisteredRelay {
    /// Hands it a frame, or `latest` where a heartbeat would not do. False when it has ended, as all do at shutdown.
    fn deliver(&mut self, frame: &Arc<Frame>, latest: Option<&Arc<Frame>>) -> bool {
        let whole = latest.filter(|_| self.behind && frame.is_heartbeat());
        let frame = whole.unwrap_or(frame);
        match self.relay.try_send(Deliver(frame.clone())) {
            Ok(()) => self.behind = false,
            Err(SendError::Closed(_)) => return false,
            Err(SendError::Full(_)) => {
                if !std::mem::replace(&mut self.behind, true) {
                    warn!("a worker does not keep up with {:?}", frame.channel);
                }
            }
        }
        true
    }
}

impl<C: Channel> Hub<C> {
    /// A hub without relays, whose readers may hold any number of frames.
    pub fn new(metrics: StreamMetrics) -> Self {
        Self {
            relays: Vec::new(),
            latest: None,
            published: 0,
            pinned: PinnedFrames::new(usize::MAX),
            metrics,
            channel: PhantomData,
        }
    }

    /// The same, whose readers may hold `bytes` of frames before the latest; the slowest go where they hold more.
    pub fn pinning_at_most(mut self, bytes: usize) -> Self {
        self.pinned = PinnedFrames::new(bytes);
        self
    }

    /// Hands a beat's frame to all, and keeps it for those who come later.
    fn fan_out(&mut self, mut frame: Frame) {
        let counters = self.metrics.channel(C::NAME);
        let pinned = self.pinned.before(self.published);
        counters.pinned_bytes.set(pinned.bytes as i64);
        frame.keep_from = pinned.keep_from;
        if !frame.is_heartbeat() {
            frame.watch(&mut self.pinned);
        }
        let frame = Arc::new(frame);
        let latest = self.latest.as_ref();
        self.relays
            .retain_mut(|relay| relay.deliver(&frame, latest));
        if frame.is_heartbeat() {
            counters.frames_unchanged.inc();
        } else {
            counters.frames_published.inc();
            if let Some((plain, deflated)) = frame.enveloped.lengths() {
                counters.deflate_in.inc_by(plain as u64);
                counters.deflate_out.inc_by(deflated as u64);
            }
            self.published += 1;
            self.latest = Some(frame);
        }
    }
}

impl<C: Channel> Actor for Hub<C> {
    type Context = Context<Self>;

    fn started(&mut self, _: &mut Self::Context) {
        shutdown::panics_here_are_fatal();
    }
}

impl<C: Channel> Handler<Publish<C>> for Hub<C> {
    type Result = ();

    fn handle(&mut self, Publish { snapshot, .. }: Publish<C>, ctx: &mut Self::Context) {
        let latest = self.latest.clone().filter(|_| C::SKIPS_UNCHANGED);
        let deflate = self
            .relays
            .iter()
            .any(|relay| relay.deflating.load(Ordering::Relaxed) > 0);
        let published = self.published;
        // A large answer takes a while to be copied and compressed: nobody but this channel waits for it.
        spawn_blocking(move || {
            let mut frame = Frame::encode::<C>(&snapshot, published + 1);
            if latest.is_some_and(|latest| latest.content() == frame.content()) {
                return Frame::heartbeat::<C>(&snapshot, published);
            }
            if deflate {
                frame.deflate();
            }
            frame
        })
        .into_actor(self)
        .map(|frame, hub, _| {
            // A panic there is one here, and as fatal.
            hub.fan_out(frame.expect("a frame can be encoded"));
        })
        .wait(ctx);
    }
}

impl<C: Channel> Handler<RegisterRelay> for Hub<C> {
    type Result = ();

    fn handle(&mut self, RegisterRelay { relay, deflating }: RegisterRelay, _: &mut Self::Context) {
        let mut relay = RegisteredRelay {
            relay,
            deflating,
            behind: false,
        };
        // If it is gone already, the next beat finds out.
        if let Some(frame) = &self.latest {
            relay.deliver(frame, None);
        }
        self.relays.push(relay);
    }
}

impl<C: Channel> Handler<LatestFrame> for Hub<C> {
    type Result = Option<LentFrame>;

    fn handle(&mut self, _: LatestFrame, _: &mut Self::Context) -> Self::Result {
        let frame = self.latest.clone()?;
        let keep_from = self.pinned.keep_from();
        Some(LentFrame { frame, keep_from })
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use tokio::sync::mpsc;

    use super::super::InstantHub;
    use super::*;
    use crate::messages::{
        channel::Instant,
        snapshot::{Answer, Snapshot},
    };

    /// A relay that only notes what it was given.
    struct Probe(mpsc::UnboundedSender<Deliver>);

    impl Actor for Probe {
        type Context = Context<Self>;
    }

    impl Handler<Deliver> for Probe {
        type Result = ();

        fn handle(&mut self, deliver: Deliver, _: &mut Self::Context) {
            self.0.send(deliver).unwrap();
        }
    }

    async fn relay(hub: &actix::Addr<InstantHub>) -> mpsc::UnboundedReceiver<Deliver> {
        let (sender, seen) = mpsc::unbounded_channel();
        let relay = Probe(sender).start().recipient();
        let deflating = Arc::default();
        hub.send(RegisterRelay { relay, deflating }).await.unwrap();
        seen
    }

    fn hub() -> actix::Addr<InstantHub> {
        InstantHub::new(StreamMetrics::for_tests()).start()
    }

    fn snapshot(value: &str) -> Snapshot {
        Snapshot {
            alertmanager: None,
            taken_at: DateTime::UNIX_EPOCH,
            answers: vec![Answer {
                name: "q".into(),
                outcome: Ok(value.to_owned().into()),
                warnings: vec![],
            }],
        }
    }

    #[actix::test]
    async fn a_relay_that_registers_late_gets_the_latest_frame_at_once() {
        let hub = hub();
        let latest = snapshot("2");
        hub.send(Publish::<Instant>::new(snapshot("1")))
            .await
            .unwrap();
        hub.send(Publish::<Instant>::new(latest.clone()))
            .await
            .unwrap();
        let mut seen = relay(&hub).await;
        assert_eq!(
            seen.recv().await,
            Some(Deliver(Frame::encode::<Instant>(&latest, 2).into()))
        );
    }

    #[actix::test]
    async fn every_worker_shares_the_same_bytes() {
        let hub = hub();
        let (mut seen_by_first, mut seen_by_second) = (relay(&hub).await, relay(&hub).await);
        hub.send(Publish::<Instant>::new(snapshot("1")))
            .await
            .unwrap();
        let one = seen_by_first.recv().await.unwrap().0;
        let other = seen_by_second.recv().await.unwrap().0;
        assert!(Arc::ptr_eq(&one, &other));
    }

    /// How the hub knows a relay that notes what it was given.
    fn registered(sender: mpsc::UnboundedSender<Deliver>) -> RegisteredRelay {
        RegisteredRelay {
            relay: Probe(sender).start().recipient(),
            deflating: Arc::default(),
            behind: false,
        }
    }

    #[actix::test]
    async fn a_relay_that_fell_behind_gets_the_latest_frame_in_place_of_a_heartbeat() {
        let (sender, mut seen) = mpsc::unbounded_channel();
        let mut relay = registered(sender);
        let frame = |seq| Arc::new(Frame::encode::<Instant>(&snapshot("1"), seq));
        let mut seq = 0;
        while !relay.behind {
            seq += 1;
            assert!(relay.deliver(&frame(seq), None));
        }
        for taken in 1..seq {
            assert_eq!(seen.recv().await, Some(Deliver(frame(taken))));
        }
        let heartbeat = Arc::new(Frame::heartbeat::<Instant>(&snapshot("1"), seq));
        for expected in [frame(seq), heartbeat.clone()] {
            assert!(relay.deliver(&heartbeat, Some(&frame(seq))));
            assert_eq!(seen.recv().await, Some(Deliver(expected)));
        }
    }

    #[actix::test]
    async fn a_relay_that_has_ended_is_forgotten() {
        let (sender, _seen) = mpsc::unbounded_channel();
        let frame = Arc::new(Frame::encode::<Instant>(&snapshot("1"), 1));
        let arbiter = actix::Arbiter::new();
        let probe = Probe::start_in_arbiter(&arbiter.handle(), |_| Probe(sender));
        let mut relay = RegisteredRelay {
            relay: probe.recipient(),
            deflating: Arc::default(),
            behind: false,
        };
        assert!(relay.deliver(&frame, None));
        arbiter.stop();
        arbiter.join().unwrap();
        assert!(!relay.deliver(&frame, None));
    }
}
