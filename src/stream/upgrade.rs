//! How a WebSocket URL becomes a session: the connection is taken over from the HTTP dispatcher, which is freed with all
//! its buffers, and served by a task on the same worker.

use std::{
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use actix_codec::Framed;
use actix_http::{Request, h1, ws::Codec};
use actix_web::{
    HttpMessage, HttpRequest, HttpResponse, ResponseError, http::Method, rt, web::Data,
};
use futures_util::FutureExt;
use http_kit::{api_error::ApiError, connection::Connection};
use tokio::time::timeout;

use super::session_places::{Place, SessionPlaces};
use super::{
    session::{self, ChannelSubscribers, Session, SessionContext, Subscription},
    socket::{
        guard::{Guard, Limits},
        handshake::{self, Accepted},
        inbound::inbound,
        inflate::Inflater,
        pump::pump,
        tcp,
        wire::Wire,
    },
};
use crate::{
    entrance::{Gate, arrived, lost_upgrade},
    messages::channel::ChannelName,
};

/// How long a client may take for the answer to its handshake, and for its own end after a refusal.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);
/// What the URLs that name no channel subscribe to.
const DEFAULT_CHANNELS: &[ChannelName] = &[ChannelName::Instant, ChannelName::Range];
const ALL_CHANNELS: &[ChannelName] = &ChannelName::ALL;

/// What every WebSocket is held to.
pub(super) struct UpgradeGate {
    /// What sessions share.
    pub(super) sessions: Arc<SessionContext>,
    /// Per client.
    pub(super) limits: Limits,
    /// How long a client may take nothing.
    pub(super) stall_timeout: Duration,
    /// Kernel send buffer per session.
    pub(super) send_buffer_bytes: usize,
    /// Who may have one more.
    pub(super) places: Arc<SessionPlaces>,
}

/// The WebSocket URLs.
fn subscription(path: &str) -> Option<Subscription> {
    let named = |name: &ChannelName| path.strip_prefix("/ws/") == Some(name.as_str());
    let channels = match path {
        "/" | "/ws" => DEFAULT_CHANNELS,
        _ => std::slice::from_ref(ALL_CHANNELS.iter().find(|name| named(name))?),
    };
    Some(Subscription {
        channels,
        bare: channels == [ChannelName::Metrics],
    })
}

/// `GET /ws…` without an Upgrade header.
pub(crate) async fn upgrade_required(
    request: HttpRequest,
    gate: Data<Gate>,
) -> Result<HttpResponse, ApiError> {
    if subscription(request.path()).is_none() {
        return Err(no_such_channel(request.path()));
    }
    let head = request.head();
    let error = ApiError::UpgradeRequired(format!(
        "this is a WebSocket; connect with ws:// or wss:// ({})",
        arrived(head)
    ));
    if lost_upgrade(head) {
        gate.diagnosis.refused(head, &error);
    }
    Err(error)
}

/// Takes a request with `Upgrade: websocket` (or CONNECT), and its socket. Never fails: whatever happens is answered.
pub(super) async fn upgrade(
    gate: &Gate,
    sockets: &UpgradeGate,
    subscribers: ChannelSubscribers,
    request: Request,
    framed: Framed<Connection, h1::Codec>,
) {
    let began = Instant::now();
    let admitted = sockets.admit(gate, &request);
    match &admitted {
        Ok(_) => gate.diagnosis.accepted(request.head()),
        Err(error) => gate.diagnosis.refused(request.head(), error),
    }
    let route = subscription(request.path()).map(|_| request.path());
    let status = admitted
        .as_ref()
        .map_or_else(|error| error.status_code().as_u16(), |_| 101);
    gate.count(request.method(), route, status, began);
    match admitted {
        Ok((subscription, place)) => {
            // An error means that the client is gone, or does not read: there is nothing left to do or tell.
            if let Ok(Ok(accepted)) =
                timeout(ANSWER_TIMEOUT, handshake::accept(&request, framed)).await
            {
                sockets.serve(accepted, subscribers, subscription, place);
            }
        }
        Err(error) => {
            let refused = timeout(ANSWER_TIMEOUT, handshake::refuse(&error, framed)).await;
            if let Ok(Some((io, counted))) = refused {
                Wire::new(io, false).finish(ANSWER_TIMEOUT).await;
                drop(counted);
            }
        }
    }
}

impl UpgradeGate {
    /// What the client gets, with its place among the sessions, or why it gets nothing.
    fn admit(&self, gate: &Gate, request: &Request) -> Result<(Subscription, Place), ApiError> {
        gate.check(request.head())?;
        if request.method() != Method::GET {
            return Err(ApiError::MethodNotAllowed {
                method: request.method().to_string(),
                allowed: vec![Method::GET],
            });
        }
        let subscription =
            subscription(request.path()).ok_or_else(|| no_such_channel(request.path()))?;
        handshake::check(request)?;
        gate.check_origin(request.headers())?;
        Ok((subscription, self.places.take(request)?))
    }

    fn serve(
        &self,
        Accepted { io, early, deflate }: Accepted,
        subscribers: ChannelSubscribers,
        subscription: Subscription,
        place: Place,
    ) {
        tcp::on_session(&io, self.send_buffer_bytes, self.stall_timeout);
        let wire = Rc::new(Wire::new(io, deflate));
        let guard = Guard::new(self.limits, deflate);
        let inflater = deflate.then(|| Inflater::new(self.limits.message_bytes));
        let inbound = inbound(wire.clone(), guard, inflater, early);
        let session = Session::new(
            wire.clone(),
            self.sessions.clone(),
            subscribers,
            subscription,
        );
        // The guard has its own, exact limit; the codec's is only there to be no smaller.
        let context = session::start(
            session,
            inbound,
            Codec::new().max_size(self.limits.message_bytes + 1),
        );
        let drained = self.places.draining.clone().cancelled_owned();
        let session = pump(wire, context, self.stall_timeout, drained);
        rt::spawn(session.map(move |()| drop(place)));
    }
}

fn no_such_channel(path: &str) -> ApiError {
    let path: String = path.chars().take(256).collect();
    let channels = ALL_CHANNELS
        .iter()
        .map(|name| format!("/ws/{}", name.as_str()));
    let channels: Vec<_> = channels.collect();
    ApiError::NotFound(format!(
        "there is no WebSocket at {path:?}; try {} or /ws",
        channels.join(", ")
    ))
}
