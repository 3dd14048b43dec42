//! `/api/scenarios`: the scenarios of the catalogue, of which one at a time may run. `POST /api/reset` ends everything.

use std::sync::Arc;

use actix::Addr;
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};
use alerting::format_duration;
use futures_util::future::try_join_all;
use http_kit::api_error::ApiError;
use program::timestamp;
use serde_json::{Value, json};

use super::{
    Access, body,
    control::log_action,
    responses::{name, no_such, success},
};
use crate::{
    actors::{
        messages::{Reset, Running, RunningScenario, StartScenario, StopScenario},
        scenario_player::ScenarioPlayer,
        simulator::Simulators,
    },
    catalogue::{Act, Scenario, Step},
    lint::CheckedCatalogue,
};

/// `GET /api/scenarios`
pub(super) async fn list(
    catalogue: Data<CheckedCatalogue>,
    player: Data<Addr<ScenarioPlayer>>,
) -> Result<HttpResponse, ApiError> {
    let running = player.send(RunningScenario).await?;
    let bodies = catalogue.scenarios.iter();
    let bodies = bodies.map(|scenario| body_of(scenario, running.as_ref()));
    Ok(success(bodies.collect::<Vec<_>>()))
}

/// `POST /api/scenarios/{name}/start`
pub(super) async fn start(
    request: HttpRequest,
    body: Payload,
    catalogue: Data<CheckedCatalogue>,
    player: Data<Addr<ScenarioPlayer>>,
    access: Data<Access>,
) -> Result<HttpResponse, ApiError> {
    let scenario = find(&request, &catalogue)?;
    access.may_change(request.peer_addr(), request.headers())?;
    body::empty(body).await?;
    let started = player.send(StartScenario(scenario.clone())).await?;
    let running = started.map_err(|busy| {
        let (name, since) = (busy.name, timestamp::format(&busy.since));
        ApiError::Conflict(format!(
            "the scenario {name} runs since {since}; POST /api/scenarios/stop ends it"
        ))
    })?;
    log_action(&request, &format!("scenario {} started", scenario.name));
    Ok(success(body_of(scenario, Some(&running))))
}

/// `POST /api/scenarios/stop`
pub(super) async fn stop(
    request: HttpRequest,
    body: Payload,
    player: Data<Addr<ScenarioPlayer>>,
    access: Data<Access>,
) -> Result<HttpResponse, ApiError> {
    access.may_change(request.peer_addr(), request.headers())?;
    body::empty(body).await?;
    let stopped = player.send(StopScenario).await?;
    if let Some(running) = &stopped {
        log_action(&request, &format!("scenario {} stopped", running.name));
    }
    let stopped = stopped.map(|running| running.name);
    Ok(success(json!({ "stopped": stopped })))
}

/// `POST /api/reset`
pub(super) async fn reset(
    request: HttpRequest,
    body: Payload,
    actors: Data<Simulators>,
    player: Data<Addr<ScenarioPlayer>>,
    access: Data<Access>,
) -> Result<HttpResponse, ApiError> {
    access.may_change(request.peer_addr(), request.headers())?;
    body::empty(body).await?;
    // Before the reset, so that no step follows it.
    let stopped = player.send(StopScenario).await?;
    try_join_all(actors.all().map(|(_, actor)| actor.send(Reset))).await?;
    // A scenario that started meanwhile has lost its first steps to the reset.
    let stopped = stopped.or(player.send(StopScenario).await?);
    log_action(&request, "everything reset to the baseline");
    let stopped = stopped.map(|running| running.name);
    Ok(success(json!({ "stopped": stopped })))
}

fn find<'c>(
    request: &HttpRequest,
    catalogue: &'c CheckedCatalogue,
) -> Result<&'c Arc<Scenario>, ApiError> {
    let name = name(request);
    catalogue.scenario(&name).ok_or_else(|| {
        let names = catalogue.scenarios.iter();
        let names: Vec<_> = names.map(|scenario| scenario.name.as_str()).collect();
        no_such("scenario", &name, &names)
    })
}

fn body_of(scenario: &Scenario, running: Option<&Running>) -> Value {
    let running = running.filter(|running| running.name == scenario.name);
    let expect: Vec<_> = scenario.expect.iter().map(|alert| &alert.name).collect();
    let inhibited = scenario.inhibited.iter();
    let inhibited = inhibited.map(|other| json!({ "alert": other.alert, "labels": other.labels }));
    json!({
        "name": scenario.name,
        "title": scenario.title,
        "steps": scenario.steps.iter().map(step).collect::<Vec<_>>(),
        "expect": expect,
        "inhibited": inhibited.collect::<Vec<_>>(),
        "running": running.is_some(),
        "since": running.map(|running| timestamp::format(&running.since)),
    })
}

/// A step, with the keys of the catalogue.
fn step(step: &Step) -> Value {
    let (at, alert) = (format_duration(step.at), &step.alert.name);
    match step.act {
        Act::Trigger { value: None } => json!({ "at": at, "trigger": alert }),
        Act::Trigger { value } => json!({ "at": at, "trigger": alert, "value": value }),
        Act::Recover => json!({ "at": at, "recover": alert }),
    }
}
