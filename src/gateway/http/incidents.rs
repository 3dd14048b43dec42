//! `/api/metrics/incidents/*`: what `IncidentRepo` knows.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use bytes::Bytes;

use super::parameters;
use crate::{
    api_error::ApiError,
    gateway::actors::{
        Actors,
        messages::{CountByService, ListIncidents, Summarize},
    },
};

/// What `severity=` may be.
#[derive(Debug, Clone)]
pub struct Severities(pub Vec<String>);

/// `GET /api/metrics/incidents/by-service`
///
/// # Errors
/// 400 for any parameter; 503 and 504 if the database does not answer.
pub async fn by_service(
    actors: web::Data<Actors>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    parameters::none(request.query_string())?;
    Ok(json(actors.incidents.send(CountByService).await??))
}

/// `GET /api/metrics/incidents/details`
///
/// # Errors
/// 400 that names the parameter; 503 and 504 if the database does not answer.
pub async fn details(
    actors: web::Data<Actors>,
    severities: web::Data<Severities>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let filter = parameters::filter(request.query_string(), &severities.0)?;
    Ok(json(actors.incidents.send(ListIncidents(filter)).await??))
}

/// `GET /api/metrics/incidents/summary`
///
/// # Errors
/// 400 that names the parameter; 503 and 504 if the database does not answer.
pub async fn summary(
    actors: web::Data<Actors>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let period = parameters::period(request.query_string())?;
    Ok(json(actors.incidents.send(Summarize(period)).await??))
}

fn json(body: Bytes) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(header::ContentType::json())
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(body)
}
