//! `/api/metrics/incidents/*`: what `IncidentRepo` knows.

use actix::{Actor, Addr};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use bytes::Bytes;
use http_kit::{
    api_error::ApiError,
    client_address::ClientAddress,
    envelope::{Success, write_json},
    query::Parameters,
    route::Route,
};
use log::info;
use program::exit::ProgramError;
use serde::Serialize;

use super::{
    cursor::Cursor,
    incident_repo::IncidentRepo,
    messages::{CountByService, DatabaseStatus, ListIncidents, Summarize},
    metrics::IncidentMetrics,
    model::Page,
    parameters,
    settings::IncidentSettings,
};
use crate::entrance::{Feature, Probe, Role, Shared, failed};

const ROUTES: &[Route] = &[
    Route::get(
        "/api/metrics/incidents/by-service",
        "incidents per service",
        || web::to(by_service),
    ),
    Route::get(
        "/api/metrics/incidents/details",
        "incidents one by one: ?service= status= severity= from= to= limit= cursor=",
        || web::to(details),
    ),
    Route::get(
        "/api/metrics/incidents/summary",
        "counts, MTTA and MTTR: ?from= to=",
        || web::to(summary),
    ),
];

/// What the routes need.
struct Incidents {
    /// Or the setting by which incidents are switched off.
    repo: Result<Addr<IncidentRepo>, &'static str>,
    /// What `severity=` may be.
    severities: Vec<String>,
}

/// Starts the actor, unless incidents are switched off.
///
/// # Errors
/// When the database's address is none, which the settings have refused.
pub fn start(settings: IncidentSettings<'_>, shared: &Shared) -> Result<Feature, ProgramError> {
    let metrics = IncidentMetrics::new(&shared.telemetry).map_err(failed)?;
    let repo = match settings.off_by() {
        None => Ok(IncidentRepo::new(settings.repo()?, metrics).start()),
        Some(setting) => {
            info!("no incidents: {setting} switches them off");
            Err(setting)
        }
    };
    let feature = Feature::new(ROUTES).with(Incidents {
        repo: repo.clone(),
        severities: settings.incidents.severities.clone(),
    });
    Ok(match repo {
        Ok(repo) => feature.depending_on(probe(repo)),
        Err(_) => feature,
    })
}

fn probe(repo: Addr<IncidentRepo>) -> Probe {
    let asked = "the incident repository";
    Probe::new("database", Role::Needed, asked, move || {
        let check = repo.send(DatabaseStatus);
        async move { check.await.ok() }
    })
}

/// `GET /api/metrics/incidents/by-service`
///
/// # Errors
/// 404 without incidents; 400 for any parameter; 429 when too many questions of this client wait; 503 and 504 if the database does not answer.
async fn by_service(
    incidents: web::Data<Incidents>,
    client: ClientAddress,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let repo = incidents.repo()?;
    Parameters::none(request.query_string())?;
    let answer = repo.send(CountByService(client.network()));
    Ok(json(answer.await??.encoded(success)))
}

/// `GET /api/metrics/incidents/details`
///
/// # Errors
/// As above; 400 names the parameter; 503 and 504 if the database does not answer.
async fn details(
    incidents: web::Data<Incidents>,
    client: ClientAddress,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let repo = incidents.repo()?;
    let filter = parameters::filter(request.query_string(), &incidents.severities)?;
    let answer = repo.send(ListIncidents(filter, client.network()));
    Ok(json(answer.await??.encoded(page)))
}

/// `GET /api/metrics/incidents/summary`
///
/// # Errors
/// As above; 400 names the parameter; 503 and 504 if the database does not answer.
async fn summary(
    incidents: web::Data<Incidents>,
    client: ClientAddress,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let repo = incidents.repo()?;
    let period = parameters::period(request.query_string())?;
    let answer = repo.send(Summarize(period, client.network()));
    Ok(json(answer.await??.encoded(success)))
}

impl Incidents {
    fn repo(&self) -> Result<&Addr<IncidentRepo>, ApiError> {
        self.repo.as_ref().map_err(|setting| {
            ApiError::NotFound(format!(
                "incidents are switched off here, by the setting {setting}"
            ))
        })
    }
}

fn success(answer: &impl Serialize) -> Bytes {
    encode(&Success::new(answer))
}

fn page(page: &Page) -> Bytes {
    let next = page.next.as_ref().map(Cursor::encode);
    encode(&Success::page(&page.incidents, next))
}

fn encode(answer: &impl Serialize) -> Bytes {
    let mut body = Vec::new();
    write_json(answer, &mut body);
    body.into()
}

fn json(body: Bytes) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(header::ContentType::json())
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(body)
}
