//! `/api/alerts`: the catalogue with its state, and what triggers and recovers an alert.

use std::{collections::BTreeMap, sync::Arc};

use actix::Addr;
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};
use alerting::{Labels, format_duration};
use futures_util::future::try_join_all;
use http_kit::api_error::ApiError;
use program::timestamp;
use serde::Serialize;

use super::{
    Access, body,
    control::log_action,
    responses::{name, no_such, success, success_at},
};
use crate::{
    actors::{
        messages::{AlertStatus, ListAlerts, Recover, Trigger},
        simulator::{SimulatorActor, Simulators},
    },
    catalogue::{Alert, pattern::Pattern},
    lint::CheckedCatalogue,
    prediction::InvalidAdjustment,
    simulation::number::format_number,
};

/// The JSON of an alert.
#[derive(Serialize)]
struct AlertBody<'a> {
    name: &'a str,
    family: &'a str,
    severity: &'a str,
    metric: &'a str,
    labels: &'a Labels,
    threshold: Option<f64>,
    window: Option<String>,
    expr: &'a str,
    #[serde(rename = "for")]
    for_duration: String,
    condition: String,
    /// Whether a trigger of this alert drives its series. If not, an active condition has another cause.
    driven: bool,
    value: f64,
    /// The left side of an expression such as `rate(…) > 0.9`.
    compared: Option<f64>,
    since: String,
    /// The predicted time from a trigger until the condition holds.
    rise_seconds: Option<f64>,
}

impl<'a> AlertBody<'a> {
    fn of(state: &'a AlertStatus, catalogue: &CheckedCatalogue) -> Self {
        let alert = &state.alert;
        Self {
            name: &alert.name,
            family: &alert.family,
            severity: &alert.severity,
            metric: &alert.metric,
            labels: &alert.labels,
            threshold: alert.threshold,
            window: alert.window.map(format_duration),
            expr: &alert.expr,
            for_duration: format_duration(alert.for_duration),
            condition: state.condition.to_string(),
            driven: state.driven,
            value: state.value,
            compared: state.compared,
            since: timestamp::format(&state.since),
            rise_seconds: catalogue.rise(&alert.name).map(|rise| rise.as_secs_f64()),
        }
    }
}

/// `GET /api/alerts`
pub(super) async fn list(
    actors: Data<Simulators>,
    catalogue: Data<CheckedCatalogue>,
) -> Result<HttpResponse, ApiError> {
    let states = try_join_all(actors.all().map(|(_, actor)| actor.send(ListAlerts))).await?;
    let states = states.iter().flatten();
    let by_name: BTreeMap<_, _> = states.map(|state| (&state.alert.name, state)).collect();
    let names = catalogue.alerts.iter().map(|alert| &alert.name);
    let bodies: Vec<_> = names
        .filter_map(|name| {
            by_name
                .get(name)
                .map(|state| AlertBody::of(state, &catalogue))
        })
        .collect();
    Ok(success_at(catalogue.timing.scale, bodies))
}

/// `GET /api/alerts/{name}`
pub(super) async fn one(
    request: HttpRequest,
    actors: Data<Simulators>,
    catalogue: Data<CheckedCatalogue>,
) -> Result<HttpResponse, ApiError> {
    let alert = find(&request, &catalogue)?;
    let states = actor(&actors, alert)?.send(ListAlerts).await?;
    answer(
        states
            .into_iter()
            .find(|state| state.alert.name == alert.name),
        &catalogue,
    )
}

/// `POST /api/alerts/{name}/trigger`
pub(super) async fn trigger(
    request: HttpRequest,
    body: Payload,
    actors: Data<Simulators>,
    catalogue: Data<CheckedCatalogue>,
    access: Data<Access>,
) -> Result<HttpResponse, ApiError> {
    let alert = to_change(&request, &catalogue, &access)?;
    let stimulus = body::adjustment(body)
        .await?
        .stimulus(alert, &catalogue.timing)?;
    let message = Trigger {
        alert: alert.clone(),
        stimulus,
    };
    let state = actor(&actors, alert)?.send(message).await?;
    let done = format!(
        "alert {} triggered: {}",
        alert.name,
        pattern(stimulus.pattern)
    );
    log_action(&request, &done);
    answer(state, &catalogue)
}

/// `POST /api/alerts/{name}/recover`
pub(super) async fn recover(
    request: HttpRequest,
    body: Payload,
    actors: Data<Simulators>,
    catalogue: Data<CheckedCatalogue>,
    access: Data<Access>,
) -> Result<HttpResponse, ApiError> {
    let alert = to_change(&request, &catalogue, &access)?;
    body::empty(body).await?;
    let message = Recover {
        alert: alert.clone(),
    };
    let state = actor(&actors, alert)?.send(message).await?;
    log_action(&request, &format!("alert {} recovered", alert.name));
    answer(state, &catalogue)
}

/// The alert that a request names, if the request may change it.
fn to_change<'c>(
    request: &HttpRequest,
    catalogue: &'c CheckedCatalogue,
    access: &Access,
) -> Result<&'c Arc<Alert>, ApiError> {
    let alert = find(request, catalogue)?;
    access.may_change(request.peer_addr(), request.headers())?;
    Ok(alert)
}

fn find<'c>(
    request: &HttpRequest,
    catalogue: &'c CheckedCatalogue,
) -> Result<&'c Arc<Alert>, ApiError> {
    let name = name(request);
    catalogue.alert(&name).ok_or_else(|| {
        let names = catalogue.alerts.iter().map(|alert| alert.name.as_str());
        no_such("alert", &name, &names.collect::<Vec<_>>())
    })
}

fn actor<'a>(actors: &'a Simulators, alert: &Alert) -> Result<&'a Addr<SimulatorActor>, ApiError> {
    let actor = actors.of_alert(alert);
    actor.ok_or_else(|| ApiError::Internal(format!("no actor owns {}", alert.metric)))
}

fn answer(
    state: Option<AlertStatus>,
    catalogue: &CheckedCatalogue,
) -> Result<HttpResponse, ApiError> {
    let state = state.ok_or_else(|| ApiError::Internal("an actor lacks its alert".to_owned()))?;
    Ok(success(AlertBody::of(&state, catalogue)))
}

/// Describes a pattern in the log.
fn pattern(pattern: Pattern) -> String {
    match pattern {
        Pattern::Hold { to } => format!("holds {}", format_number(to)),
        Pattern::Ramp { to, over } => format!(
            "rises to {} over {}",
            format_number(to),
            format_duration(over)
        ),
        Pattern::Spike { to, half_life } => {
            format!(
                "jumps to {}, half-life {}",
                format_number(to),
                format_duration(half_life)
            )
        }
        Pattern::Growth { per_second, .. } => {
            format!("grows by {} a second", format_number(per_second))
        }
        Pattern::Flapping { to, every } => format!(
            "flaps to {} every {}",
            format_number(to),
            format_duration(every)
        ),
        Pattern::Burst { count, every } => format!(
            "counts {} every {}",
            format_number(count),
            format_duration(every)
        ),
    }
}

impl From<InvalidAdjustment> for ApiError {
    fn from(invalid: InvalidAdjustment) -> Self {
        Self::parameter(invalid.key, invalid.must)
    }
}
