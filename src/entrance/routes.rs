//! The entrance's own routes, and the answer to paths that are none.

use actix_web::{HttpRequest, HttpResponse, web};
use http_kit::{api_error::ApiError, route::Route};

use super::{feature::Feature, gate::Gate};

const ROUTES: &[Route] = &[Route::get(
    "/api/ui/connection",
    "why a page of ?origin= has no WebSocket",
    || web::to(connection),
)];

pub(super) fn feature() -> Feature {
    Feature::new(ROUTES)
}

async fn connection(request: HttpRequest, gate: web::Data<Gate>) -> Result<HttpResponse, ApiError> {
    gate.diagnosis.answer(&request)
}

/// A hint for those who ask for what is not there. A feature that knows one hands it on as data.
pub struct NotFoundHint(pub &'static str);

/// The answer to a path that is none.
///
/// # Errors
/// Always: 404.
pub async fn not_found(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let path: String = request.path().chars().take(256).collect();
    let hint = request.app_data::<web::Data<NotFoundHint>>();
    let hint = hint.map_or("", |hint| hint.0);
    Err(ApiError::NotFound(format!(
        "there is nothing at {path:?}{hint}"
    )))
}
