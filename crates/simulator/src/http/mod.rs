//! Every route of the simulator, and what every request passes on its way.

mod access;
mod alerts;
mod answers;
mod asked;
mod control;
mod guesses;
mod scenarios;
mod scrape;

use http_kit::{api_error::ApiError, origin::AllowedOrigins};

pub(super) use access::{Access, only_known_origins};
pub(super) use guesses::Guesses;

use actix_cors::Cors;
use actix_web::{
    HttpRequest, HttpResponse, Resource, Responder,
    guard::{Any, Get, Head},
    http::{Method, header},
    web,
};

/// What answers whatever the host is: kubelets and scrapers come by many names.
pub(super) const ANY_HOST: [&str; 4] = ["/health", "/-/healthy", "/-/ready", "/metrics"];

/// The routes. Those under `/simulate/` are the table in [`super::levers`].
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(get("/health", scrape::health))
        .service(get("/-/healthy", scrape::health))
        .service(get("/-/ready", scrape::ready))
        .service(get("/metrics", scrape::metrics))
        .service(get("/api/alerts", alerts::list))
        .service(get("/api/alerts/{name}", alerts::one))
        .service(post("/api/alerts/{name}/trigger", alerts::trigger))
        .service(post("/api/alerts/{name}/recover", alerts::recover))
        .service(post("/api/reset", scenarios::reset))
        .service(get("/api/scenarios", scenarios::list))
        .service(post("/api/scenarios/stop", scenarios::stop))
        .service(post("/api/scenarios/{name}/start", scenarios::start))
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

fn get<H, A>(path: &str, handler: H) -> Resource
where
    H: actix_web::Handler<A>,
    A: actix_web::FromRequest + 'static,
    H::Output: Responder + 'static,
{
    web::resource(path)
        .route(web::route().guard(Any(Get()).or(Head())).to(handler))
        .default_service(web::to(only_get))
}

fn post<H, A>(path: &str, handler: H) -> Resource
where
    H: actix_web::Handler<A>,
    A: actix_web::FromRequest + 'static,
    H::Output: Responder + 'static,
{
    web::resource(path)
        .route(web::post().to(handler))
        .default_service(web::to(only_post))
}

async fn only_post(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    Err(wrong_method(&request, vec![Method::POST]))
}

async fn only_get(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    Err(wrong_method(&request, vec![Method::GET, Method::HEAD]))
}

fn wrong_method(request: &HttpRequest, allowed: Vec<Method>) -> ApiError {
    ApiError::MethodNotAllowed {
        method: request.method().to_string(),
        allowed,
    }
}

async fn no_such_path() -> Result<HttpResponse, ApiError> {
    Err(ApiError::NotFound(
        "no such path; there are /health, /-/ready, /metrics, /api/alerts, /api/scenarios, POST /api/reset and POST /simulate/…"
            .to_owned(),
    ))
}
