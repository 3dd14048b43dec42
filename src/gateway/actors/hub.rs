//! One channel's fan-out: a frame is encoded once and its reference handed to every session that has joined.

use std::{collections::HashMap, marker::PhantomData, sync::Arc};

use actix::prelude::{
    Actor, ActorFutureExt, Context, ContextFutureSpawner, Handler, Recipient, SendError, WrapFuture,
};
use actix_rt::task::spawn_blocking;

use super::messages::{Deliver, Join, LatestFrame, Leave, Publish, SessionId};
use crate::{
    gateway::{model::channel::Channel, socket::frame::Frame, telemetry::Telemetry},
    shutdown,
};

/// Holds the sessions of channel `C` and its latest frame.
pub struct Hub<C> {
    sessions: HashMap<SessionId, Member>,
    latest: Option<Arc<Frame>>,
    published: u64,
    telemetry: Telemetry,
    channel: PhantomData<fn() -> C>,
}

/// A session that has joined.
struct Member {
    session: Recipient<Deliver>,
    deflate: bool,
}

impl<C: Channel> Hub<C> {
    /// A hub without sessions.
    pub fn new(telemetry: Telemetry) -> Self {
        Self {
            sessions: HashMap::new(),
            latest: None,
            published: 0,
            telemetry,
            channel: PhantomData,
        }
    }

    /// Hands a beat's frame to all, and keeps it for those who come later.
    fn fan_out(&mut self, frame: Arc<Frame>) {
        // Refused because it has left: it goes. Refused because its worker is behind: it skips this beat.
        let counters = self.telemetry.channel(C::NAME);
        self.sessions.retain(
            |_, member| match member.session.try_send(Deliver(frame.clone())) {
                Ok(()) => true,
                Err(SendError::Closed(_)) => false,
                Err(SendError::Full(_)) => {
                    counters.frames_skipped.inc();
                    true
                }
            },
        );
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
        self.count_subscriptions();
    }

    fn count_subscriptions(&self) {
        self.telemetry
            .channel(C::NAME)
            .subscriptions
            .set(self.sessions.len() as i64);
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
        let deflate = self.sessions.values().any(|member| member.deflate);
        let published = self.published;
        // A large answer takes a while to be copied and compressed: nobody but this channel waits for it.
        spawn_blocking(move || {
            let mut frame = Frame::encode::<C>(&snapshot, published + 1);
            if latest.is_some_and(|latest| latest.data() == frame.data()) {
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
            hub.fan_out(frame.expect("a frame can be encoded").into());
        })
        .wait(ctx);
    }
}

impl<C: Channel> Handler<Join> for Hub<C> {
    type Result = ();

    fn handle(&mut self, join: Join, _: &mut Self::Context) {
        let Join {
            id,
            session,
            deflate,
        } = join;
        if let Some(frame) = &self.latest {
            // A fresh session's mailbox has room; if it is gone already, the next beat finds out.
            let _ = session.try_send(Deliver(frame.clone()));
        }
        self.sessions.insert(id, Member { session, deflate });
        self.count_subscriptions();
    }
}

impl<C: Channel> Handler<Leave> for Hub<C> {
    type Result = ();

    fn handle(&mut self, Leave(id): Leave, _: &mut Self::Context) {
        self.sessions.remove(&id);
        self.count_subscriptions();
    }
}

impl<C: Channel> Handler<LatestFrame> for Hub<C> {
    type Result = Option<Arc<Frame>>;

    fn handle(&mut self, _: LatestFrame, _: &mut Self::Context) -> Self::Result {
        self.latest.clone()
    }
}

#[cfg(test)]
mod tests {
    use chrono::Utc;
    use tokio::sync::mpsc;

    use super::*;
    use crate::gateway::{
        actors::InstantHub,
        model::{
            channel::Instant,
            snapshot::{Answer, Snapshot},
        },
    };

    /// A session that only notes what it was given.
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

    fn probe() -> (Recipient<Deliver>, mpsc::UnboundedReceiver<Deliver>) {
        let (sender, seen) = mpsc::unbounded_channel();
        (Probe(sender).start().recipient(), seen)
    }

    fn hub() -> actix::Addr<InstantHub> {
        InstantHub::new(Telemetry::new().unwrap()).start()
    }

    fn snapshot(value: &str) -> Snapshot {
        Snapshot {
            taken_at: Utc::now(),
            answers: vec![Answer {
                name: "q".into(),
                outcome: Ok(value.to_owned().into()),
            }],
        }
    }

    #[actix::test]
    async fn a_browser_that_joins_late_gets_the_latest_snapshot_at_once() {
        let hub = hub();
        let latest = snapshot("2");
        hub.send(Publish::<Instant>::new(snapshot("1")))
            .await
            .unwrap();
        hub.send(Publish::<Instant>::new(latest.clone()))
            .await
            .unwrap();

        let (session, mut seen) = probe();
        hub.send(Join {
            id: SessionId::next(),
            session,
            deflate: false,
        })
        .await
        .unwrap();

        assert_eq!(
            seen.recv().await,
            Some(Deliver(Frame::encode::<Instant>(&latest, 2).into()))
        );
    }

    #[actix::test]
    async fn every_session_shares_the_same_bytes() {
        let hub = hub();
        let (first, mut seen_by_first) = probe();
        let (second, mut seen_by_second) = probe();
        for session in [first, second] {
            hub.send(Join {
                id: SessionId::next(),
                session,
                deflate: false,
            })
            .await
            .unwrap();
        }
        hub.send(Publish::<Instant>::new(snapshot("1")))
            .await
            .unwrap();

        let one = seen_by_first.recv().await.unwrap().0.enveloped.wire();
        let other = seen_by_second.recv().await.unwrap().0.enveloped.wire();
        assert_eq!(one.as_ptr(), other.as_ptr());
    }

    #[actix::test]
    async fn who_has_left_gets_nothing_more() {
        let hub = hub();
        let (session, mut seen) = probe();
        let id = SessionId::next();
        hub.send(Join {
            id,
            session,
            deflate: false,
        })
        .await
        .unwrap();
        hub.send(Leave(id)).await.unwrap();
        hub.send(Publish::<Instant>::new(snapshot("1")))
            .await
            .unwrap();
        assert_eq!(
            seen.recv().await,
            None,
            "the hub has let go of the only address"
        );
    }
}
