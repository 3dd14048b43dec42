//! The web UI: the page and its files, as the settings' directory held them at start, and what a page shows of the
//! gateway that it came from.

mod files;
pub mod settings;

use std::time::Duration;

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    http::header::{
        self, AcceptEncoding, ContentEncoding, ContentType, ETag, EntityTag, IfNoneMatch,
    },
    web,
};
use http_kit::{api_error::ApiError, route::Route};
use program::settings::SettingsError;
use serde::Serialize;
use url::Url;

use crate::entrance::{Feature, Index, NotFoundHint, not_found};
use files::{File, Files};

const ROUTES: &[Route] = &[
    Route::get("/", "the UI or, without one, this list", || web::to(root)),
    Route::get("/index.html", "the UI", || web::to(page)),
    Route::get("/assets/{file}", "the UI's files", || web::to(asset)),
    Route::get("/api/ui/settings", "what the UI shows besides data", || {
        web::to(settings)
    }),
];

/// The page, its files, and its settings.
#[derive(Debug)]
pub struct Ui {
    files: Option<Files>,
    policy: String,
    settings: PageSettings,
}

/// What a page shows besides data.
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

/// What the page shows of other features.
#[derive(Debug)]
pub struct PageFacts<'f> {
    /// How often values come.
    pub poll_interval: Duration,
    /// Whether there are incidents.
    pub incidents: bool,
    /// What an incident's severity may be, as a filter.
    pub incident_severities: &'f [String],
    /// Those of alerts, from the gravest on; others may come.
    pub alert_severities: Vec<ShownSeverity>,
}

/// The feature: the UI of the settings' folder, if there is one. Its page may connect to the gateway itself and to the
/// simulator, if there is one.
///
/// # Errors
/// Why the folder cannot be served.
pub fn start(settings: &settings::Ui, facts: PageFacts<'_>) -> Result<Feature, SettingsError> {
    let refused = |why: String| SettingsError::one(format!("ui.dir: {why}"));
    let files = settings.folder().map(Files::read);
    let files = files.transpose().map_err(refused)?;
    let hint = match files {
        Some(_) => "",
        None => "; GET / lists what there is",
    };
    let ui = Ui::new(files, settings.simulator(), facts);
    Ok(Feature::new(ROUTES).with(ui).with(NotFoundHint(hint)))
}

impl Ui {
    fn new(files: Option<Files>, simulator: Option<Url>, facts: PageFacts<'_>) -> Self {
        let origin = simulator.as_ref().map(Url::origin);
        let origin = origin.map(|origin| format!(" {}", origin.ascii_serialization()));
        let origin = origin.unwrap_or_default();
        Self {
            files,
            policy: format!(
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
                 connect-src 'self'{origin}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            ),
            settings: PageSettings {
                version: env!("CARGO_PKG_VERSION"),
                poll_interval_seconds: facts.poll_interval.as_secs_f64(),
                simulator_url: simulator.map(|url| url.as_str().trim_end_matches('/').to_owned()),
                incidents: facts.incidents,
                incident_severities: facts.incident_severities.to_vec(),
                alert_severities: facts.alert_severities,
            },
        }
    }

    /// Whether there is a page.
    fn has_page(&self) -> bool {
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

/// True when `If-None-Match` names the current version (RFC 9110 §13.1.2).
fn has(request: &HttpRequest, etag: &EntityTag) -> bool {
    match request.get_header() {
        Some(IfNoneMatch::Any) => true,
        Some(IfNoneMatch::Items(etags)) => etags.iter().any(|known| known.weak_eq(etag)),
        None => false,
    }
}

/// `GET /`: the page, or the index of routes where no UI is configured.
async fn root(
    ui: web::Data<Ui>,
    index: web::Data<Index>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    if ui.has_page() {
        return page(ui, request).await;
    }
    Ok(HttpResponse::Ok()
        .content_type(ContentType::plaintext())
        .body(index.text().to_owned()))
}

/// `GET /index.html`: the page. It names its files by what is in them, so it alone has to be asked for again.
async fn page(ui: web::Data<Ui>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    match &ui.files {
        Some(files) => Ok(ui.give(&files.page, "no-cache", &request)),
        None => not_found(request).await,
    }
}

/// `GET /assets/…`: a file whose name changes with its content.
async fn asset(
    ui: web::Data<Ui>,
    name: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let files = ui.files.as_ref();
    match files.and_then(|files| files.assets.get(name.as_str())) {
        Some(file) => Ok(ui.give(file, "public, max-age=31536000, immutable", &request)),
        None => not_found(request).await,
    }
}

/// `GET /api/ui/settings`: what a page shows besides data.
async fn settings(ui: web::Data<Ui>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(&ui.settings)
}
