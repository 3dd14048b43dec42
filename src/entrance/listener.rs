//! The port, and what serves it: ordinary requests through the App, WebSocket upgrades beside it.

use std::{io, net::TcpListener, rc::Rc, sync::Arc};

use actix_codec::Framed;
use actix_cors::Cors;
use actix_http::{Request, h1};
use actix_server::Server;
use actix_service::{ServiceFactoryExt, fn_service, map_config};
use actix_web::{
    App,
    dev::AppConfig,
    http::{Method, header},
    middleware::{DefaultHeaders, from_fn},
    web::Data,
};
use http_kit::{
    client_address::TrustedProxies,
    connection::{Connection, Policy, listener, track_request},
    middleware::{check_host, cors_error_envelope},
    origin::AllowedOrigins,
};

use super::{measure::measure, routes};
use crate::{actors::Actors, stream::relay::Relay, telemetry::Telemetry};
use crate::{
    alerts::webhook::Webhooks,
    incidents::routes::Severities,
    stream::websocket::{self, Entrance},
    telemetry::exposition::Renderings,
    ui::Ui,
};

/// How long ordinary requests may take to end at shutdown, after the sessions have gone.
const DRAIN_SECONDS: u64 = 1;

/// What each worker serves with; cheap to clone.
#[derive(Clone)]
pub struct Service {
    /// Those who are asked.
    pub actors: Actors,
    /// What is counted.
    pub telemetry: Telemetry,
    /// The texts that scrapers get.
    pub renderings: Renderings,
    /// What may be asked for.
    pub severities: Severities,
    /// What webhooks are held to.
    pub webhooks: Webhooks,
    /// The page, if there is one.
    pub ui: Arc<Ui>,
    /// Whose word on who a client is counts.
    pub proxies: TrustedProxies,
    /// What WebSockets are held to.
    pub entrance: Arc<Entrance>,
    /// What connections are held to.
    pub connections: Policy,
}

/// Takes the port.
///
/// # Errors
/// One line that names the address and how to change it.
pub fn bind(host: &str, port: u16) -> Result<TcpListener, String> {
    let ip = host.parse().map_err(io::Error::other);
    ip.and_then(|ip| listener::bind(ip, port)).map_err(|error| {
        format!("cannot listen on {host}:{port}: {error}; PORT or server.port sets another port")
    })
}

/// Serves the port with `workers` threads (0: one per core) until the server is stopped.
///
/// # Errors
/// When the listener cannot be used.
pub fn serve(listener: TcpListener, workers: usize, service: Service) -> io::Result<Server> {
    let server = listener::server(workers, DRAIN_SECONDS)
        .listen("http", listener, move || {
            let Service {
                actors,
                telemetry,
                renderings,
                severities,
                webhooks,
                ui,
                proxies,
                entrance,
                connections,
            } = service.clone();
            let subscribers = Rc::new(Relay::start_all(&actors.hubs(), &telemetry));
            let app = App::new()
                .app_data(Data::new(actors.instant_hub.clone()))
                .app_data(Data::new(actors.range_hub.clone()))
                .app_data(Data::new(actors.alert_hub.clone()))
                .app_data(Data::new(actors))
                .app_data(Data::new(telemetry))
                .app_data(Data::new(renderings))
                .app_data(Data::new(severities))
                .app_data(Data::new(webhooks))
                .app_data(Data::from(ui))
                .app_data(Data::from(entrance.hosts.clone()))
                .app_data(Data::from(entrance.diagnosis.clone()))
                .app_data(Data::new(proxies))
                .wrap(cors(&entrance.allowed_origins))
                .wrap(from_fn(cors_error_envelope))
                .wrap(from_fn(check_host))
                .wrap(from_fn(measure))
                .wrap(from_fn(track_request))
                .wrap(DefaultHeaders::new().add((header::X_CONTENT_TYPE_OPTIONS, "nosniff")))
                .configure(routes);
            let http = connections
                .http()
                .upgrade(fn_service(
                    move |(request, framed): (Request, Framed<Connection, h1::Codec>)| {
                        let (entrance, subscribers) = (entrance.clone(), subscribers.clone());
                        async move {
                            websocket::upgrade(&entrance, subscribers, request, framed).await;
                            Ok::<_, actix_web::Error>(())
                        }
                    },
                ))
                .h1(map_config(app, |_| AppConfig::default()));
            connections.acceptor().and_then(http)
        })?
        .run();
    Ok(server)
}

/// Origins are compared as for WebSockets; reading is all that is allowed.
fn cors(allowed: &AllowedOrigins) -> Cors {
    let allowed = allowed.clone();
    Cors::default()
        .allowed_methods([Method::GET, Method::HEAD])
        .max_age(3600)
        .allowed_origin_fn(move |origin, _| allowed.contains(origin.as_bytes()))
}
