//! `GET /metrics`, `GET /health`, `GET /-/ready`.

use actix::Addr;
use actix_web::{HttpResponse, http::header, web};
use http_kit::api_error::ApiError;
use prometheus_api::exposition::text_format::TextFormat;

use crate::{
    actors::{messages::Expose, scenario_player::ScenarioPlayer, simulator::Simulators},
    telemetry::Telemetry,
};

/// `GET /health`: the process serves.
pub(super) async fn health() -> &'static str {
    "Mock Metrics Service is UP!"
}

/// `GET /metrics`: the families' series, then the program's own.
pub(super) async fn metrics(
    actors: web::Data<Simulators>,
    telemetry: web::Data<Telemetry>,
) -> Result<HttpResponse, ApiError> {
    // One text is passed from actor to actor. Joining a text per family would double the memory.
    let mut text = String::new();
    for (_, actor) in actors.all() {
        text = actor.send(Expose(text)).await?;
    }
    telemetry
        .write(&mut text)
        .map_err(|error| ApiError::Internal(format!("own metrics: {error}")))?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, TextFormat::OLDEST.content_type()))
        .body(text))
}

/// `GET /-/ready`: 503 when an actor has stopped.
pub(super) async fn ready(
    actors: web::Data<Simulators>,
    player: web::Data<Addr<ScenarioPlayer>>,
) -> Result<HttpResponse, ApiError> {
    if !player.connected() {
        return Err(ApiError::Unavailable(
            "the scenario player has stopped: restart mock-metrics".to_owned(),
        ));
    }
    match actors.all().find(|(_, actor)| !actor.connected()) {
        Some((family, _)) => Err(ApiError::Unavailable(format!(
            "the simulator of the family {family} has stopped: restart mock-metrics"
        ))),
        None => Ok(HttpResponse::Ok().json(serde_json::json!({ "status": "ready" }))),
    }
}
