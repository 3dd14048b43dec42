//! Gathers evidence about an alert that missed a stage: asks all four servers at once.

use alerting::Labels;
use chrono::Utc;
use prometheus_api::typed::{alert::ActiveAlert, alertmanager::AlertmanagerAlert};
use simulator::{catalogue::Alert, prediction};

use crate::{
    context::DrillContext,
    diagnosis::{alertmanager, evidence::Evidence, simulator::how_to_calm},
    observers::{servers::Servers, simulator::SimulatedAlert},
    preflight::warnings::setup_warnings,
    rehearsed_alert::{RehearsedAlert, series_selector},
    time::Moment,
};

/// What the servers say about `rehearsed`, whose stage was waited for since `begun`.
pub(super) async fn gather_evidence(
    context: &DrillContext,
    rehearsed: &RehearsedAlert,
    begun: Moment,
) -> Evidence {
    let now = Utc::now();
    let (alert, key) = (&rehearsed.alert, &rehearsed.key);
    let (servers, observers) = (&context.servers, &context.observers);
    let prometheus_silence = observers.prometheus.borrow().silence_since(begun, now);
    let alertmanager_silence = observers.alertmanager.borrow().silence_since(begun, now);
    let prometheus = &servers.prometheus;
    let selector = series_selector(alert);
    let (simulated, series, results, active, in_alertmanager, gateway, preflight) = tokio::join!(
        servers.simulator.api.alert(&alert.name),
        prometheus.api.query(&selector),
        prometheus.api.query(&alert.expr),
        prometheus.api.alerts(),
        servers.alertmanager.api.alerts(),
        servers.gateway.api.metrics(),
        context.preflight.refreshed(servers),
    );
    let suppressed_by = match &in_alertmanager {
        Ok(alerts) => suppressed_by(servers, rehearsed, alerts).await,
        Err(_) => None,
    };
    let not_calm = simulated.as_ref().ok();
    let not_calm = not_calm.filter(|simulated| !simulated.is_calm());
    let frame = observers.browser.borrow().clone();
    let in_last_frame = frame.content.clone();
    let in_last_frame = in_last_frame.map_err(|error| servers.gateway.describe_text(&error));
    let has_name = |labels: &Labels| key.has_name_of(labels);
    let named = |alerts| only(alerts, |alert: &ActiveAlert| has_name(&alert.labels));
    let in_alertmanager =
        in_alertmanager.map(|alerts| only(alerts, |alert| has_name(&alert.labels)));
    Evidence {
        waited: (now - begun).to_std().unwrap_or_default(),
        prometheus_silence,
        alertmanager_silence,
        rule: preflight.rule(alert).cloned(),
        not_calm: not_calm.map(|simulated| explain_not_calm(servers, alert, simulated)),
        simulated: servers.simulator.described(simulated),
        series: prometheus.described(series),
        results: prometheus.described(results),
        active: prometheus.described(active).map(named),
        in_alertmanager: servers.alertmanager.described(in_alertmanager),
        suppressed_by,
        in_last_frame: in_last_frame.map(named),
        frame_age: (now - frame.last_answer).to_std().unwrap_or_default(),
        gateway: servers.gateway.described(gateway).map(drop),
        alertmanagers: preflight.alertmanagers.clone(),
        warnings: setup_warnings(&preflight, servers),
    }
}

/// How an alert that is not calm in the simulator becomes calm.
pub(super) fn explain_not_calm(
    servers: &Servers,
    alert: &Alert,
    simulated: &SimulatedAlert,
) -> String {
    let commands = servers.simulator.api.recovery_commands(&simulated.name);
    let lookback = prediction::lookback(alert);
    how_to_calm(simulated, alert, lookback, Utc::now(), commands)
}

/// What suppresses the alert in Alertmanager, if something does. Without an answer, silences have no details.
async fn suppressed_by(
    servers: &Servers,
    rehearsed: &RehearsedAlert,
    alerts: &[AlertmanagerAlert],
) -> Option<String> {
    let found = rehearsed.key.find_in_alertmanager(alerts)?;
    if found.status.state != "suppressed" {
        return None;
    }
    let silences = match found.status.silenced_by.is_empty() {
        true => Vec::new(),
        false => {
            let silences = servers.alertmanager.api.silences().await;
            silences.unwrap_or_default()
        }
    };
    Some(alertmanager::suppressed_by(found, alerts, &silences))
}

fn only<T>(mut all: Vec<T>, is_meant: impl Fn(&T) -> bool) -> Vec<T> {
    all.retain(is_meant);
    all
}
