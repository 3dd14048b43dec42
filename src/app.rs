//! The gateway as a value: built from settings, asked for its address, served until told to stop. The only file that
//! wires actors to each other; relays enlist by themselves as their workers start.

use std::{fmt, net::SocketAddr, sync::Arc, time::Duration};

use actix::{Actor, Addr, Arbiter};
use actix_server::{Server, ServerHandle};
use http_kit::{client_address::TrustedProxies, outbound::certificates::Authorities};
use log::{info, warn};
use program::{
    exit::ProgramError,
    settings::{Secret, SettingsError, redacted},
    shutdown,
};
use prometheus_api::{
    alertmanager::client::Alertmanager, client::ApiOptions, prometheus::Prometheus,
};
use tokio::time::timeout;
use url::Url;

use crate::{
    actors::Actors,
    alerts::alertmanager_poller::AlertmanagerPoller,
    entrance::listener::{self, Service},
    incidents::{
        incident_repo::{IncidentRepo, RepoOptions},
        queries::database::DatabaseOptions,
        routes::Severities,
    },
    messages::channel::Channel,
    options::{connections, entrance, plan, room, webhooks},
    settings::{AlertSeverity, GatewaySettings},
    stream::{
        AlertHub,
        hub::Hub,
        plan::{Audience, Upstream},
        prom_poller::PromPoller,
        websocket::Entrance,
    },
    telemetry::{Telemetry, exposition::Renderings},
    ui::{ShownSeverity, Ui},
};

/// A gateway that listens.
pub struct Gateway {
    addr: SocketAddr,
    server: Server,
    handle: ServerHandle,
    poller_arbiter: Arbiter,
    entrance: Arc<Entrance>,
    drain: Duration,
}

impl Gateway {
    /// Whether what the settings need of this machine is there now. A gateway that runs waits for it instead.
    ///
    /// # Errors
    /// When an address is `https://` and no certificate authority can be used, or there is no room for the sessions.
    pub fn check(settings: &GatewaySettings) -> Result<(), ProgramError> {
        room(settings)?;
        let prometheus = &settings.prometheus;
        let mut addresses = [
            ("prometheus.url", &prometheus.url),
            ("prometheus.alerts_url", &prometheus.alerts_url),
            ("alertmanager.url", &settings.alertmanager.url),
        ]
        .into_iter();
        let Some((key, _)) = addresses.find(|(_, url)| url.reveal().starts_with("https:")) else {
            return Ok(());
        };
        let authorities = Authorities::load().client_config();
        authorities.map_err(|why| SettingsError::one(format!("{key}: {why}")))?;
        Ok(())
    }

    /// Binds, then starts the actors. Prometheus and PostgreSQL need not be there.
    ///
    /// # Errors
    /// When the address cannot be bound, or the UI not be read.
    pub fn build(settings: &GatewaySettings) -> Result<Self, ProgramError> {
        let room = room(settings)?;
        let ui = Arc::new(ui(settings)?);
        let listener = listener::bind(&settings.server.host, settings.server.port)
            .map_err(ProgramError::Failed)?;
        let addr = listener.local_addr().map_err(failed)?;
        let telemetry = Telemetry::new().map_err(failed)?;
        let poller_arbiter = Arbiter::new();
        // An actor that panics before it has started would leave a process that lives and never works.
        poller_arbiter.spawn_fn(shutdown::panics_here_are_fatal);
        let actors = start_actors(settings, &telemetry, &poller_arbiter)?;
        let proxies = TrustedProxies::new(&settings.server.trusted_proxies());
        let entrance = entrance(settings, &telemetry, &room, &proxies);
        let entrance = Arc::new(entrance);
        let server = listener::serve(
            listener,
            settings.server.workers,
            Service {
                actors,
                telemetry: telemetry.clone(),
                renderings: Renderings::new(settings.server.metrics_share()),
                severities: Severities(settings.incidents.severities.clone()),
                webhooks: webhooks(settings),
                ui,
                proxies,
                entrance: entrance.clone(),
                connections: connections(settings, &telemetry, room.connections),
            },
        )
        .map_err(failed)?;
        info!("listening on {addr}");
        room.warn_if_fewer();
        let drain = Duration::from_secs_f64(settings.server.drain_seconds);
        Ok(Self {
            addr,
            handle: server.handle(),
            server,
            poller_arbiter,
            entrance,
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
        stop: impl Future<Output: fmt::Display>,
    ) -> Result<(), ProgramError> {
        let mut server = actix_rt::spawn(self.server);
        tokio::select! {
            ended = &mut server => return Err(ProgramError::Failed(format!("the server ended by itself: {ended:?}"))),
            why = stop => info!("{why}: closing {} sessions", self.entrance.places.open.len()),
        }
        let places = &self.entrance.places;
        places.draining.cancel();
        places.open.close();
        if timeout(self.drain, places.open.wait()).await.is_err() {
            let left = places.open.len();
            warn!("{left} sessions did not close in time and are cut off");
        }
        self.handle.stop(true).await;
        self.poller_arbiter.stop();
        info!("stopped");
        Ok(())
    }
}

fn start_actors(
    settings: &GatewaySettings,
    telemetry: &Telemetry,
    poller_arbiter: &Arbiter,
) -> Result<Actors, ProgramError> {
    let pinned = settings.websocket.max_pinned_bytes;
    let instant_hub = start_hub(telemetry, pinned);
    let range_hub = start_hub(telemetry, pinned);
    let metrics_hub = start_hub(telemetry, pinned);
    let alert_hub = start_hub(telemetry, pinned);
    let alertmanager = start_alertmanager(settings, telemetry, poller_arbiter, &alert_hub)?;
    let audience = Audience {
        instant: instant_hub.clone().recipient(),
        range: range_hub.clone().recipient(),
        metrics: metrics_hub.clone().recipient(),
        alerts: match &alertmanager {
            Some(poller) => poller.clone().recipient(),
            None => alert_hub.clone().recipient(),
        },
    };
    let (plan, queries, alerts) = (plan(settings), queries(settings)?, alerts(settings)?);
    let one_server = settings.prometheus.alerts_url.is_empty();
    let counted = telemetry.clone();
    let poller = PromPoller::start_in_arbiter(&poller_arbiter.handle(), move |_| {
        let upstream = Upstream {
            queries: Prometheus::new(queries),
            alerts: Prometheus::new(alerts),
            one_server,
        };
        PromPoller::new(upstream, plan, audience, counted)
    });
    let incidents = match settings.incidents_off_by() {
        None => Ok(IncidentRepo::new(repo(settings)?, telemetry.clone()).start()),
        Some(setting) => {
            info!("no incidents: {setting} switches them off");
            Err(setting)
        }
    };
    Ok(Actors {
        incidents,
        poller,
        alertmanager,
        instant_hub,
        range_hub,
        metrics_hub,
        alert_hub,
    })
}

/// It stands between the poller and the hub, if there is one.
fn start_alertmanager(
    settings: &GatewaySettings,
    telemetry: &Telemetry,
    arbiter: &Arbiter,
    hub: &Addr<AlertHub>,
) -> Result<Option<Addr<AlertmanagerPoller>>, ProgramError> {
    let address = &settings.alertmanager.url;
    if address.is_empty() {
        return Ok(None);
    }
    let options = api(settings, address)?;
    let (timeout, hub) = (settings.prometheus.timeout(), hub.clone().recipient());
    let telemetry = telemetry.clone();
    let start = move |_: &mut _| {
        AlertmanagerPoller::new(Alertmanager::new(options), timeout, hub, telemetry)
    };
    Ok(Some(AlertmanagerPoller::start_in_arbiter(
        &arbiter.handle(),
        start,
    )))
}

fn start_hub<C: Channel>(telemetry: &Telemetry, pinned_bytes: usize) -> Addr<Hub<C>> {
    let hub = Hub::new(telemetry.clone());
    hub.pinning_at_most(pinned_bytes).start()
}

fn queries(settings: &GatewaySettings) -> Result<ApiOptions, ProgramError> {
    let options = api(settings, &settings.prometheus.url)?;
    info!(
        "polling {} every {:?}",
        redacted(&options.url),
        settings.prometheus.interval()
    );
    Ok(options)
}

fn alerts(settings: &GatewaySettings) -> Result<ApiOptions, ProgramError> {
    let address = &settings.prometheus.alerts_url;
    if address.is_empty() {
        return api(settings, &settings.prometheus.url);
    }
    let options = api(settings, address)?;
    info!("alerts are those of {}", redacted(&options.url));
    Ok(options)
}

fn api(settings: &GatewaySettings, address: &Secret) -> Result<ApiOptions, ProgramError> {
    Ok(ApiOptions {
        url: Url::parse(address.reveal()).map_err(failed)?,
        max_response_bytes: settings.prometheus.max_response_bytes,
    })
}

fn repo(settings: &GatewaySettings) -> Result<RepoOptions, ProgramError> {
    let database = &settings.database;
    let config = database.url.reveal().parse();
    Ok(RepoOptions {
        database: DatabaseOptions {
            config: config.map_err(|_| ProgramError::Failed("database.url is not valid".into()))?,
            pool_size: database.pool_size,
            acquire_timeout: Duration::from_secs_f64(database.acquire_timeout_seconds),
            query_timeout: Duration::from_secs_f64(database.query_timeout_seconds),
        },
        check_interval: Duration::from_secs_f64(database.check_interval_seconds),
        share_for: Duration::from_secs_f64(settings.incidents.share_seconds),
        queries_per_address: database.max_queries_per_address,
    })
}

/// The page, and what it is told.
fn ui(settings: &GatewaySettings) -> Result<Ui, ProgramError> {
    let simulator = settings.ui.simulator_url().map(Url::parse);
    let simulator = simulator.transpose().map_err(failed)?;
    let severities = settings.alerts.severities.iter().cloned();
    let severities = severities.map(|AlertSeverity { name, tone }| ShownSeverity { name, tone });
    Ui::new(
        settings.ui.folder(),
        settings.prometheus.interval(),
        simulator.as_ref(),
        settings.incidents_off_by().is_none(),
        &settings.incidents.severities,
        severities.collect(),
    )
    .map_err(|why| SettingsError::one(format!("ui.dir: {why}")).into())
}

fn failed(error: impl fmt::Display) -> ProgramError {
    ProgramError::Failed(error.to_string())
}
