//! What the settings mean to parts of the gateway: plain values, made from plain values.

use std::{sync::Arc, time::Duration};

use http_kit::{
    client_address::TrustedProxies,
    connection::{Policy, listener},
    host::KnownHosts,
    origin::AllowedOrigins,
};
use program::{
    capacity::{self, Capacity, Requested, SessionCost},
    settings::SettingsError,
};
use url::Url;

use crate::settings::{GatewaySettings, InstantChannel};
use crate::{
    alerts::webhook::Webhooks,
    entrance::{ANY_HOST, diagnosis::Diagnosis},
    stream::{
        plan::Plan,
        query::{InstantQuery, RangeQuery},
        session::SessionContext,
        session_places::SessionPlaces,
        socket::guard::Limits,
        websocket::Entrance,
    },
    telemetry::Telemetry,
};

/// The gateway's name among the containers of `docker-compose.yml`.
const COMPOSE_SERVICE: &str = "service-metrics";

/// What is polled, and how often.
pub(super) fn plan(settings: &GatewaySettings) -> Plan {
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
        timeout: settings.prometheus.timeout(),
        instant: instant.collect(),
        range: range.collect(),
    }
}

/// Whom the gateway takes itself to be.
pub(super) fn known_hosts(settings: &GatewaySettings) -> KnownHosts {
    let server = &settings.server;
    let external = Url::parse(&server.external_url).ok();
    let external = external.as_ref().and_then(Url::host_str);
    let names = server.hosts.iter().map(String::as_str);
    KnownHosts::new(
        names.chain(external).chain([COMPOSE_SERVICE]),
        &ANY_HOST,
        "server.hosts",
    )
}

/// What webhooks are held to.
pub(super) fn webhooks(settings: &GatewaySettings) -> Webhooks {
    let webhook = &settings.webhook;
    Webhooks::new(
        webhook.max_bytes,
        Duration::from_secs_f64(webhook.timeout_seconds),
    )
}

/// What HTTP connections are held to.
pub(super) fn connections(
    settings: &GatewaySettings,
    telemetry: &Telemetry,
    total: usize,
) -> Policy {
    Policy::new(
        &settings.server.connections,
        total,
        TrustedProxies::new(&settings.server.trusted_proxies()),
        telemetry.connections.clone(),
    )
}

/// What WebSockets are held to.
pub(super) fn entrance(
    settings: &GatewaySettings,
    telemetry: &Telemetry,
    room: &Capacity,
    proxies: &TrustedProxies,
) -> Entrance {
    let socket = &settings.websocket;
    let allowed_origins = AllowedOrigins::new(&settings.cors.allowed_origins);
    let sessions = SessionContext {
        epoch: uuid::Uuid::new_v4().simple().to_string(),
        ping_interval: Duration::from_secs_f64(socket.ping_interval_seconds),
        telemetry: telemetry.clone(),
    };
    Entrance {
        sessions: Arc::new(sessions),
        hosts: Arc::new(known_hosts(settings)),
        diagnosis: Arc::new(Diagnosis::new(allowed_origins.clone())),
        allowed_origins,
        limits: Limits {
            message_bytes: socket.max_message_bytes,
            frames_per_second: socket.max_frames_per_second,
        },
        stall_timeout: Duration::from_secs_f64(socket.stall_timeout_seconds),
        send_buffer_bytes: socket.send_buffer_bytes,
        places: SessionPlaces::new(
            room.sessions,
            socket.max_sessions_per_address,
            proxies.clone(),
            telemetry.clone(),
        ),
    }
}

/// Room for connections and for as many sessions as are set.
///
/// # Errors
/// When this machine does not hold as many sessions as somebody has set.
pub(super) fn room(settings: &GatewaySettings) -> Result<Capacity, SettingsError> {
    let socket = &settings.websocket;
    let wanted = Requested {
        workers: listener::workers(settings.server.workers),
        connections: settings.server.connections.max_connections,
        sessions: socket.max_sessions,
        sessions_set_in: socket.max_sessions_from.as_deref(),
    };
    let cost = SessionCost::new(socket.send_buffer_bytes, socket.max_message_bytes);
    capacity::available(&wanted, cost)
        .map_err(|why| SettingsError::one(format!("websocket.max_sessions: {why}")))
}
