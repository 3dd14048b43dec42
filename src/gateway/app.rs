//! The gateway as a value: built from settings, asked for its address, served until told to stop. The only file that
//! reads settings and wires actors to each other; relays enlist by themselves as their workers start.

use std::{fmt, net::SocketAddr, sync::Arc, time::Duration};

use actix::{Actor, Arbiter};
use actix_server::{Server, ServerHandle};
use log::{info, warn};
use tokio::time::timeout;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

use crate::{
    descriptors,
    exit::ProgramError,
    gateway::{
        actors::{
            Actors, AlertHub, InstantHub, MetricsHub, RangeHub,
            incident_repo::{IncidentRepo, RepoOptions},
            prom_poller::{Audience, Plan, PromPoller},
            session::SessionContext,
        },
        http::{
            incidents::Severities,
            listener::{self, Service},
            ui::Ui,
            webhook::Webhooks,
            websocket::Entrance,
        },
        model::query::{InstantQuery, RangeQuery},
        socket::guard::Limits,
        storage::database::DatabaseOptions,
        telemetry::Telemetry,
        upstream::prometheus::{PromOptions, Prometheus},
    },
    settings::{
        SettingsError,
        gateway::{GatewaySettings, InstantChannel},
        redacted,
    },
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
    /// Binds, then starts the actors. Prometheus and PostgreSQL need not be there.
    ///
    /// # Errors
    /// When the address cannot be bound, or the UI not be read.
    pub fn build(settings: &GatewaySettings) -> Result<Self, ProgramError> {
        let ui = Arc::new(ui(settings)?);
        let listener = listener::bind(&settings.server.host, settings.server.port)
            .map_err(ProgramError::Failed)?;
        let addr = listener.local_addr().map_err(failed)?;
        let telemetry = Telemetry::new().map_err(failed)?;
        let poller_arbiter = Arbiter::new();
        let actors = start_actors(settings, &telemetry, &poller_arbiter)?;
        let entrance = Arc::new(entrance(settings, &telemetry));
        let server = listener::serve(
            listener,
            settings.server.workers,
            Service {
                actors,
                telemetry,
                severities: Severities(settings.incidents.severities.clone()),
                webhooks: webhooks(settings),
                ui,
                entrance: entrance.clone(),
            },
        )
        .map_err(failed)?;
        info!("listening on {addr}");
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
            why = stop => info!("{why}: closing {} sessions", self.entrance.open.len()),
        }
        self.entrance.draining.cancel();
        self.entrance.open.close();
        if timeout(self.drain, self.entrance.open.wait())
            .await
            .is_err()
        {
            warn!(
                "{} sessions did not close in time and are cut off",
                self.entrance.open.len()
            );
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
    let instant_hub = InstantHub::new(telemetry.clone()).start();
    let range_hub = RangeHub::new(telemetry.clone()).start();
    let metrics_hub = MetricsHub::new(telemetry.clone()).start();
    let alert_hub = AlertHub::new(telemetry.clone()).start();
    let audience = Audience {
        instant: instant_hub.clone().recipient(),
        range: range_hub.clone().recipient(),
        metrics: metrics_hub.clone().recipient(),
        alerts: alert_hub.clone().recipient(),
    };
    let (plan, prometheus) = (plan(settings), prometheus(settings)?);
    let counted = telemetry.clone();
    let poller = PromPoller::start_in_arbiter(&poller_arbiter.handle(), move |_| {
        PromPoller::new(Prometheus::new(prometheus), plan, audience, counted)
    });
    let incidents = IncidentRepo::new(repo(settings)?, telemetry.clone()).start();
    Ok(Actors {
        incidents,
        poller,
        instant_hub,
        range_hub,
        metrics_hub,
        alert_hub,
    })
}

fn prometheus(settings: &GatewaySettings) -> Result<PromOptions, ProgramError> {
    let prometheus = &settings.prometheus;
    let url = Url::parse(prometheus.url.reveal()).map_err(failed)?;
    info!(
        "polling {} every {:?}",
        redacted(&url),
        prometheus.interval()
    );
    Ok(PromOptions {
        url,
        timeout: prometheus.timeout(),
        max_response_bytes: prometheus.max_response_bytes,
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

/// The page, and what it is told.
fn ui(settings: &GatewaySettings) -> Result<Ui, ProgramError> {
    let simulator = Url::parse(&settings.ui.simulator_url).map_err(failed)?;
    Ui::new(
        settings.ui.folder(),
        settings.prometheus.interval(),
        &simulator,
        &settings.incidents.severities,
    )
    .map_err(|why| SettingsError::one(format!("ui.dir: {why}")).into())
}

/// What webhooks are held to.
fn webhooks(settings: &GatewaySettings) -> Webhooks {
    let webhook = &settings.webhook;
    Webhooks::new(
        webhook.max_bytes,
        Duration::from_secs_f64(webhook.timeout_seconds),
    )
}

/// What WebSockets are held to.
fn entrance(settings: &GatewaySettings, telemetry: &Telemetry) -> Entrance {
    let socket = &settings.websocket;
    let sessions = SessionContext {
        epoch: uuid::Uuid::new_v4().simple().to_string(),
        ping_interval: Duration::from_secs_f64(socket.ping_interval_seconds),
        telemetry: telemetry.clone(),
    };
    Entrance {
        sessions: Arc::new(sessions),
        allowed_origins: settings.cors.allowed_origins.clone(),
        max_sessions: descriptors::for_sessions(socket.max_sessions),
        limits: Limits {
            message_bytes: socket.max_message_bytes,
            frames_per_second: socket.max_frames_per_second,
        },
        stall_timeout: Duration::from_secs_f64(socket.stall_timeout_seconds),
        send_buffer_bytes: socket.send_buffer_bytes,
        open: TaskTracker::new(),
        draining: CancellationToken::new(),
    }
}

fn failed(error: impl fmt::Display) -> ProgramError {
    ProgramError::Failed(error.to_string())
}
