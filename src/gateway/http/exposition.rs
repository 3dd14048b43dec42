//! Text for Prometheus.

use actix_web::{HttpResponse, web};

use crate::{
    api_error::ApiError,
    gateway::{
        actors::{Actors, messages::LastInstants},
        model::exposition,
        telemetry::Telemetry,
    },
};

const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// `GET /metrics`: the gateway's own.
pub(super) async fn metrics(telemetry: web::Data<Telemetry>) -> Result<HttpResponse, ApiError> {
    let text = telemetry
        .expose()
        .map_err(|error| ApiError::Internal(error.to_string()))?;
    Ok(HttpResponse::Ok().content_type(TEXT_FORMAT).body(text))
}

/// `GET /federate`: the last polled instant samples, with their own labels.
pub(super) async fn federate(actors: web::Data<Actors>) -> Result<HttpResponse, ApiError> {
    let last = actors
        .poller
        .send(LastInstants)
        .await
        .map_err(|_| ApiError::Unavailable("the poller is gone".into()))?;
    let last =
        last.ok_or_else(|| ApiError::Unavailable("Prometheus has not been polled yet".into()))?;
    Ok(HttpResponse::Ok()
        .content_type(TEXT_FORMAT)
        .body(exposition::federate(&last)))
}
