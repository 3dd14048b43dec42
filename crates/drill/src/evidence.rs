//! What is looked up when a stage is not reached, so that the reason can be told.

use std::time::Duration;

use chrono::Utc;
use futures_util::join;
use simulator::{catalogue::Alert, prediction};

use crate::{
    servers::{
        Servers,
        prometheus::Sample,
        seen::{Held, Identity, Moment, Rule, Shown},
        server::Fault,
        simulator::{CALM, Driven},
        watch::Watch,
    },
    survey::Survey,
};
/// All that is known of an alert that did not get on. What could not be looked up says why.
#[derive(Debug, Clone)]
pub(super) struct Evidence {
    /// For how long the stage was waited for.
    pub(super) waited: Duration,
    /// For how long of that Prometheus did not answer, if that was long; and Alertmanager.
    pub(super) silent: (Option<Duration>, Option<Duration>),
    pub(super) rule: Option<Rule>,
    /// As the simulator has it.
    pub(super) driven: Result<Driven, String>,
    /// How it comes to be calm there, if it is not.
    pub(super) busy: Option<String>,
    /// Its series in Prometheus.
    pub(super) series: Result<Vec<Sample>, String>,
    /// For which series the catalogue's condition holds.
    pub(super) holding: Result<Vec<Sample>, String>,
    /// The alerts of its name in Prometheus.
    pub(super) shown: Result<Vec<Shown>, String>,
    /// The alerts of its name in Alertmanager.
    pub(super) held: Result<Vec<Held>, String>,
    /// Who keeps it quiet there.
    pub(super) quieted_by: Option<String>,
    /// The alerts of its name in the last frame of the gateway.
    pub(super) framed: Result<Vec<Shown>, String>,
    /// How old that frame is.
    pub(super) frame_age: Duration,
    /// Whether the gateway answers at all.
    pub(super) gateway: Result<(), String>,
    /// The Alertmanagers that Prometheus tells.
    pub(super) alertmanagers: Vec<String>,
    /// What is wrong with the set-up as a whole.
    pub(super) warnings: Vec<String>,
}

impl Evidence {
    /// Asks everybody.
    pub(super) async fn gather(
        servers: &Servers,
        watch: &Watch,
        survey: &Survey,
        (alert, identity): (&Alert, &Identity),
        begun: Moment,
    ) -> Self {
        let now = Utc::now();
        let silent = (
            watch.prometheus.borrow().silent(begun, now),
            watch.alertmanager.borrow().silent(begun, now),
        );
        let prometheus = &servers.prometheus;
        let selector = selector(alert);
        let (driven, series, holding, shown, held, gateway, survey) = join!(
            servers.simulator.alert(&alert.name),
            prometheus.query(&selector),
            prometheus.query(&alert.expr),
            prometheus.alerts(),
            servers.alertmanager.alerts(),
            servers.gateway.telemetry(),
            survey.again(servers),
        );
        let quiet = held.as_ref().ok().and_then(|all| {
            let ours = all.iter().find(|held| identity.is(&held.labels))?;
            (ours.status.state == "suppressed").then_some((ours, all))
        });
        let quieted_by = match quiet {
            Some((ours, all)) => Some(servers.alertmanager.quieted_by(ours, all).await),
            None => None,
        };
        let frame = watch.browser.borrow().clone();
        let framed = frame
            .seen
            .as_ref()
            .map_err(|fault| servers.gateway.0.told_words(fault));
        let named = |shown: Vec<Shown>| -> Vec<Shown> {
            shown
                .into_iter()
                .filter(|shown| identity.is_namesake(&shown.labels))
                .collect()
        };
        let of_prometheus = |fault: Fault| prometheus.0.told(&fault);
        let busy = driven.as_ref().ok();
        let busy = busy.filter(|driven| driven.condition != CALM);
        Self {
            waited: (now - begun).to_std().unwrap_or_default(),
            silent,
            rule: survey.rule(alert).cloned(),
            busy: busy.map(|driven| {
                servers
                    .simulator
                    .busy(driven, alert, prediction::lookback(alert), now)
            }),
            driven: driven.map_err(|fault| servers.simulator.0.told(&fault)),
            series: series.map_err(of_prometheus),
            holding: holding.map_err(of_prometheus),
            shown: shown.map(named).map_err(of_prometheus),
            held: held
                .map_err(|fault| servers.alertmanager.0.told(&fault))
                .map(|held| {
                    held.into_iter()
                        .filter(|held| identity.is_namesake(&held.labels))
                        .collect()
                }),
            quieted_by,
            framed: framed.cloned().map(named),
            frame_age: (now - frame.answered).to_std().unwrap_or_default(),
            gateway: gateway
                .map(drop)
                .map_err(|fault| servers.gateway.0.told(&fault)),
            alertmanagers: survey.alertmanagers.clone(),
            warnings: survey.warnings(servers),
        }
    }
}

/// The series of an alert, as PromQL selects it.
pub(super) fn selector(alert: &Alert) -> String {
    format!("{}{{{}}}", alert.metric, alert.series())
}
