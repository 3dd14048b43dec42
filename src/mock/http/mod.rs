//! Every route of the simulator, and what every request passes on its way.

mod access;
mod control;
mod scrape;

pub(super) use access::{Access, only_known_origins};

use actix_cors::Cors;
use actix_web::{
    HttpRequest, HttpResponse, Resource, Responder,
    http::{Method, header},
    web,
};

use crate::api_error::ApiError;

/// The routes. Those under `/simulate/` are the table in [`super::levers`].
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(get("/health", scrape::health))
        .service(get("/-/healthy", scrape::health))
        .service(get("/-/ready", scrape::ready))
        .service(get("/metrics", scrape::metrics))
        .service(web::scope("/simulate").default_service(web::to(control::simulate)))
        .default_service(web::to(no_such_path));
}

/// Answers to web pages of the allowed origins; [`only_known_origins`] has refused the others before.
pub(super) fn cors(allowed_origins: &[String]) -> Cors {
    let cors = Cors::default()
        .allowed_methods([Method::GET, Method::POST])
        .allowed_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
        .max_age(600);
    let origins = allowed_origins.iter();
    origins.fold(cors, |cors, origin| cors.allowed_origin(origin))
}

fn get<H, A>(path: &str, handler: H) -> Resource
where
    H: actix_web::Handler<A>,
    A: actix_web::FromRequest + 'static,
    H::Output: Responder + 'static,
{
    web::resource(path)
        .route(web::get().to(handler))
        .default_service(web::to(only_get))
}

async fn only_get(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    Err(wrong_method(&request, Method::GET))
}

fn wrong_method(request: &HttpRequest, allowed: Method) -> ApiError {
    ApiError::MethodNotAllowed {
        method: request.method().to_string(),
        allowed: vec![allowed],
    }
}

async fn no_such_path() -> Result<HttpResponse, ApiError> {
    Err(ApiError::NotFound(
        "no such path; there are /health, /-/ready, /metrics and POST /simulate/…".to_owned(),
    ))
}
