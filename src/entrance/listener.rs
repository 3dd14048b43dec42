//! The port, and what serves it: ordinary requests through the App, upgrades beside it.

use std::{io, net::TcpListener, sync::Arc};

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
    web::{self, Data},
};
use http_kit::{
    client_address::TrustedProxies,
    connection::{Connection, Policy, listener, track_request},
    middleware::cors_error_envelope,
    origin::AllowedOrigins,
    route::{self, Route},
};

use program::exit::ProgramError;

use super::{
    feature::{Feature, Shared, Upgrade, failed},
    gate::{self, Gate},
    index::Index,
    routes::{self, not_found},
    settings::{Cors as CorsSettings, Server as ServerSettings},
};

/// How long ordinary requests may take to end at shutdown, after the sessions have gone.
const DRAIN_SECONDS: u64 = 1;

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

/// How features are served.
pub struct Listening<'s> {
    server: &'s ServerSettings,
    cors: &'s CorsSettings,
    shared: &'s Shared,
    connections: Policy,
}

impl<'s> Listening<'s> {
    /// With the settings of the port and of pages of other origins; connections are held to `connections`.
    pub fn new(
        server: &'s ServerSettings,
        cors: &'s CorsSettings,
        shared: &'s Shared,
        connections: Policy,
    ) -> Self {
        Self {
            server,
            cors,
            shared,
            connections,
        }
    }
}

/// Serves `features` until the server is stopped.
///
/// # Errors
/// When the listener cannot be used.
pub fn serve(
    listener: TcpListener,
    options: Listening<'_>,
    mut features: Vec<Feature>,
) -> Result<Server, ProgramError> {
    features.push(routes::feature());
    let table = || features.iter().flat_map(|feature| feature.routes);
    let hosts = options.server.known_hosts(&route::for_any_host(table()));
    let origins = AllowedOrigins::new(&options.cors.allowed_origins);
    let gate = Gate::new(hosts, origins.clone(), &options.shared.telemetry).map_err(failed)?;
    let worker = Worker {
        methods: route::page_methods(table()),
        index: Data::new(Index::new(table())),
        gate: Data::new(gate),
        origins,
        proxies: options.shared.proxies.clone(),
        connections: options.connections,
        features: Arc::new(features),
    };
    worker
        .serve(listener, options.server.workers)
        .map_err(failed)
}

/// What each worker serves with; cheap to clone.
#[derive(Clone)]
struct Worker {
    features: Arc<Vec<Feature>>,
    gate: Data<Gate>,
    index: Data<Index>,
    methods: Vec<Method>,
    origins: AllowedOrigins,
    proxies: TrustedProxies,
    connections: Policy,
}

impl Worker {
    /// With `workers` threads; 0: one per core.
    fn serve(self, listener: TcpListener, workers: usize) -> io::Result<Server> {
        let server = listener::server(workers, DRAIN_SECONDS)
            .listen("http", listener, move || {
                let worker = self.clone();
                let upgrade = worker.upgrade();
                let gate = worker.gate.clone();
                let connections = worker.connections.clone();
                let app = App::new()
                    .app_data(worker.gate.clone())
                    .app_data(worker.index.clone())
                    .app_data(Data::new(worker.proxies.clone()))
                    .wrap(worker.cors())
                    .wrap(from_fn(cors_error_envelope))
                    .wrap(from_fn(gate::pass))
                    .wrap(from_fn(track_request))
                    .wrap(DefaultHeaders::new().add((header::X_CONTENT_TYPE_OPTIONS, "nosniff")))
                    .configure(move |config| worker.configure(config));
                let http = connections
                    .http()
                    .upgrade(fn_service(
                        move |(request, framed): (Request, Framed<Connection, h1::Codec>)| {
                            let taken_over = upgrade(gate.clone(), request, framed);
                            async move {
                                taken_over.await;
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

    /// The one feature's that takes over connections.
    fn upgrade(&self) -> Upgrade {
        let mut upgrades = self.features.iter().filter_map(|f| f.upgrade.as_ref());
        let start = upgrades.next().expect("the stream takes over connections");
        start()
    }

    fn configure(&self, config: &mut web::ServiceConfig) {
        for feature in self.features.iter() {
            feature.configure(config);
        }
        route::register(config, self.table());
        config.default_service(web::to(not_found));
    }

    fn table(&self) -> impl Iterator<Item = &Route> {
        self.features.iter().flat_map(|feature| feature.routes)
    }

    /// Origins are compared as for upgrades.
    fn cors(&self) -> Cors {
        let allowed = self.origins.clone();
        Cors::default()
            .allowed_methods(self.methods.clone())
            .max_age(3600)
            .allowed_origin_fn(move |origin, _| allowed.contains(origin.as_bytes()))
    }
}
