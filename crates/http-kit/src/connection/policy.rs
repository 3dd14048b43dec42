//! The limits and deadlines of connections, and how connections are admitted.

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
    limits::{AdmissionError, ConnectionLimits, RefusalPermit},
    metrics::{ConnectionMetrics, OpenConnection},
    raw_answer,
    stream::Connection,
};
use crate::{
    api_error::ApiError,
    client_address::{ClientAddress, TrustedProxies},
};

/// `SO_SNDBUF` of a connection, in bytes; the kernel doubles it.
const SEND_BUFFER_BYTES: usize = 128 * 1024;
/// How long a refused connection that gets an answer may take to close.
const REFUSAL_TIMEOUT: Duration = Duration::from_secs(1);
/// Deadline for the head of a probe when all connections are taken.
const PROBE_HEAD_TIMEOUT: Duration = Duration::from_secs(1);

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
        // Fails if the client has gone already.
        let peer = io.peer_addr().map_err(DispatchError::Io)?;
        let client = ClientAddress::of_peer(peer.ip());
        let client = (!self.proxies.trusts(client)).then_some(client);
        match self.limits.admit(client) {
            Ok(permit) => {
                on_accept(&io, self.deadlines.write);
                let mut deadlines = self.deadlines;
                if permit.for_probes {
                    deadlines.head = deadlines.head.min(PROBE_HEAD_TIMEOUT);
                }
                let exchange = Exchange::new(deadlines.body, permit.for_probes);
                let counted = OpenConnection::new(&self.metrics, permit);
                let connection = Connection::new(io, deadlines, counted, exchange);
                Ok((connection, Some(peer)))
            }
            Err(error) => {
                self.metrics.refused(match error {
                    AdmissionError::Client => "address",
                    AdmissionError::Total => "total",
                });
                if let Some(refusal) = self.limits.refusal() {
                    rt::spawn(refuse(io, error, refusal));
                }
                Err(DispatchError::Io(io::ErrorKind::ConnectionRefused.into()))
            }
        }
    }

    /// The HTTP service behind [`Self::acceptor`].
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
            // `Connection` has these deadlines, for all requests.
            .client_request_timeout(Duration::ZERO)
            .keep_alive(KeepAlive::Os)
            .client_disconnect_timeout(LINGER_TIMEOUT)
            .h1_write_buffer_size(PIECE)
            .on_connect_ext(|connection: &Connection, shared| {
                shared.insert(connection.exchange());
            })
    }
}

async fn refuse(mut io: TcpStream, error: AdmissionError, _permit: RefusalPermit) {
    let why = match error {
        AdmissionError::Client => "too many connections from this address",
        AdmissionError::Total => "all connections are taken",
    };
    raw_answer::write(&io, &ApiError::Unavailable(why.into()));
    // Its request may be on the way: a connection that is closed before reading it is reset.
    let mut scratch = [0; 1024];
    let closed = async { while matches!(io.read(&mut scratch).await, Ok(1..)) {} };
    let _ = timeout(REFUSAL_TIMEOUT, closed).await;
}

/// Sets the socket options of an HTTP connection: no delay, keepalive, a bounded send buffer. [`Connection`] ends a client
/// that reads nothing; for what is left after our own close, the kernel does (RFC 5482).
fn on_accept(io: &TcpStream, write_deadline: Duration) {
    let socket = SockRef::from(io);
    let keepalive = TcpKeepalive::new()
        .with_time(Duration::from_secs(30))
        .with_interval(Duration::from_secs(10));
    warn_if(socket.set_tcp_nodelay(true), "TCP_NODELAY");
    warn_if(socket.set_tcp_keepalive(&keepalive), "SO_KEEPALIVE");
    warn_if(socket.set_send_buffer_size(SEND_BUFFER_BYTES), "SO_SNDBUF");
    let user_timeout = write_deadline + write_deadline / 2;
    warn_if(
        socket.set_tcp_user_timeout(Some(user_timeout)),
        "TCP_USER_TIMEOUT",
    );
}

fn warn_if(result: io::Result<()>, option: &str) {
    if let Err(error) = result {
        log::debug!("{option} was refused: {error}");
    }
}
