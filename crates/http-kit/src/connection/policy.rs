//! What connections are held to, and how they are let in.

use std::{fmt, future::ready, io, net::SocketAddr, time::Duration};

use actix_http::{
    HttpService, HttpServiceBuilder, KeepAlive, Request, Response,
    body::{BoxBody, MessageBody},
    error::DispatchError,
};
use actix_service::{Service, ServiceFactory, fn_service};
use actix_web::rt::{self, net::TcpStream, time::timeout};
use program::settings::connections::ConnectionSettings;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::AsyncReadExt;

use super::{
    answer::PIECE,
    deadlines::{Deadlines, LINGER_TIMEOUT},
    exchange::Exchange,
    limits::{ConnectionLimits, Full, Refusal},
    metrics::{ConnectionMetrics, Counted},
    raw_answer,
    stream::Connection,
};
use crate::{
    api_error::ApiError,
    client_address::{ClientAddress, TrustedProxies},
};

/// Kernel send buffer of a connection, as it is asked for; the kernel doubles it for its own book-keeping.
const SEND_BUFFER: usize = 128 * 1024;
/// How long a refused connection that hears why may take to leave.
const REFUSAL: Duration = Duration::from_secs(1);
/// How long a probe may take for its head when all other connections are taken.
const PROBE_HEAD: Duration = Duration::from_secs(1);

/// The limits and deadlines of connections. Clones share the limits.
#[derive(Debug, Clone)]
pub struct Policy {
    deadlines: Deadlines,
    limits: ConnectionLimits,
    /// Their connections are not those of one client.
    proxies: TrustedProxies,
    metrics: ConnectionMetrics,
}

impl Policy {
    /// At most `total` connections, with the other limits and the deadlines of `settings`.
    pub fn new(
        settings: &ConnectionSettings,
        total: usize,
        proxies: TrustedProxies,
        metrics: ConnectionMetrics,
    ) -> Self {
        Self {
            deadlines: settings.into(),
            limits: ConnectionLimits::new(total, settings.max_connections_per_address),
            proxies,
            metrics,
        }
    }

    /// Admits connections or refuses them. It stands before [`Self::http`].
    pub fn acceptor(
        self,
    ) -> impl ServiceFactory<
        TcpStream,
        Config = (),
        Response = (Connection, Option<SocketAddr>),
        Error = DispatchError,
        InitError = (),
    > {
        fn_service(move |io: TcpStream| ready(self.admit(io)))
    }

    fn admit(&self, io: TcpStream) -> Result<(Connection, Option<SocketAddr>), DispatchError> {
        // It is gone already.
        let peer = io.peer_addr().map_err(DispatchError::Io)?;
        let client = ClientAddress::of_peer(peer.ip());
        let client = (!self.proxies.trusts(client)).then_some(client);
        match self.limits.admit(client) {
            Ok(permit) => {
                on_accept(&io, self.deadlines.write);
                let mut deadlines = self.deadlines;
                if permit.for_probes {
                    deadlines.head = deadlines.head.min(PROBE_HEAD);
                }
                let exchange = Exchange::new(deadlines.body, permit.for_probes);
                let counted = Counted::new(&self.metrics, permit);
                let connection = Connection::new(io, deadlines, counted, exchange);
                Ok((connection, Some(peer)))
            }
            Err(full) => {
                self.metrics.refused(match full {
                    Full::Client => "address",
                    Full::Total => "total",
                });
                if let Some(refusal) = self.limits.refusal() {
                    rt::spawn(refuse(io, full, refusal));
                }
                Err(DispatchError::Io(io::ErrorKind::ConnectionRefused.into()))
            }
        }
    }

    /// How HTTP is spoken on them.
    pub fn http<S, B>(&self) -> HttpServiceBuilder<Connection, S>
    where
        S: ServiceFactory<Request, Config = ()>,
        S::Error: Into<Response<BoxBody>> + 'static,
        S::InitError: fmt::Debug,
        S::Response: Into<Response<B>> + 'static,
        <S::Service as Service<Request>>::Future: 'static,
        B: MessageBody + 'static,
    {
        HttpService::<Connection, S, B>::build()
            // The connection has these deadlines, for later requests too.
            .client_request_timeout(Duration::ZERO)
            .keep_alive(KeepAlive::Os)
            .client_disconnect_timeout(LINGER_TIMEOUT)
            .h1_write_buffer_size(PIECE)
            .on_connect_ext(|connection: &Connection, shared| {
                shared.insert(connection.exchange());
            })
    }
}

async fn refuse(mut io: TcpStream, full: Full, _counted: Refusal) {
    let why = match full {
        Full::Client => "too many connections from this address",
        Full::Total => "all connections are taken",
    };
    raw_answer::write(&io, &ApiError::Unavailable(why.into()));
    // Its request may be on the way: closed before that is read, the connection would be reset.
    let mut scratch = [0; 1024];
    let leaves = async { while matches!(io.read(&mut scratch).await, Ok(1..)) {} };
    let _ = timeout(REFUSAL, leaves).await;
}

/// Policy for every connection as long as it is HTTP: no delay, no patience with the dead, a bounded send buffer. Whoever
/// takes nothing is given up by [`Connection`]; the kernel (RFC 5482) does it for what is left after our own close.
fn on_accept(io: &TcpStream, write_deadline: Duration) {
    let socket = SockRef::from(io);
    let keepalive = TcpKeepalive::new()
        .with_time(Duration::from_secs(30))
        .with_interval(Duration::from_secs(10));
    warn_if(socket.set_tcp_nodelay(true), "TCP_NODELAY");
    warn_if(socket.set_tcp_keepalive(&keepalive), "SO_KEEPALIVE");
    warn_if(socket.set_send_buffer_size(SEND_BUFFER), "SO_SNDBUF");
    let given_up = write_deadline + write_deadline / 2;
    warn_if(
        socket.set_tcp_user_timeout(Some(given_up)),
        "TCP_USER_TIMEOUT",
    );
}

fn warn_if(result: io::Result<()>, option: &str) {
    if let Err(error) = result {
        log::debug!("{option} was refused: {error}");
    }
}
