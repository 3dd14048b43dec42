//! One worker's share of a channel's fan-out: the hub hands it a frame once, it hands it to every session of its worker
//! without waking any of them.

use std::{rc::Rc, sync::Arc};

use actix::prelude::{
    Actor, ActorFutureExt, AsyncContext, Context, ContextFutureSpawner, Handler, Recipient,
    WrapFuture,
};

use super::socket::frame::Frame;
use super::subscribers::Subscribers;
use super::{
    messages::{Deliver, RegisterRelay},
    metrics::StreamMetrics,
};
use crate::messages::channel::ChannelName;

/// A worker's share of one channel's fan-out.
pub(super) struct Relay {
    subscribers: Rc<Subscribers>,
    hub: Recipient<RegisterRelay>,
    /// A frame is on its way to the subscribers.
    busy: bool,
    /// The frame that comes after it: the latest wins.
    next: Option<Arc<Frame>>,
}

impl Relay {
    /// Starts a relay on the calling worker for each channel, fed by `hubs`; returns its subscribers. Both are by
    /// [`ChannelName::index`].
    pub(super) fn start_all(
        hubs: &[Recipient<RegisterRelay>; ChannelName::ALL.len()],
        metrics: &StreamMetrics,
    ) -> [Rc<Subscribers>; ChannelName::ALL.len()] {
        ChannelName::ALL.map(|channel| {
            let subscribers = Rc::new(Subscribers::new(channel, metrics.clone()));
            let relay = Self {
                subscribers: subscribers.clone(),
                hub: hubs[channel.index()].clone(),
                busy: false,
                next: None,
            };
            relay.start();
            subscribers
        })
    }

    fn deliver_next(&mut self, ctx: &mut Context<Self>) {
        let Some(frame) = self.next.take() else {
            return;
        };
        self.busy = true;
        let subscribers = self.subscribers.clone();
        async move { subscribers.deliver(frame).await }
            .into_actor(self)
            .map(|(), relay, ctx| {
                relay.busy = false;
                relay.deliver_next(ctx);
            })
            .spawn(ctx);
    }
}

impl Actor for Relay {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        self.hub.do_send(RegisterRelay {
            relay: ctx.address().recipient(),
            deflating: self.subscribers.deflating(),
        });
    }
}

impl Handler<Deliver> for Relay {
    type Result = ();

    fn handle(&mut self, Deliver(frame): Deliver, ctx: &mut Self::Context) {
        if let Some(waiting) = &self.next
            && !waiting.is_heartbeat()
        {
            if frame.is_heartbeat() {
                return; // what waits says more
            }
            self.subscribers.skip();
        }
        self.next = Some(frame);
        if !self.busy {
            self.deliver_next(ctx);
        }
    }
}

#[cfg(test)]
mod tests {
    use actix::Addr;
    use actix_web::rt::net::{TcpListener, TcpStream};
    use chrono::DateTime;
    use tokio::{io::AsyncReadExt, sync::mpsc};

    use super::super::socket::wire::Wire;
    use super::*;
    use crate::messages::{
        channel::Instant,
        snapshot::{Answer, Snapshot},
    };

    /// A hub that tells who has registered.
    struct Probe(mpsc::UnboundedSender<RegisterRelay>);

    impl Actor for Probe {
        type Context = Context<Self>;
    }

    impl Handler<RegisterRelay> for Probe {
        type Result = ();

        fn handle(&mut self, registration: RegisterRelay, _: &mut Self::Context) {
            self.0.send(registration).unwrap_or_default();
        }
    }

    /// The relay of the channel `instant`, as a hub knows it, and its subscribers.
    async fn relay() -> (RegisterRelay, Rc<Subscribers>, StreamMetrics) {
        let metrics = StreamMetrics::for_tests();
        let (sender, mut registered) = mpsc::unbounded_channel();
        let silent: Addr<Probe> = Probe(mpsc::unbounded_channel().0).start();
        let hubs = ChannelName::ALL.map(|channel| match channel {
            ChannelName::Instant => Probe(sender.clone()).start().recipient(),
            _ => silent.clone().recipient(),
        });
        let [subscribers, ..] = Relay::start_all(&hubs, &metrics);
        (registered.recv().await.unwrap(), subscribers, metrics)
    }

    /// A browser and its wire.
    async fn browser(deflate: bool) -> (Rc<Wire>, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (ours, theirs) = tokio::join!(
            listener.accept(),
            TcpStream::connect(listener.local_addr().unwrap())
        );
        (
            Rc::new(Wire::new(ours.unwrap().0, deflate)),
            theirs.unwrap(),
        )
    }

    fn snapshot(bytes: usize) -> Snapshot {
        Snapshot {
            alertmanager: None,
            taken_at: DateTime::UNIX_EPOCH,
            answers: vec![Answer {
                name: "q".into(),
                outcome: Ok(vec![b'1'; bytes].into()),
                warnings: vec![],
            }],
        }
    }

    fn frame(seq: u64) -> Arc<Frame> {
        Frame::encode::<Instant>(&snapshot(1), seq).into()
    }

    /// So large that each session is a turn of its own.
    fn large(seq: u64) -> Arc<Frame> {
        Frame::encode::<Instant>(&snapshot(1 << 20), seq).into()
    }

    async fn expect_frame(browser: &mut TcpStream, frame: &Frame) {
        let expected = frame.enveloped.wire();
        let mut received = vec![0; expected.len()];
        browser.read_exact(&mut received).await.unwrap();
        assert_eq!(&received, expected);
    }

    #[actix::test]
    async fn each_frame_reaches_everyone_once_whenever_they_came() {
        let (registration, subscribers, metrics) = relay().await;
        let mut browsers = Vec::new();
        for seq in 1..=20 {
            registration.relay.send(Deliver(frame(seq))).await.unwrap();
            let (wire, browser) = browser(false).await;
            browsers.push((seq, browser, subscribers.subscribe(wire, false)));
        }
        for (first, browser, _) in &mut browsers {
            for seq in *first..=20 {
                expect_frame(browser, &frame(seq)).await;
            }
        }
        let sent = metrics.channel(ChannelName::Instant).frames_sent.get();
        assert_eq!(sent, (1..=20).sum::<u64>());
    }

    #[actix::test]
    async fn a_walk_is_interrupted_and_whoever_comes_or_goes_meanwhile_is_not_confused() {
        let (registration, subscribers, metrics) = relay().await;
        let (mut wires, mut browsers, mut subscriptions) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..4 {
            let (wire, browser) = browser(false).await;
            subscriptions.push(Some(subscribers.subscribe(wire.clone(), false)));
            wires.push(wire);
            browsers.push(browser);
        }
        let (late, last) = browser(false).await;
        browsers.push(last);
        registration.relay.do_send(Deliver(large(1)));
        let counters = metrics.channel(ChannelName::Instant);
        while counters.frames_sent.get() == 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(counters.frames_sent.get(), 1, "one turn, one session");
        // One leaves, one leaves and comes again, one is new: it and whoever came again get the latest at once.
        subscriptions[1] = None;
        subscriptions[2] = None;
        subscriptions[2] = Some(subscribers.subscribe(wires[2].clone(), false));
        subscriptions.push(Some(subscribers.subscribe(late, false)));
        // Meanwhile: a heartbeat, a frame in its place, a frame in the place of that, a heartbeat that says less.
        let heartbeat = |seq| Arc::new(Frame::heartbeat::<Instant>(&snapshot(1), seq));
        for next in [heartbeat(1), frame(2), frame(3), heartbeat(3)] {
            registration.relay.do_send(Deliver(next));
        }

        let mut gone = browsers.remove(1);
        for browser in &mut browsers {
            expect_frame(browser, &large(1)).await;
            expect_frame(browser, &frame(3)).await;
        }
        drop((wires, subscriptions, subscribers, registration));
        let mut received = Vec::new();
        gone.read_to_end(&mut received).await.unwrap();
        assert_eq!(received, b"", "it had left before it was reached");
        assert_eq!(
            counters.frames_skipped.get(),
            4,
            "the frame 2, for each of four"
        );
    }

    #[actix::test]
    async fn a_dropped_subscription_gets_no_more_frames() {
        let (registration, subscribers, metrics) = relay().await;
        let (wire, mut browser) = browser(false).await;
        let subscription = subscribers.subscribe(wire.clone(), false);
        registration.relay.send(Deliver(frame(1))).await.unwrap();
        expect_frame(&mut browser, &frame(1)).await;
        drop(subscription);
        registration.relay.send(Deliver(frame(2))).await.unwrap();
        drop(wire);
        assert_eq!(browser.read(&mut [0; 8]).await.unwrap(), 0);
        assert_eq!(metrics.channel(ChannelName::Instant).subscriptions.get(), 0);
    }

    #[actix::test]
    async fn whether_anyone_takes_compressed_frames_is_always_told() {
        let (registration, subscribers, _) = relay().await;
        let deflating = || {
            registration
                .deflating
                .load(std::sync::atomic::Ordering::Relaxed)
        };
        let (plain, _one) = browser(false).await;
        let (packed, _other) = browser(true).await;
        let _plain = subscribers.subscribe(plain, false);
        assert_eq!(deflating(), 0);
        let packed = subscribers.subscribe(packed, false);
        assert_eq!(deflating(), 1);
        drop(packed);
        assert_eq!(deflating(), 0);
    }
}
