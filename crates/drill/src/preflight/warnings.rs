//! What is missing for a drill to succeed, or for its time budgets to be right.

use std::time::Duration;

use alerting::format_duration;
use chrono::TimeDelta;
use tokio::time::timeout;

use super::{DEFAULT_POLL_INTERVAL, Preflight};
use crate::observers::servers::Servers;

/// For the question at the end of a drill.
const METRICS_TIMEOUT: Duration = Duration::from_secs(5);

/// Why every rule is doubtful after a refused reload.
pub(crate) const RELOAD_FAILED: &str =
    "Prometheus could not read its configuration again (reloadConfigSuccess is false)";

/// One line for each thing that is missing.
pub(crate) fn setup_warnings(preflight: &Preflight, servers: &Servers) -> Vec<String> {
    let mut warnings = Vec::new();
    if preflight.reload_failed {
        warnings.push(format!(
            "{RELOAD_FAILED}: it works with the rules that it had before; its log says what is wrong"
        ));
    }
    warnings.extend(clock_warning(preflight.clock_skew));
    match &preflight.target {
        None => warnings.push(format!(
            "Prometheus scrapes no target at {}: add the simulator to its scrape_configs",
            servers.simulator.address()
        )),
        Some(target) if target.health == "down" => warnings.push(format!(
            "Prometheus cannot scrape the simulator at {}: {}",
            target.scrape_url, target.last_error
        )),
        Some(_) => {}
    }
    if preflight.alertmanagers.is_empty() {
        warnings.push(format!(
            "Prometheus sends alerts to no Alertmanager: add {} to alerting.alertmanagers of its configuration",
            servers.alertmanager.address()
        ));
    }
    if preflight.gateway.poll_interval.is_none() {
        warnings.push(format!(
            "the gateway does not say how often it polls: {} are assumed",
            format_duration(DEFAULT_POLL_INTERVAL)
        ));
    }
    warnings
}

fn clock_warning(skew: TimeDelta) -> Option<String> {
    let (by, direction) = match skew < TimeDelta::zero() {
        true => (-skew, "behind"),
        false => (skew, "ahead of"),
    };
    (!skew.is_zero()).then(|| {
        format!(
            "Prometheus' clock is {:.0} s {direction} this machine's, which is taken into account",
            by.as_seconds_f64()
        )
    })
}

/// A warning if the gateway has accepted no webhook since the preflight, although alerts arrived at the browser.
pub(crate) async fn missing_webhook_warning(
    preflight: &Preflight,
    servers: &Servers,
) -> Option<String> {
    let now = timeout(METRICS_TIMEOUT, servers.gateway.api.metrics()).await;
    let now = now.ok()?.ok()?.accepted_webhooks?;
    (now <= preflight.gateway.accepted_webhooks?).then(|| {
        "the gateway received no webhook from Alertmanager, and found the alerts by its poll alone: let Alertmanager post \
         to /api/alerts/webhook of the gateway (Ai/output/drills.md says how)"
            .to_owned()
    })
}
