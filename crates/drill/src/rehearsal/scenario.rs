//! A scenario's rehearsal: the simulator runs the scenario, and each of its alerts is rehearsed meanwhile.

use chrono::{TimeDelta, Utc};
use futures_util::future::join_all;
use prometheus_api::json_api::JsonApiError;

use super::Rehearsal;
use crate::{
    context::DrillContext, observers::simulator::OwnRun, recorder::record::StageError,
    stages::Stage, time::Moment,
};

/// Runs the scenario `name` and the rehearsals of its alerts.
pub(crate) async fn rehearse(context: &DrillContext, name: &str, rehearsals: &[Rehearsal<'_>]) {
    if !prepare_all(rehearsals).await {
        return;
    }
    let started_at = match start(context, name).await {
        Ok(started_at) => started_at,
        Err(error) => {
            for rehearsal in rehearsals {
                rehearsal.end(Err(rehearsal.simulator_error(Stage::Trigger, &error)));
            }
            return;
        }
    };
    for rehearsal in rehearsals {
        let delay = TimeDelta::from_std(rehearsal.runner.alert.triggered_after);
        rehearsal.triggered(started_at + delay.unwrap_or_default());
    }
    let arrived = join_all(rehearsals.iter().map(Rehearsal::rise)).await;
    let stopped_at = Utc::now();
    let stopped = context.stop_scenario().await;
    let resolved = rehearsals.iter().zip(arrived);
    let resolved = resolved.map(async |(rehearsal, arrived)| {
        let stopped_at = stopped.as_ref().map(|()| stopped_at);
        let result = resolve(rehearsal, arrived, stopped_at).await;
        rehearsal.end(result);
    });
    join_all(resolved).await;
}

/// Prepares all rehearsals. If one is not ready, all end.
async fn prepare_all(rehearsals: &[Rehearsal<'_>]) -> bool {
    let prepared = join_all(rehearsals.iter().map(|rehearsal| rehearsal.prepare(false))).await;
    let Some(first) = prepared.iter().position(Result::is_err) else {
        return true;
    };
    let first = &rehearsals[first].runner.alert.key;
    for (rehearsal, result) in rehearsals.iter().zip(prepared) {
        rehearsal.end(result.and_then(|()| {
            let why = format!("the scenario was not started: {first} is not ready");
            Err(StageError::failed(Stage::Trigger, why))
        }));
    }
    false
}

/// Starts the scenario; gives when.
async fn start(context: &DrillContext, name: &str) -> Result<Moment, JsonApiError> {
    let simulator = &context.servers.simulator.api;
    let unconfirmed = OwnRun::Unconfirmed {
        name: name.to_owned(),
        previous: simulator.running_scenario().await?,
    };
    context.scenario.replace(Some(unconfirmed));
    let started_at = Utc::now();
    match simulator.start_scenario(name).await {
        Ok(run) => drop(context.scenario.replace(Some(OwnRun::Confirmed(run)))),
        Err(error) => {
            if matches!(error, JsonApiError::Status(..)) {
                // The simulator refused, and runs nothing for us.
                context.scenario.take();
            }
            return Err(error);
        }
    }
    Ok(started_at)
}

async fn resolve(
    rehearsal: &Rehearsal<'_>,
    arrived: Result<(), StageError>,
    stopped_at: Result<Moment, &JsonApiError>,
) -> Result<(), StageError> {
    arrived?;
    let stopped_at =
        stopped_at.map_err(|error| rehearsal.simulator_error(Stage::Recover, error))?;
    rehearsal.resolve(stopped_at).await
}
