//! The port, and what serves it: ordinary requests through the App, WebSocket upgrades beside it.

use std::{
    future::ready,
    io,
    net::{IpAddr, SocketAddr, TcpListener},
    num::NonZero,
    rc::Rc,
    sync::Arc,
    thread::available_parallelism,
    time::Duration,
};

use actix_codec::Framed;
use actix_cors::Cors;
use actix_http::{HttpService, Request, error::DispatchError, h1};
use actix_server::Server;
use actix_service::{ServiceFactoryExt, fn_service, map_config};
use actix_web::{
    App, dev::AppConfig, http::Method, middleware::from_fn, rt::net::TcpStream, web::Data,
};

use super::{
    incidents::Severities,
    measure::measure,
    routes,
    ui::Ui,
    webhook::Webhooks,
    websocket::{self, Entrance},
};
use crate::{
    cors::in_the_envelope,
    gateway::{
        actors::{Actors, relay::Relay},
        socket::{patience::Patience, tcp},
        telemetry::Telemetry,
    },
    unread,
};

/// How long a request's head may take.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a client that is refused amid its body may go on sending before the connection is closed: closed at once, it
/// would be reset, and the client might never read why.
const LINGER: Duration = Duration::from_secs(2);
/// How long an idle connection is kept.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// How long a request may stay unfinished while nothing comes, its answer included: `settings` keeps the timeouts of the
/// database below this.
const SILENCE: Duration = Duration::from_secs(30);
/// How long ordinary requests may take to end at shutdown, after the sessions have gone.
const DRAIN_SECONDS: u64 = 1;
/// Connections that may wait to be accepted: after a restart thousands come back at once.
const BACKLOG: i32 = 4096;

/// What each worker serves with; cheap to clone.
#[derive(Clone)]
pub struct Service {
    /// Those who are asked.
    pub actors: Actors,
    /// What is counted.
    pub telemetry: Telemetry,
    /// What may be asked for.
    pub severities: Severities,
    /// What webhooks are held to.
    pub webhooks: Webhooks,
    /// The page, if there is one.
    pub ui: Arc<Ui>,
    /// What WebSockets are held to.
    pub entrance: Arc<Entrance>,
}

/// Takes the port.
///
/// # Errors
/// One line that names the address and how to change it.
pub fn bind(host: &str, port: u16) -> Result<TcpListener, String> {
    take_port(host, port).map_err(|error| {
        format!("cannot listen on {host}:{port}: {error}; PORT or server.port sets another port")
    })
}

fn take_port(host: &str, port: u16) -> io::Result<TcpListener> {
    let ip: IpAddr = host.parse().map_err(io::Error::other)?;
    let domain = if ip.is_ipv4() {
        socket2::Domain::IPV4
    } else {
        socket2::Domain::IPV6
    };
    let socket = socket2::Socket::new(domain, socket2::Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.bind(&SocketAddr::new(ip, port).into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

/// Serves the port with `workers` threads (0: one per core) until the server is stopped.
///
/// # Errors
/// When the listener cannot be used.
pub fn serve(listener: TcpListener, workers: usize, service: Service) -> io::Result<Server> {
    let workers = if workers == 0 {
        available_parallelism().map_or(2, NonZero::get)
    } else {
        workers
    };
    let server = Server::build()
        .workers(workers)
        .disable_signals()
        .shutdown_timeout(DRAIN_SECONDS)
        .listen("http", listener, move || {
            let Service {
                actors,
                telemetry,
                severities,
                webhooks,
                ui,
                entrance,
            } = service.clone();
            let stall = entrance.stall_timeout;
            let subscribers = Rc::new(Relay::start_all(&actors.hubs(), &telemetry));
            let app = App::new()
                .app_data(Data::new(actors.instant_hub.clone()))
                .app_data(Data::new(actors.range_hub.clone()))
                .app_data(Data::new(actors.alert_hub.clone()))
                .app_data(Data::new(actors))
                .app_data(Data::new(telemetry))
                .app_data(Data::new(severities))
                .app_data(Data::new(webhooks))
                .app_data(Data::from(ui))
                .wrap(cors(&entrance.allowed_origins))
                .wrap(from_fn(in_the_envelope))
                .wrap(from_fn(measure))
                .wrap(from_fn(unread::is_not_waited_for))
                .configure(routes);
            let http = HttpService::<Patience, _, _>::build()
                .client_request_timeout(HEAD_TIMEOUT)
                .client_disconnect_timeout(LINGER)
                .keep_alive(KEEP_ALIVE)
                .upgrade(fn_service(
                    move |(request, framed): (Request, Framed<Patience, h1::Codec>)| {
                        let (entrance, subscribers) = (entrance.clone(), subscribers.clone());
                        async move {
                            websocket::upgrade(&entrance, subscribers, request, framed).await;
                            Ok::<_, actix_web::Error>(())
                        }
                    },
                ))
                .h1(map_config(app, |_| AppConfig::default()));
            fn_service(move |io: TcpStream| {
                tcp::on_accept(&io, stall);
                let peer = io.peer_addr().ok();
                ready(Ok::<_, DispatchError>((Patience::new(io, SILENCE), peer)))
            })
            .and_then(http)
        })?
        .run();
    Ok(server)
}

/// Origins are compared exactly, as for WebSockets; reading is all that is allowed.
fn cors(allowed: &[String]) -> Cors {
    let cors = Cors::default()
        .allowed_methods([Method::GET, Method::HEAD])
        .max_age(3600);
    allowed
        .iter()
        .fold(cors, |cors, origin| cors.allowed_origin(origin))
}
