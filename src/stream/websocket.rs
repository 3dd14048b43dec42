//! How a WebSocket URL becomes a session: the connection is taken over from the HTTP dispatcher, which is freed with all
//! its buffers, and served by a task on the same worker.

use std::{
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use actix_codec::Framed;
use actix_http::{Request, h1, ws::Codec};
use actix_web::{HttpRequest, HttpResponse, ResponseError, http::Method, rt, web::Data};
use futures_util::FutureExt;
use http_kit::{
    api_error::ApiError, connection::Connection, host::KnownHosts, origin::AllowedOrigins,
};
use tokio::time::timeout;

use super::session_places::{Place, SessionPlaces};
use super::{
    session::{self, ChannelSubscribers, Session, SessionContext, Subscription},
    socket::{
        guard::{Guard, Limits},
        handshake::{self, Accepted},
        inbound::inbound,
        pump::pump,
        tcp,
        unpack::Unpacker,
        wire::Wire,
    },
};
use crate::entrance::{
    diagnosis::{self, Diagnosis},
    measure,
};
use crate::messages::channel::ChannelName;

/// How long a client may take for the answer to its handshake, and for its own end after a refusal.
const PATIENCE: Duration = Duration::from_secs(2);

/// What every WebSocket is held to.
pub struct Entrance {
    /// What sessions share.
    pub sessions: Arc<SessionContext>,
    /// The hosts that the gateway answers to.
    pub hosts: Arc<KnownHosts>,
    /// Origins of pages that may connect, besides the gateway's own.
    pub allowed_origins: AllowedOrigins,
    /// What was refused of late.
    pub diagnosis: Arc<Diagnosis>,
    /// Per client.
    pub limits: Limits,
    /// How long a client may take nothing.
    pub stall_timeout: Duration,
    /// Kernel send buffer per session.
    pub send_buffer_bytes: usize,
    /// Who may have one more.
    pub places: SessionPlaces,
}

/// The WebSocket URLs.
fn subscription(path: &str) -> Option<Subscription> {
    use ChannelName::{Alerts, Instant, Metrics, Range};
    let (channels, bare): (&'static [ChannelName], bool) = match path {
        "/" | "/ws" => (&[Instant, Range], false),
        "/ws/instant" => (&[Instant], false),
        "/ws/range" => (&[Range], false),
        "/ws/metrics" => (&[Metrics], true),
        "/ws/alerts" => (&[Alerts], false),
        _ => return None,
    };
    Some(Subscription { channels, bare })
}

/// `GET /ws…` without an Upgrade header.
pub(crate) async fn upgrade_required(
    request: HttpRequest,
    diagnosis: Data<Diagnosis>,
) -> Result<HttpResponse, ApiError> {
    if subscription(request.path()).is_none() {
        return Err(no_such_channel(request.path()));
    }
    let head = request.head();
    let error = ApiError::UpgradeRequired(format!(
        "this is a WebSocket; connect with ws:// or wss:// ({})",
        diagnosis::arrived(head)
    ));
    if diagnosis::lost_upgrade(head) {
        diagnosis.refused(head, &error);
    }
    Err(error)
}

/// Takes a request with `Upgrade: websocket` (or CONNECT), and its socket. Never fails: whatever happens is answered.
pub async fn upgrade(
    entrance: &Entrance,
    subscribers: ChannelSubscribers,
    request: Request,
    framed: Framed<Connection, h1::Codec>,
) {
    let began = Instant::now();
    let admitted = entrance.admit(&request);
    match &admitted {
        Ok(_) => entrance.diagnosis.accepted(request.head()),
        Err(error) => entrance.diagnosis.refused(request.head(), error),
    }
    let route = if subscription(request.path()).is_some() {
        request.path()
    } else {
        "unmatched"
    };
    let status = admitted
        .as_ref()
        .map_or_else(|error| error.status_code().as_u16(), |_| 101);
    let telemetry = &entrance.sessions.telemetry;
    telemetry.request_answered(
        measure::known(request.method()),
        route,
        status,
        began.elapsed().as_secs_f64(),
    );
    match admitted {
        Ok((subscription, place)) => {
            // An error means that the client is gone, or does not read: there is nothing left to do or tell.
            if let Ok(Ok(accepted)) = timeout(PATIENCE, handshake::accept(&request, framed)).await {
                entrance.serve(accepted, subscribers, subscription, place);
            }
        }
        Err(error) => {
            let refused = timeout(PATIENCE, handshake::refuse(&error, framed)).await;
            if let Ok(Some((io, counted))) = refused {
                Wire::new(io, false).finish(PATIENCE).await;
                drop(counted);
            }
        }
    }
}

impl Entrance {
    /// What the client gets, with its place among the sessions, or why it gets nothing.
    fn admit(&self, request: &Request) -> Result<(Subscription, Place), ApiError> {
        self.hosts.check(request.head())?;
        if request.method() != Method::GET {
            return Err(ApiError::MethodNotAllowed {
                method: request.method().to_string(),
                allowed: vec![Method::GET],
            });
        }
        let subscription =
            subscription(request.path()).ok_or_else(|| no_such_channel(request.path()))?;
        handshake::check(request, &self.allowed_origins)?;
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
        let unpacker = deflate.then(|| Unpacker::new(self.limits.message_bytes));
        let inbound = inbound(wire.clone(), guard, unpacker, early);
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
    ApiError::NotFound(format!(
        "there is no WebSocket at {path:?}; try /ws/instant, /ws/range, /ws/metrics, /ws/alerts or /ws"
    ))
}
