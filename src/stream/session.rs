//! One browser's connection: what it subscribes to, and whether it is still there.

use std::{rc::Rc, sync::Arc, time::Duration};

use actix::prelude::{Actor, ActorContext, AsyncContext, StreamHandler};
use actix_http::ws::Item;
use actix_web_actors::ws::{Message, ProtocolError, WebsocketContext};
use bytes::{Bytes, BytesMut};
use chrono::Utc;
use http_kit::envelope::write_json;
use program::timestamp;

use super::metrics::StreamMetrics;
use super::subscribers::{Subscribers, SubscriptionGuard};
use super::{
    protocol::{self, ClientRequest, ServerMessage},
    socket::{
        close::{CloseCode, CloseReason},
        frame::TextFrame,
        wire::Wire,
    },
};
use crate::messages::channel::ChannelName;

/// Pings that may stay unanswered.
const MISSED_PONGS: u8 = 2;
/// How long the last of them is waited for, unless pings are so frequent that a third of their interval is less.
const LAST_PONG_TIMEOUT: Duration = Duration::from_secs(5);

/// What every session of this process shares.
pub struct SessionContext {
    /// Changes at each start of the process.
    pub epoch: String,
    /// How often a ping is sent.
    pub ping_interval: Duration,
    /// Counters.
    pub metrics: StreamMetrics,
}

/// What a URL subscribes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subscription {
    /// From the start.
    pub channels: &'static [ChannelName],
    /// Frames of the channel `metrics` come without their envelope.
    pub bare: bool,
}

/// The subscribers of each channel on a worker, by [`ChannelName::index`].
pub type ChannelSubscribers = Rc<[Rc<Subscribers>; ChannelName::ALL.len()]>;

/// One browser's connection.
pub struct Session {
    wire: Rc<Wire>,
    shared: Arc<SessionContext>,
    subscribers: ChannelSubscribers,
    subscription: Subscription,
    /// By [`ChannelName::index`]; none where it is not subscribed.
    subscriptions: [Option<SubscriptionGuard>; ChannelName::ALL.len()],
    fragments: BytesMut,
    unanswered: u8,
}

impl Session {
    /// A session on `wire`, subscribed as its URL says.
    pub fn new(
        wire: Rc<Wire>,
        shared: Arc<SessionContext>,
        subscribers: ChannelSubscribers,
        subscription: Subscription,
    ) -> Self {
        Self {
            wire,
            shared,
            subscribers,
            subscription,
            subscriptions: Default::default(),
            fragments: BytesMut::new(),
            unanswered: 0,
        }
    }

    fn send(&self, message: &ServerMessage<'_>) {
        self.wire.push_control(
            TextFrame::encode(128, |out| write_json(message, out))
                .wire()
                .clone(),
        );
    }

    fn greet(&self) {
        let channels = self.subscription.channels.iter();
        self.send(&ServerMessage::Connection {
            message: "Connected to service-metrics",
            timestamp: timestamp::format(&Utc::now()),
            epoch: &self.shared.epoch,
            channels: channels.map(|channel| channel.as_str()).collect(),
        });
    }

    fn beat(&mut self, ctx: &mut WebsocketContext<Self>) {
        if self.forgives() {
            return;
        }
        self.unanswered = self.unanswered.saturating_add(1);
        ctx.ping(b"");
        if self.unanswered == MISSED_PONGS {
            let patience = LAST_PONG_TIMEOUT.min(self.shared.ping_interval / 3);
            ctx.run_later(patience, Self::give_up);
        }
    }

    fn give_up(&mut self, ctx: &mut WebsocketContext<Self>) {
        if self.forgives() || self.unanswered < MISSED_PONGS {
            return;
        }
        self.wire.close(CloseReason::new(
            CloseCode::NoPong,
            "two pings were not answered",
        ));
        ctx.stop();
    }

    /// A ping would only wait behind what the client does not take, as those before it may have done; while that is so,
    /// the stall deadline is in charge.
    fn forgives(&mut self) -> bool {
        let blocked = self.wire.is_blocked();
        if blocked {
            self.unanswered = 0;
        }
        blocked
    }

    /// Answers one text message of the client: the acknowledgement goes first, then what it asked for.
    fn answer(&mut self, text: &[u8]) {
        let request = match protocol::parse(text) {
            Ok(request) => request,
            Err(error) => {
                return self.send(&ServerMessage::Error {
                    error_type: "bad_data",
                    error,
                });
            }
        };
        self.send(&ServerMessage::Ack {
            request_type: &request.kind,
            timestamp: timestamp::format(&Utc::now()),
        });
        match request.action {
            ClientRequest::Subscribe(channel) => self.subscribe(channel),
            ClientRequest::Unsubscribe(channel) => self.unsubscribe(channel),
            ClientRequest::Nothing => {}
        }
    }

    fn subscribe(&mut self, channel: ChannelName) {
        self.subscriptions[channel.index()].get_or_insert_with(|| {
            self.subscribers[channel.index()].subscribe(self.wire.clone(), self.subscription.bare)
        });
    }

    fn unsubscribe(&mut self, channel: ChannelName) {
        if self.subscriptions[channel.index()].take().is_some() {
            self.wire.drop_frame(channel);
        }
    }

    /// Puts a fragmented message together; the guard has bounded its length.
    fn collect(&mut self, item: Item) {
        match item {
            Item::FirstText(part) | Item::FirstBinary(part) | Item::Continue(part) => {
                self.fragments.extend_from_slice(&part);
            }
            Item::Last(part) => {
                self.fragments.extend_from_slice(&part);
                let whole = std::mem::take(&mut self.fragments);
                self.answer(&whole);
            }
        }
    }
}

impl Actor for Session {
    type Context = WebsocketContext<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        self.shared.metrics.sessions.inc();
        self.shared.metrics.sessions_opened.inc();
        self.greet();
        for channel in self.subscription.channels {
            self.subscribe(*channel);
        }
        ctx.run_interval(self.shared.ping_interval, Self::beat);
    }

    fn stopped(&mut self, _: &mut Self::Context) {
        let metrics = &self.shared.metrics;
        metrics.sessions.dec();
        metrics.session_closed(self.wire.closing());
    }
}

impl StreamHandler<Result<Message, ProtocolError>> for Session {
    fn handle(&mut self, message: Result<Message, ProtocolError>, ctx: &mut Self::Context) {
        if self.wire.closing().is_some() {
            return ctx.stop(); // the answers to what came before were too many
        }
        match message {
            Ok(Message::Text(text)) => self.answer(text.as_bytes()),
            Ok(Message::Continuation(item)) => self.collect(item),
            Ok(Message::Ping(payload)) => ctx.pong(&payload),
            Ok(Message::Pong(_)) => self.unanswered = 0,
            Ok(Message::Close(_)) => {
                self.wire.close(CloseReason::new(CloseCode::Bye, "bye"));
                ctx.stop();
            }
            Ok(Message::Binary(_) | Message::Nop) => {}
            // The guard lets nothing through that the parser does not parse.
            Err(error) => {
                log::debug!("a frame passed the guard but not the parser: {error}");
                self.wire.close(CloseReason::new(
                    CloseCode::ProtocolError,
                    "a malformed frame",
                ));
                ctx.stop();
            }
        }
    }

    fn finished(&mut self, ctx: &mut Self::Context) {
        self.wire.close_if_refused();
        ctx.stop();
    }
}

/// The session's side of the socket, as [`WebsocketContext`] carries it.
pub fn start(
    session: Session,
    inbound: impl futures_util::Stream<Item = Result<Bytes, actix_web::error::PayloadError>> + 'static,
    codec: actix_http::ws::Codec,
) -> impl futures_util::Stream<Item = Result<Bytes, actix_web::Error>> + Unpin {
    WebsocketContext::with_codec(session, Box::pin(inbound), codec)
}
