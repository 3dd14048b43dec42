//! Every route of the simulator, and what every request passes on its way.

mod access;
mod alerts;
mod body;
mod control;
mod path_label;
mod responses;
mod scenarios;
mod scrape;
mod token_attempts;

use http_kit::{
    api_error::ApiError,
    methods::{get_only, post_only},
    origin::AllowedOrigins,
};

pub(super) use access::{Access, only_known_origins};
pub(super) use token_attempts::TokenAttempts;

use actix_cors::Cors;
use actix_web::{
    HttpResponse,
    http::{Method, header},
    web,
};

/// The paths that answer requests for any host, since kubelets and scrapers use many names.
pub(super) const ANY_HOST: [&str; 4] = ["/health", "/-/healthy", "/-/ready", "/metrics"];

/// The routes. Those under `/simulate/` are the table of levers.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(get_only("/health", scrape::health))
        .service(get_only("/-/healthy", scrape::health))
        .service(get_only("/-/ready", scrape::ready))
        .service(get_only("/metrics", scrape::metrics))
        .service(get_only("/api/alerts", alerts::list))
        .service(get_only("/api/alerts/{name}", alerts::one))
        .service(post_only("/api/alerts/{name}/trigger", alerts::trigger))
        .service(post_only("/api/alerts/{name}/recover", alerts::recover))
        .service(post_only("/api/reset", scenarios::reset))
        .service(get_only("/api/scenarios", scenarios::list))
        .service(post_only("/api/scenarios/stop", scenarios::stop))
        .service(post_only("/api/scenarios/{name}/start", scenarios::start))
        .service(web::scope("/simulate").default_service(web::to(control::simulate)))
        .default_service(web::to(no_such_path));
}

/// Answers to web pages of the allowed origins; [`only_known_origins`] has refused the others before.
pub(super) fn cors(allowed_origins: &AllowedOrigins) -> Cors {
    let allowed = allowed_origins.clone();
    Cors::default()
        .allowed_methods([Method::GET, Method::HEAD, Method::POST])
        .allowed_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
        .max_age(600)
        .allowed_origin_fn(move |origin, _| allowed.contains(origin.as_bytes()))
}

async fn no_such_path() -> Result<HttpResponse, ApiError> {
    Err(ApiError::NotFound(
        "no such path; there are /health, /-/ready, /metrics, /api/alerts, /api/scenarios, POST /api/reset and POST /simulate/…"
            .to_owned(),
    ))
}
