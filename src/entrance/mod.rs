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
    HttpRequest, HttpResponse,
    web::{self, ServiceConfig},
};
use http_kit::{
    api_error::ApiError,
    methods::{get_only, post_only},
};

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
        .service(get_only("/", ui::root))
        .service(get_only("/index.html", ui::page))
        .service(get_only("/assets/{file}", ui::asset))
        .service(get_only("/api/ui/settings", ui::settings))
        .service(get_only("/api/ui/connection", diagnosis::connection))
        .service(get_only("/health", health::alive))
        .service(get_only("/-/healthy", health::alive))
        .service(get_only("/-/ready", health::ready))
        .service(get_only("/metrics", exposition::metrics))
        .service(get_only("/federate", exposition::federate))
        .service(get_only("/api/metrics/instant", frames::latest::<Instant>))
        .service(get_only("/api/metrics/range", frames::latest::<Range>))
        .service(get_only("/api/metrics/alerts", frames::latest::<Alerts>))
        .service(get_only(
            "/api/metrics/incidents/by-service",
            incidents::by_service,
        ))
        .service(get_only(
            "/api/metrics/incidents/details",
            incidents::details,
        ))
        .service(get_only(
            "/api/metrics/incidents/summary",
            incidents::summary,
        ))
        .service(post_only("/api/alerts/webhook", webhook::receive))
        .service(get_only("/ws", websocket::upgrade_required))
        .service(get_only("/ws/{channel}", websocket::upgrade_required))
        .default_service(web::to(nothing_here));
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
