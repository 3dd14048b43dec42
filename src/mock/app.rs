//! The simulator as a value: built from settings, with an address, served until told to stop.

use std::{
    collections::BTreeMap,
    fmt, io,
    net::{IpAddr, SocketAddr, TcpListener},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use actix::Actor;
use actix_web::{App, HttpServer, dev::Server, middleware::from_fn, web};
use chrono::Utc;
use futures_util::future::join;

use super::{
    actors::{
        scenario_player::{ScenarioPlayer, Seat},
        simulator::Simulators,
    },
    backfill::Past,
    catalogue::{Alert, Catalogue},
    http::{self, Access},
    model::{boards::Boards, owners::Owners},
    source::Source,
    telemetry::Telemetry,
};
use crate::{
    cors::in_the_envelope,
    exit::ProgramError,
    logging,
    settings::mock::{Control, MockSettings, Server as Listener, Simulation},
    shutdown, unread,
};

/// Plenty for a scrape and some buttons; the actors share the main thread anyway.
const WORKERS: usize = 2;
/// For one request's head.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// Longer than the usual scrape interval, so that Prometheus keeps its connection.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// Given to requests on their way at the end, in seconds. Idle connections wait it out too.
const LAST_REQUESTS: u64 = 1;

/// The running simulator.
pub struct Mock {
    addr: SocketAddr,
    server: Server,
}

impl Mock {
    /// Binds the port and starts the actors at the catalogue's baseline, or where their past ends. Must be called within an
    /// actix system.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub fn build(
        settings: MockSettings,
        catalogue: Catalogue,
        past: Option<Past>,
    ) -> Result<Self, ProgramError> {
        let MockSettings {
            server: listener,
            control,
            simulation,
            ..
        } = settings;
        // What can fail comes before the actors: one that has been started needs the system to live on.
        let listener = listen(&listener)?;
        let addr = listener
            .local_addr()
            .map_err(|error| failed(format!("the listener: {error}")))?;
        let telemetry = Telemetry::new(Owners::of(&catalogue).metrics())
            .map_err(|error| failed(format!("own metrics: {error}")))?;
        let telemetry = web::Data::new(telemetry);
        let actors = simulators(&catalogue, &simulation, past);
        let player = web::Data::new(ScenarioPlayer::new(seats(&actors, &catalogue)).start());
        let actors = web::Data::new(actors);
        let catalogue = web::Data::new(catalogue);
        let access = web::Data::new(access_rules(control));

        let server = HttpServer::new(move || {
            App::new()
                .app_data(actors.clone())
                .app_data(player.clone())
                .app_data(catalogue.clone())
                .app_data(telemetry.clone())
                .app_data(access.clone())
                .wrap(http::cors(&access.allowed_origins))
                .wrap(from_fn(in_the_envelope))
                .wrap(from_fn(http::only_known_origins))
                .wrap(from_fn(unread::is_not_waited_for))
                .configure(http::routes)
        })
        .workers(WORKERS)
        .client_request_timeout(REQUEST_TIMEOUT)
        .keep_alive(KEEP_ALIVE)
        .shutdown_timeout(LAST_REQUESTS)
        .disable_signals()
        .listen(listener)
        .map_err(|error| cannot_listen(addr, &error))?
        .run();
        Ok(Self { addr, server })
    }

    /// Where it listens; with port 0 in the settings, the port that was free.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Serves until `stop` resolves (to the reason), then finishes the requests on their way.
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

/// The actors, whose boards have lived through the past.
fn simulators(catalogue: &Catalogue, simulation: &Simulation, past: Option<Past>) -> Simulators {
    let mut boards = Boards::new(catalogue, simulation.seed, simulation.max_label_values);
    let Some(past) = past else {
        return Simulators::start(boards, Duration::ZERO);
    };
    past.play(&mut boards, |_| ());
    Simulators::start(boards, past.age(Utc::now()))
}

/// The past that the settings ask for.
fn past(source: &Source, simulation: &Simulation) -> Result<Option<Past>, ProgramError> {
    let span = simulation.history();
    if span.is_zero() {
        return Ok(None);
    }
    Ok(Some(Past {
        unscaled: source.unscaled()?,
        seed: simulation.seed,
        span,
        until: simulation.history_ended().unwrap_or_else(Utc::now),
    }))
}

/// Serves until the process is told to stop.
///
/// # Errors
/// Bad settings, a bad catalogue, a taken port.
pub async fn serve(source: &Source) -> Result<(), ProgramError> {
    let settings = source.settings()?;
    let catalogue = source.catalogue()?;
    logging::init(&settings.log);
    let stop = shutdown::signalled()?;
    let past = past(source, &settings.simulation)?;
    let mock = Mock::build(settings, catalogue, past)?;
    mock.serve_until(stop).await
}

/// Where the scenario player reaches each alert.
fn seats(actors: &Simulators, catalogue: &Catalogue) -> BTreeMap<String, Seat> {
    let seat = |alert: &Arc<Alert>| {
        let actor = actors.of_alert(alert)?;
        let seat = Seat {
            trigger: actor.clone().recipient(),
            end_drive: actor.clone().recipient(),
        };
        Some((alert.name.clone(), seat))
    };
    catalogue.alerts.iter().filter_map(seat).collect()
}

fn listen(listener: &Listener) -> Result<TcpListener, ProgramError> {
    let ip: IpAddr = listener
        .host
        .parse()
        .map_err(|_| failed("server.host: must be an IP address"))?;
    let wanted = SocketAddr::new(ip, listener.port);
    TcpListener::bind(wanted).map_err(|error| cannot_listen(wanted, &error))
}

fn access_rules(control: Control) -> Access {
    if control.allow_remote {
        log::warn!("control.allow_remote is set: anybody who reaches the port may change values");
    }
    Access {
        allow_remote: control.allow_remote,
        token: control.token.reveal().to_owned(),
        allowed_origins: control.allowed_origins,
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
