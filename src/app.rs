//! The gateway as a value: a list of features, started and served until it must stop.

use std::{fmt, net::SocketAddr, sync::Arc, time::Duration};

use actix::Arbiter;
use actix_server::{Server, ServerHandle};
use log::info;
use program::exit::ProgramError;

use crate::{
    alerts,
    entrance::{self, Listening, Shared, failed},
    exposition, incidents, readiness,
    settings::GatewaySettings,
    stream::{self, Hubs, SessionPlaces, metrics::StreamMetrics},
    ui,
};

/// A gateway that listens.
pub struct Gateway {
    addr: SocketAddr,
    server: Server,
    handle: ServerHandle,
    pollers: Arbiter,
    sessions: Arc<SessionPlaces>,
    drain: Duration,
}

impl Gateway {
    /// Binds, then starts the features. Prometheus and PostgreSQL need not be there.
    ///
    /// # Errors
    /// When the address cannot be bound, or the UI not be read.
    pub fn build(settings: &GatewaySettings) -> Result<Self, ProgramError> {
        let (server, capacity) = (&settings.server, settings.capacity()?);
        let ui = ui::start(&settings.ui, settings.page_facts())?;
        let listener = entrance::bind(&server.host, server.port).map_err(ProgramError::Failed)?;
        let addr = listener.local_addr().map_err(failed)?;
        let shared = Shared::start(server.proxies())?;
        let telemetry = &shared.telemetry;
        let policy = server.policy(capacity.connections, telemetry)?;
        let counted = StreamMetrics::new(telemetry).map_err(failed)?;
        let hubs = Hubs::start(&counted, settings.websocket.max_pinned_bytes);
        let (asked, timeout) = (settings.alertmanager()?, settings.prometheus.timeout());
        let enriched = alerts::enrich(asked, timeout, hubs.publisher(), &shared);
        let (alerts, most) = (enriched.publisher.clone(), capacity.sessions);
        let stream = stream::start(settings.stream(), most, hubs, counted, alerts, &shared)?;
        let (webhook, poll_now) = (&settings.webhook, stream.poll_alerts_now);
        let mut features = vec![
            ui,
            exposition::start(telemetry, server.metrics_share()),
            stream.feature,
            alerts::webhook(webhook, &enriched, poll_now, &shared)?,
            incidents::start(settings.of_incidents(), &shared)?,
        ];
        features.push(readiness::start(&features));

        let listening = Listening::new(server, &settings.cors, &shared, policy);
        let server = entrance::serve(listener, listening, features)?;
        info!("listening on {addr}");
        capacity.warn_if_fewer();
        Ok(Self {
            addr,
            handle: server.handle(),
            server,
            pollers: shared.pollers,
            sessions: stream.places,
            drain: settings.server.drain(),
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
            why = stop => info!("{why}: closing {} sessions", self.sessions.open.len()),
        }
        self.sessions.drain(self.drain).await;
        self.handle.stop(true).await;
        self.pollers.stop();
        info!("stopped");
        Ok(())
    }
}
