//! Starts what concerns alerts.

use std::time::Duration;

use actix::{Actor, Addr, Recipient};
use program::exit::ProgramError;
use prometheus_api::{alertmanager::client::Alertmanager, client::ApiOptions};

use super::{
    alertmanager_poller::{AlertmanagerPoller, AlertmanagerStatus},
    settings::Webhook,
    webhook::{ROUTES, Webhooks},
};
use crate::{
    entrance::{Feature, Probe, Role, Shared, failed},
    messages::{PollAlertsNow, Publish, channel::Alerts},
};

/// What stands between the poller and the hub of alerts.
pub struct Enrichment {
    /// Where the poller publishes alerts.
    pub publisher: Recipient<Publish<Alerts>>,
    poller: Option<Addr<AlertmanagerPoller>>,
}

/// Lets alerts pass through a poller of Alertmanager, if there is an Alertmanager, on their way to `hub`. It is asked with
/// `alertmanager`, and each answer is waited for as long as `timeout`.
pub fn enrich(
    alertmanager: Option<ApiOptions>,
    timeout: Duration,
    hub: Recipient<Publish<Alerts>>,
    shared: &Shared,
) -> Enrichment {
    let Some(options) = alertmanager else {
        return Enrichment {
            publisher: hub,
            poller: None,
        };
    };
    let sources = shared.telemetry.sources.clone();
    let poller = AlertmanagerPoller::start_in_arbiter(&shared.pollers.handle(), move |_| {
        AlertmanagerPoller::new(Alertmanager::new(options), timeout, hub, sources)
    });
    Enrichment {
        publisher: poller.clone().recipient(),
        poller: Some(poller),
    }
}

/// The feature: the webhook, which makes the poller ask for alerts at once, and the probe of Alertmanager.
///
/// # Errors
/// When a metric's name is used twice: a mistake in the program.
pub fn webhook(
    settings: &Webhook,
    enrichment: &Enrichment,
    poll_now: Recipient<PollAlertsNow>,
    shared: &Shared,
) -> Result<Feature, ProgramError> {
    let webhooks = Webhooks::new(settings, poll_now, &shared.telemetry).map_err(failed)?;
    let feature = Feature::new(ROUTES).with(webhooks);
    Ok(match &enrichment.poller {
        Some(poller) => feature.depending_on(probe(poller.clone())),
        None => feature,
    })
}

/// What is known of alerts is true without Alertmanager: it does not make the gateway `degraded`.
fn probe(poller: Addr<AlertmanagerPoller>) -> Probe {
    let asked = "the poller of Alertmanager";
    Probe::new("alertmanager", Role::Optional, asked, move || {
        let check = poller.send(AlertmanagerStatus);
        async move { check.await.ok() }
    })
}
