//! `/api/metrics/incidents/*`: what `IncidentRepo` knows.

use actix::Addr;
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use bytes::Bytes;
use http_kit::{api_error::ApiError, client_address::ClientAddress};

use super::incident_repo::IncidentRepo;
use super::parameters;
use crate::{
    actors::Actors,
    messages::{CountByService, ListIncidents, Summarize},
};

/// What `severity=` may be.
#[derive(Debug, Clone)]
pub struct Severities(pub Vec<String>);

/// `GET /api/metrics/incidents/by-service`
///
/// # Errors
/// 404 without incidents; 400 for any parameter; 429 when too many questions of this client wait; 503 and 504 if the database does not answer.
pub async fn by_service(
    actors: web::Data<Actors>,
    client: ClientAddress,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let incidents = incidents(&actors)?;
    parameters::none(request.query_string())?;
    let answer = incidents.send(CountByService(client.network()));
    Ok(json(answer.await??))
}

/// `GET /api/metrics/incidents/details`
///
/// # Errors
/// As above; 400 names the parameter; 503 and 504 if the database does not answer.
pub async fn details(
    actors: web::Data<Actors>,
    severities: web::Data<Severities>,
    client: ClientAddress,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let incidents = incidents(&actors)?;
    let filter = parameters::filter(request.query_string(), &severities.0)?;
    let answer = incidents.send(ListIncidents(filter, client.network()));
    Ok(json(answer.await??))
}

/// `GET /api/metrics/incidents/summary`
///
/// # Errors
/// As above; 400 names the parameter; 503 and 504 if the database does not answer.
pub async fn summary(
    actors: web::Data<Actors>,
    client: ClientAddress,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let incidents = incidents(&actors)?;
    let period = parameters::period(request.query_string())?;
    let answer = incidents.send(Summarize(period, client.network()));
    Ok(json(answer.await??))
}

fn incidents(actors: &Actors) -> Result<&Addr<IncidentRepo>, ApiError> {
    actors.incidents.as_ref().map_err(|setting| {
        ApiError::NotFound(format!(
            "incidents are switched off here, by the setting {setting}"
        ))
    })
}

fn json(body: Bytes) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(header::ContentType::json())
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(body)
}
