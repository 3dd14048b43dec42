//! Every route of the gateway, on one screen.
//!
//! | route                                 | answered by              |
//! |---------------------------------------|--------------------------|
//! | `GET /`                               | [`ui`], or `index` without one |
//! | `GET /index.html`, `/assets/…`, `/api/ui/settings` | [`ui`]      |
//! | `GET /api/ui/connection`              | [`diagnosis`]            |
//! | `GET /health`, `/-/healthy`, `/-/ready` | `health`               |
//! | `GET /metrics`, `/federate`           | `exposition`             |
//! | `GET /api/metrics/instant`, `/range`, `/alerts` | `frames`       |
//! | `GET /api/metrics/incidents/…`        | [`incidents`]            |
//! | `POST /api/alerts/webhook`            | [`webhook`]              |
//! | `/ws`, `/ws/{channel}`, and `/` with an Upgrade header | [`websocket`] |

pub mod diagnosis;
pub(crate) mod index;
pub mod listener;
pub mod measure;

use actix_web::{
    HttpRequest, HttpResponse, Resource, Responder,
    guard::{Any, Get, Head},
    http::Method,
    web::{self, ServiceConfig},
};

use http_kit::api_error::ApiError;

use crate::{
    alerts::webhook,
    incidents::routes as incidents,
    messages::channel::{Alerts, Instant, Range},
    readiness as health,
    stream::{frames, websocket},
    telemetry::exposition,
    ui::{self, Ui},
};

/// What answers whatever the host is: kubelets, scrapers and Alertmanager come by many names. None of it can be used by a
/// web page: the webhook refuses every Origin.
pub const ANY_HOST: [&str; 6] = [
    "/health",
    "/-/healthy",
    "/-/ready",
    "/metrics",
    "/federate",
    "/api/alerts/webhook",
];

/// All routes but the WebSocket's, which [`websocket::upgrade`] takes before they are asked.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(read("/").to(ui::root))
        .service(read("/index.html").to(ui::page))
        .service(read("/assets/{file}").to(ui::asset))
        .service(read("/api/ui/settings").to(ui::settings))
        .service(read("/api/ui/connection").to(diagnosis::connection))
        .service(read("/health").to(health::alive))
        .service(read("/-/healthy").to(health::alive))
        .service(read("/-/ready").to(health::ready))
        .service(read("/metrics").to(exposition::metrics))
        .service(read("/federate").to(exposition::federate))
        .service(read("/api/metrics/instant").to(frames::latest::<Instant>))
        .service(read("/api/metrics/range").to(frames::latest::<Range>))
        .service(read("/api/metrics/alerts").to(frames::latest::<Alerts>))
        .service(read("/api/metrics/incidents/by-service").to(incidents::by_service))
        .service(read("/api/metrics/incidents/details").to(incidents::details))
        .service(read("/api/metrics/incidents/summary").to(incidents::summary))
        .service(told("/api/alerts/webhook", webhook::receive))
        .service(read("/ws").to(websocket::upgrade_required))
        .service(read("/ws/{channel}").to(websocket::upgrade_required))
        .default_service(web::to(nothing_here));
}

/// A resource that can only be read.
fn read(path: &str) -> ReadOnly {
    ReadOnly(web::resource(path).default_service(web::to(only_reading)))
}

/// See [`read`].
struct ReadOnly(Resource);

impl ReadOnly {
    /// GET and HEAD go to `handler`; anything else is told that they are what there is.
    fn to<F, Args>(self, handler: F) -> Resource
    where
        F: actix_web::Handler<Args>,
        Args: actix_web::FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.0
            .route(web::route().guard(Any(Get()).or(Head())).to(handler))
    }
}

/// A resource that is only told something: POST goes to `handler`.
fn told<F, Args>(path: &str, handler: F) -> Resource
where
    F: actix_web::Handler<Args>,
    Args: actix_web::FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::resource(path)
        .route(web::post().to(handler))
        .default_service(web::to(only_telling))
}

async fn only_reading(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    Err(wrong_method(&request, vec![Method::GET, Method::HEAD]))
}

async fn only_telling(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    Err(wrong_method(&request, vec![Method::POST]))
}

fn wrong_method(request: &HttpRequest, allowed: Vec<Method>) -> ApiError {
    ApiError::MethodNotAllowed {
        method: request.method().to_string(),
        allowed,
    }
}

pub(crate) async fn nothing_here(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let path: String = request.path().chars().take(256).collect();
    let page = request.app_data::<web::Data<Ui>>();
    let hint = if page.is_some_and(|ui| ui.has_page()) {
        ""
    } else {
        "; GET / lists what there is"
    };
    Err(ApiError::NotFound(format!(
        "there is nothing at {path:?}{hint}"
    )))
}
