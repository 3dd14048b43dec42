//! The gateway as a value: built from settings, asked for its address, served until told to stop. The only file that
//! reads settings and wires actors to each other.

use std::{
    io,
    net::{IpAddr, SocketAddr, TcpListener},
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use actix::{Actor, Addr, Arbiter};
use actix_codec::Framed;
use actix_cors::Cors;
use actix_http::{HttpService, Request, h1};
use actix_server::{Server, ServerHandle};
use actix_service::{fn_service, map_config};
use actix_web::{
    App, dev::AppConfig, http::Method, middleware::from_fn, rt::net::TcpStream, web::Data,
};
use log::{info, warn};
use tokio::time::timeout;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

use crate::{
    exit::ProgramError,
    gateway::{
        actors::{
            Actors, InstantHub, MetricsHub, RangeHub,
            hub::Hub,
            prom_poller::{Audience, Plan, PromPoller},
            session::{HubAddress, SessionContext},
        },
        http::{
            self,
            measure::measure,
            websocket::{self, Entrance},
        },
        model::{
            channel::Channel,
            query::{InstantQuery, RangeQuery},
        },
        socket::{guard::Limits, tcp},
        telemetry::Telemetry,
        upstream::prometheus::{PromOptions, Prometheus},
    },
    settings::{
        gateway::{GatewaySettings, InstantChannel},
        redacted,
    },
};

/// How long ordinary requests may take to end at shutdown, after the sessions have gone.
const HTTP_DRAIN_SECONDS: u64 = 1;

/// A gateway that listens.
pub struct Gateway {
    addr: SocketAddr,
    server: Server,
    handle: ServerHandle,
    poller_arbiter: Arbiter,
    open: TaskTracker,
    draining: CancellationToken,
    drain: Duration,
}

/// What each worker needs to serve; cheap to clone.
#[derive(Clone)]
struct Blueprint {
    settings: Arc<GatewaySettings>,
    actors: Actors,
    telemetry: Telemetry,
    epoch: String,
    open: TaskTracker,
    draining: CancellationToken,
}

impl Gateway {
    /// Binds, then starts the actors. Prometheus and PostgreSQL need not be there.
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub fn build(settings: GatewaySettings) -> Result<Self, ProgramError> {
        let listener = bind(&settings.server.host, settings.server.port)?;
        let addr = listener.local_addr().map_err(failed)?;
        let telemetry = Telemetry::new().map_err(failed)?;
        let poller_arbiter = Arbiter::new();
        let actors = start_actors(&settings, &telemetry, &poller_arbiter)?;
        let drain = Duration::from_secs_f64(settings.server.drain_seconds);
        let blueprint = Blueprint {
            settings: Arc::new(settings),
            actors,
            telemetry,
            epoch: uuid::Uuid::new_v4().simple().to_string(),
            open: TaskTracker::new(),
            draining: CancellationToken::new(),
        };
        let (open, draining) = (blueprint.open.clone(), blueprint.draining.clone());
        let server = listen(listener, blueprint).map_err(failed)?;
        info!("listening on {addr}");
        Ok(Self {
            addr,
            handle: server.handle(),
            server,
            poller_arbiter,
            open,
            draining,
            drain,
        })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Serves until `stop` resolves; then says Close 1001 to every session, lets requests end, and returns.
    ///
    /// # Errors
    /// When the server ends by itself.
    pub async fn serve_until(
        self,
        stop: impl Future<Output = &'static str>,
    ) -> Result<(), ProgramError> {
        let mut server = actix_rt::spawn(self.server);
        tokio::select! {
            ended = &mut server => return Err(ProgramError::Failed(format!("the server ended by itself: {ended:?}"))),
            why = stop => info!("{why}: closing {} sessions", self.open.len()),
        }
        self.draining.cancel();
        self.open.close();
        if timeout(self.drain, self.open.wait()).await.is_err() {
            warn!(
                "{} sessions did not close in time and are cut off",
                self.open.len()
            );
        }
        self.handle.stop(true).await;
        self.poller_arbiter.stop();
        info!("stopped");
        Ok(())
    }
}

fn bind(host: &str, port: u16) -> Result<TcpListener, ProgramError> {
    let failed = |error: io::Error| {
        ProgramError::Failed(format!(
            "cannot listen on {host}:{port}: {error}; PORT or server.port sets another port"
        ))
    };
    let ip: IpAddr = host
        .parse()
        .map_err(|_| failed(io::ErrorKind::InvalidInput.into()))?;
    let domain = if ip.is_ipv4() {
        socket2::Domain::IPV4
    } else {
        socket2::Domain::IPV6
    };
    let socket = socket2::Socket::new(domain, socket2::Type::STREAM, None).map_err(failed)?;
    socket.set_reuse_address(true).map_err(failed)?;
    socket
        .bind(&SocketAddr::new(ip, port).into())
        .map_err(failed)?;
    // After a restart thousands come back at once.
    socket.listen(4096).map_err(failed)?;
    socket.set_nonblocking(true).map_err(failed)?;
    Ok(socket.into())
}

fn start_actors(
    settings: &GatewaySettings,
    telemetry: &Telemetry,
    poller_arbiter: &Arbiter,
) -> Result<Actors, ProgramError> {
    let instant_hub = InstantHub::new(telemetry.clone()).start();
    let range_hub = RangeHub::new(telemetry.clone()).start();
    let metrics_hub = MetricsHub::new(telemetry.clone()).start();

    let url = Url::parse(settings.prometheus.url.reveal()).map_err(failed)?;
    info!(
        "polling {} every {:?}",
        redacted(&url),
        settings.prometheus.interval()
    );
    let options = PromOptions {
        url,
        timeout: settings.prometheus.timeout(),
        max_response_bytes: settings.prometheus.max_response_bytes,
    };
    let audience = Audience {
        instant: instant_hub.clone().recipient(),
        range: range_hub.clone().recipient(),
        metrics: metrics_hub.clone().recipient(),
    };
    let (plan, telemetry) = (plan(settings), telemetry.clone());
    let poller = PromPoller::start_in_arbiter(&poller_arbiter.handle(), move |_| {
        PromPoller::new(Prometheus::new(options), plan, audience, telemetry)
    });
    Ok(Actors {
        poller,
        instant_hub,
        range_hub,
        metrics_hub,
    })
}

fn plan(settings: &GatewaySettings) -> Plan {
    let instant = settings.instant.iter().map(|query| InstantQuery {
        name: query.name.as_str().into(),
        expr: query.query.clone(),
        raw: query.channels.contains(&InstantChannel::Instant),
        flat: query.channels.contains(&InstantChannel::Metrics),
    });
    let range = settings.range.iter().map(|query| RangeQuery {
        name: query.name.as_str().into(),
        expr: query.query.clone(),
        window: Duration::from_secs(query.window_seconds),
        step: Duration::from_secs(query.step_seconds),
    });
    Plan {
        interval: settings.prometheus.interval(),
        instant: instant.collect(),
        range: range.collect(),
    }
}

fn listen(listener: TcpListener, blueprint: Blueprint) -> io::Result<Server> {
    let workers = match blueprint.settings.server.workers {
        0 => std::thread::available_parallelism().map_or(2, std::num::NonZero::get),
        workers => workers,
    };
    let server = Server::build()
        .workers(workers)
        .disable_signals()
        .shutdown_timeout(HTTP_DRAIN_SECONDS)
        .listen("http", listener, move || {
            let blueprint = blueprint.clone();
            let entrance = Rc::new(blueprint.entrance());
            let stall = entrance.stall_timeout;
            let app = App::new()
                .app_data(Data::new(blueprint.actors.clone()))
                .app_data(Data::new(blueprint.actors.instant_hub.clone()))
                .app_data(Data::new(blueprint.actors.range_hub.clone()))
                .app_data(Data::new(blueprint.telemetry.clone()))
                .wrap(cors(&blueprint.settings.cors.allowed_origins))
                .wrap(from_fn(measure))
                .configure(http::routes);
            HttpService::<TcpStream, _, _>::build()
                .client_request_timeout(Duration::from_secs(5))
                .keep_alive(Duration::from_secs(30))
                .on_connect_ext(move |io, _| tcp::on_accept(io, stall))
                .upgrade(fn_service(
                    move |(request, framed): (Request, Framed<TcpStream, h1::Codec>)| {
                        let entrance = entrance.clone();
                        async move {
                            websocket::upgrade(entrance, request, framed).await;
                            Ok::<_, actix_web::Error>(())
                        }
                    },
                ))
                .h1(map_config(app, |_| AppConfig::default()))
                .tcp()
        })?
        .run();
    Ok(server)
}

impl Blueprint {
    /// How this worker lets WebSockets in.
    fn entrance(&self) -> Entrance {
        let socket = &self.settings.websocket;
        let actors = &self.actors;
        let sessions = SessionContext {
            epoch: self.epoch.clone(),
            hubs: [
                address(&actors.instant_hub),
                address(&actors.range_hub),
                address(&actors.metrics_hub),
            ],
            ping_interval: Duration::from_secs_f64(socket.ping_interval_seconds),
            telemetry: self.telemetry.clone(),
        };
        Entrance {
            sessions: Rc::new(sessions),
            allowed_origins: self.settings.cors.allowed_origins.clone(),
            max_sessions: socket.max_sessions,
            limits: Limits {
                message_bytes: socket.max_message_bytes,
                frames_per_second: socket.max_frames_per_second,
            },
            stall_timeout: Duration::from_secs_f64(socket.stall_timeout_seconds),
            send_buffer_bytes: socket.send_buffer_bytes,
            open: self.open.clone(),
            draining: self.draining.clone(),
        }
    }
}

fn address<C: Channel>(hub: &Addr<Hub<C>>) -> HubAddress {
    HubAddress {
        join: hub.clone().recipient(),
        leave: hub.clone().recipient(),
    }
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

fn failed(error: impl std::fmt::Display) -> ProgramError {
    ProgramError::Failed(error.to_string())
}
