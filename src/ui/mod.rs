//! The web UI: the page and its files, as the settings' directory held them at start, and what a page is told of the
//! gateway that it came from.

mod files;

use std::{path::Path, time::Duration};

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    http::header::{self, AcceptEncoding, ContentEncoding, ETag, EntityTag, IfNoneMatch},
    web,
};
use serde::Serialize;
use url::Url;

use crate::entrance::{index, nothing_here};
use files::{File, Files};
use http_kit::api_error::ApiError;

/// What browsers are given besides data.
#[derive(Debug)]
pub struct Ui {
    files: Option<Files>,
    policy: String,
    settings: PageSettings,
}

/// What a page is told.
#[derive(Debug, Serialize)]
struct PageSettings {
    version: &'static str,
    poll_interval_seconds: f64,
    /// `null`: alerts are not rehearsed here.
    simulator_url: Option<String>,
    /// Whether there are incidents.
    incidents: bool,
    /// What an incident's severity may be, as a filter.
    incident_severities: Vec<String>,
    /// Those of alerts, from the gravest on.
    alert_severities: Vec<ShownSeverity>,
}

/// A severity of alerts, as a page shows it.
#[derive(Debug, Clone, Serialize)]
pub struct ShownSeverity {
    /// The value of the label `severity`.
    pub name: String,
    /// `critical`, `warning`, `info` or `quiet`.
    pub tone: String,
}

impl Ui {
    /// The UI of `folder`, if there is one. Its page may connect to the gateway itself and to the simulator, if there is one, and offers
    /// these severities of incidents to choose from; of alerts, others may come.
    ///
    /// # Errors
    /// Why the folder cannot be served.
    pub fn new(
        folder: Option<&Path>,
        poll_interval: Duration,
        simulator: Option<&Url>,
        incidents: bool,
        severities: &[String],
        alert_severities: Vec<ShownSeverity>,
    ) -> Result<Self, String> {
        let origin = simulator.map(|url| format!(" {}", url.origin().ascii_serialization()));
        let origin = origin.unwrap_or_default();
        Ok(Self {
            files: folder.map(Files::read).transpose()?,
            policy: format!(
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
                 connect-src 'self'{origin}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            ),
            settings: PageSettings {
                version: env!("CARGO_PKG_VERSION"),
                poll_interval_seconds: poll_interval.as_secs_f64(),
                simulator_url: simulator.map(|url| url.as_str().trim_end_matches('/').to_owned()),
                incidents,
                incident_severities: severities.to_vec(),
                alert_severities,
            },
        })
    }

    /// Whether there is a page.
    pub(crate) fn has_page(&self) -> bool {
        self.files.is_some()
    }

    /// A file in the form that the client likes best, or that what it has is still right.
    fn give(&self, file: &File, freshness: &'static str, request: &HttpRequest) -> HttpResponse {
        let form = file.form(&request.get_header().unwrap_or(AcceptEncoding(Vec::new())));
        let has_it = has(request, &form.etag);
        let mut answer = if has_it {
            HttpResponse::NotModified()
        } else {
            HttpResponse::Ok()
        };
        answer
            .insert_header(ETag(form.etag.clone()))
            .insert_header((header::CACHE_CONTROL, freshness))
            .insert_header((header::VARY, "Accept-Encoding"))
            .insert_header((header::CONTENT_SECURITY_POLICY, self.policy.as_str()))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .insert_header((header::REFERRER_POLICY, "no-referrer"));
        if has_it {
            return answer.finish();
        }
        if form.coding != ContentEncoding::Identity {
            answer.insert_header(form.coding);
        }
        answer
            .content_type(file.content_type)
            .body(form.bytes.clone())
    }
}

/// Whether the client has it already (RFC 9110 §13.1.2).
fn has(request: &HttpRequest, etag: &EntityTag) -> bool {
    match request.get_header() {
        Some(IfNoneMatch::Any) => true,
        Some(IfNoneMatch::Items(etags)) => etags.iter().any(|known| known.weak_eq(etag)),
        None => false,
    }
}

/// `GET /`: the page or, without one, what there is.
pub(crate) async fn root(
    ui: web::Data<Ui>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    if ui.has_page() {
        page(ui, request).await
    } else {
        Ok(index::index().await)
    }
}

/// `GET /index.html`: the page. It names its files by what is in them, so it alone has to be asked for again.
pub(crate) async fn page(
    ui: web::Data<Ui>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    match &ui.files {
        Some(files) => Ok(ui.give(&files.page, "no-cache", &request)),
        None => nothing_here(request).await,
    }
}

/// `GET /assets/…`: a file whose name changes with its content.
pub(crate) async fn asset(
    ui: web::Data<Ui>,
    name: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let files = ui.files.as_ref();
    match files.and_then(|files| files.assets.get(name.as_str())) {
        Some(file) => Ok(ui.give(file, "public, max-age=31536000, immutable", &request)),
        None => nothing_here(request).await,
    }
}

/// `GET /api/ui/settings`: what a page is told.
pub(crate) async fn settings(ui: web::Data<Ui>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(&ui.settings)
}
