//! The simulator as a value: built from settings, with an address, served until it is stopped.

use std::{
    collections::BTreeMap,
    fmt, io,
    net::{IpAddr, SocketAddr, TcpListener},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use actix::Actor;
use actix_server::Server;
use actix_service::{ServiceFactoryExt, map_config};
use actix_web::{
    App,
    dev::AppConfig,
    http::header,
    middleware::{DefaultHeaders, from_fn},
    web,
};
use chrono::Utc;
use futures_util::future::join;
use http_kit::{
    client_address::TrustedProxies,
    connection::{
        Policy,
        listener::{bind, server},
        track_request,
    },
    host::KnownHosts,
    log_throttle::LogThrottle,
    middleware::{check_host, cors_error_envelope},
    origin::AllowedOrigins,
    route,
};
use program::{
    exit::ProgramError, fd_limit, logging, settings::connections::ConnectionSettings, shutdown,
};

use crate::{
    actors::{
        scenario_player::{AlertRecipients, ScenarioPlayer},
        simulator::Simulators,
    },
    backfill::Past,
    catalogue::Alert,
    http::{self, Access, TokenAttempts},
    lint::CheckedCatalogue,
    settings::{Control, MockSettings, PORT, Server as Listener, Simulation},
    simulation::{application::Application, metric_ownership::MetricOwnership},
    source::Source,
    telemetry::Telemetry,
};

/// The number of HTTP workers. The actors share the main thread.
const WORKERS: usize = 2;
/// The time for requests in progress at the end, in seconds.
const DRAIN_TIMEOUT: u64 = 1;

/// The running simulator.
pub struct Mock {
    addr: SocketAddr,
    server: Server,
}

impl Mock {
    /// Binds the port and starts the actors at the baseline, or at the end of their past. Must be called within an actix
    /// system.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub fn build(
        settings: MockSettings,
        catalogue: CheckedCatalogue,
        past: Option<Past>,
    ) -> Result<Self, ProgramError> {
        let MockSettings {
            server: listener,
            control,
            simulation,
            ..
        } = settings;
        // Everything that can fail comes before the actors, which would keep running.
        let names = listener.hosts.clone();
        let connections = listener.connections;
        let listener = listen(&listener)?;
        let addr = listener
            .local_addr()
            .map_err(|error| failed(format!("the listener: {error}")))?;
        let telemetry = Telemetry::new(MetricOwnership::of(&catalogue).metrics())
            .map_err(|error| failed(format!("own metrics: {error}")))?;
        let policy = policy(connections, &telemetry);
        let telemetry = web::Data::new(telemetry);
        let actors = simulators(&catalogue, &simulation, past);
        let player = web::Data::new(ScenarioPlayer::new(recipients(&actors, &catalogue)).start());
        let actors = web::Data::new(actors);
        let catalogue = web::Data::new(catalogue);
        let access = web::Data::new(access_rules(&control));
        let hosts = web::Data::new(known_hosts(&names));

        let server = server(WORKERS, DRAIN_TIMEOUT)
            .listen("http", listener, move || {
                let app = App::new()
                    .app_data(actors.clone())
                    .app_data(player.clone())
                    .app_data(catalogue.clone())
                    .app_data(telemetry.clone())
                    .app_data(access.clone())
                    .app_data(hosts.clone())
                    .wrap(http::cors(&access.allowed_origins))
                    .wrap(from_fn(cors_error_envelope))
                    .wrap(from_fn(http::only_known_origins))
                    .wrap(from_fn(check_host))
                    .wrap(from_fn(track_request))
                    .wrap(DefaultHeaders::new().add((header::X_CONTENT_TYPE_OPTIONS, "nosniff")))
                    .configure(http::routes);
                let http = policy.http().h1(map_config(app, |_| AppConfig::default()));
                policy.clone().acceptor().and_then(http)
            })
            .map_err(|error| cannot_listen(addr, &error))?
            .run();
        Ok(Self { addr, server })
    }

    /// The address that it listens on, with the actual port if the setting is 0.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Serves until `stop` resolves to a reason, then finishes the requests in progress.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn serve_until(
        self,
        stop: impl Future<Output: fmt::Display>,
    ) -> Result<(), ProgramError> {
        log::info!("mock-metrics listens on http://{}", self.addr);
        let ended = |result: io::Result<()>| {
            result.map_err(|error| failed(format!("the listener failed: {error}")))
        };
        let handle = self.server.handle();
        let mut server = pin!(self.server);
        let reason = tokio::select! {
            result = &mut server => return ended(result),
            reason = stop => reason,
        };
        log::info!("{reason}: stopping");
        let ((), result) = join(handle.stop(true), server).await;
        ended(result)
    }
}

/// Starts the actors, after the application has lived through the past.
fn simulators(
    catalogue: &CheckedCatalogue,
    simulation: &Simulation,
    past: Option<Past>,
) -> Simulators {
    let mut application = Application::new(catalogue, simulation.seed, simulation.max_label_values);
    let Some(past) = past else {
        return Simulators::start(application, Duration::ZERO);
    };
    past.play(&mut application, |_| ());
    Simulators::start(application, past.age(Utc::now()))
}

/// The past that the settings configure.
fn past(source: &Source, simulation: &Simulation) -> Result<Option<Past>, ProgramError> {
    let length = simulation.history();
    if length.is_zero() {
        return Ok(None);
    }
    Ok(Some(Past {
        unscaled: source.unscaled()?,
        seed: simulation.seed,
        length,
        until: simulation.history_ended().unwrap_or_else(Utc::now),
    }))
}

/// Serves until the process receives a signal.
///
/// # Errors
/// Bad settings, a bad catalogue, a taken port.
pub async fn serve(source: &Source) -> Result<(), ProgramError> {
    let settings = source.settings()?;
    let catalogue = source.catalogue()?;
    logging::init(&settings.log);
    if let Some(link) = &settings.server.ignored_port {
        log::warn!("{PORT} is {link:?}, which Kubernetes sets for a service: ignored");
    }
    let stop = shutdown::stop_signal()?;
    let past = past(source, &settings.simulation)?;
    let mock = Mock::build(settings, catalogue, past)?;
    mock.serve_until(stop).await
}

/// The actor of each alert, for the scenario player.
fn recipients(
    actors: &Simulators,
    catalogue: &CheckedCatalogue,
) -> BTreeMap<String, AlertRecipients> {
    let recipients = |alert: &Arc<Alert>| {
        let actor = actors.of_alert(alert)?;
        let recipients = AlertRecipients {
            trigger: actor.clone().recipient(),
            end_stimulus: actor.clone().recipient(),
        };
        Some((alert.name.clone(), recipients))
    };
    catalogue.alerts.iter().filter_map(recipients).collect()
}

fn listen(listener: &Listener) -> Result<TcpListener, ProgramError> {
    let ip: IpAddr = listener
        .host
        .parse()
        .map_err(|_| failed("server.host: must be an IP address"))?;
    let wanted = SocketAddr::new(ip, listener.port);
    bind(ip, listener.port).map_err(|error| cannot_listen(wanted, &error))
}

/// The limits and deadlines of connections.
fn policy(connections: ConnectionSettings, telemetry: &Telemetry) -> Policy {
    let total = fd_limit::cap_clients(connections.max_connections, 0, WORKERS).connections;
    fd_limit::warn_if_fewer(total, connections.max_connections);
    Policy::new(
        &connections,
        total,
        TrustedProxies::default(),
        telemetry.connections.clone(),
    )
}

/// The host names under which the simulator answers. Containers of `docker-compose.yml` use the first one.
fn known_hosts(names: &[String]) -> KnownHosts {
    let names = names.iter().map(String::as_str);
    KnownHosts::new(
        names.chain(["host.docker.internal", "mock-metrics"]),
        &route::for_any_host(http::ROUTES.iter()),
        "server.hosts",
    )
}

fn access_rules(control: &Control) -> Access {
    if control.allow_remote {
        log::warn!(
            "control.allow_remote is set: every client that reaches the port may change values"
        );
    }
    Access {
        allow_remote: control.allow_remote,
        token: control.token.reveal().to_owned(),
        token_attempts: TokenAttempts::default(),
        allowed_origins: AllowedOrigins::new(&control.allowed_origins),
        refused: LogThrottle::default(),
    }
}

fn cannot_listen(wanted: SocketAddr, error: &io::Error) -> ProgramError {
    let why = match error.kind() {
        io::ErrorKind::AddrInUse => "the port is taken".to_owned(),
        _ => error.to_string(),
    };
    let (ip, port) = (wanted.ip(), wanted.port());
    failed(format!(
        "cannot listen on {ip} port {port}: {why}; MOCK_SERVICE_PORT sets another port"
    ))
}

fn failed(why: impl Into<String>) -> ProgramError {
    ProgramError::Failed(why.into())
}
