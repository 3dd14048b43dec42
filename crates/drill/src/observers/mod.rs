//! All that speaks HTTP: the clients of the four servers, and one observer per server, shared by all rehearsals.

pub(crate) mod feed;
pub(crate) mod gateway;
mod queries;
pub(crate) mod servers;
pub(crate) mod simulator;

use std::{rc::Rc, time::Duration};

use actix_rt::task::JoinHandle;
use prometheus_api::{
    json_api::JsonApiError,
    typed::{alert::ActiveAlert, alertmanager::AlertmanagerAlert},
};
use tokio::sync::watch::Sender;

use crate::{
    alert_key::label_differences, rehearsed_alert::RehearsedAlert, stages::plan::Condition,
    time::Moment,
};
use feed::{Observation, ObservationFeed, empty_feed, publish, wait_until};
use gateway::GatewayApi;
use queries::{KeyedSample, RegisteredQueries};
use servers::Servers;

/// Between two attempts to connect to the gateway.
const RECONNECT_PAUSE: Duration = Duration::from_secs(1);

/// The observers. They end when this is dropped.
pub(crate) struct Observers {
    query_results: ObservationFeed<KeyedSample>,
    /// The active alerts of Prometheus.
    pub(crate) prometheus: ObservationFeed<ActiveAlert>,
    /// The alerts of Alertmanager.
    pub(crate) alertmanager: ObservationFeed<AlertmanagerAlert>,
    /// The alerts of the last frame that a browser would have.
    pub(crate) browser: ObservationFeed<ActiveAlert>,
    queries: RegisteredQueries,
    tasks: Vec<JoinHandle<()>>,
}

/// What an observer saw when a condition was met.
#[derive(Debug, Clone)]
pub(crate) enum Observed {
    /// The alert as Prometheus or the gateway has it.
    Active(ActiveAlert),
    /// The alert as Alertmanager has it.
    InAlertmanager(AlertmanagerAlert),
    /// A result of its expression, or that it is gone.
    Nothing,
}

impl Observers {
    /// Starts to ask Prometheus and Alertmanager at each `interval`. A frame of the gateway is valid for `frame_timeout`.
    pub(crate) fn start(servers: &Servers, interval: Duration, frame_timeout: Duration) -> Self {
        let mut tasks = Vec::new();
        let queries = RegisteredQueries::default();
        let (client, registered) = (servers.prometheus.api.clone(), queries.clone());
        let ask = async move || registered.run(&client).await;
        let query_results = poll(&mut tasks, interval, ask);
        let client = servers.prometheus.api.clone();
        let prometheus = poll(&mut tasks, interval, async move || client.alerts().await);
        let client = servers.alertmanager.api.clone();
        let alertmanager = poll(&mut tasks, interval, async move || client.alerts().await);
        let (sender, browser) = empty_feed();
        let client = servers.gateway.api.clone();
        tasks.push(actix_rt::spawn(receive_frames(
            client,
            frame_timeout,
            sender,
        )));
        Self {
            query_results,
            prometheus,
            alertmanager,
            browser,
            queries,
            tasks,
        }
    }

    /// Waits until `condition` is met for an alert, at most until `deadline`. Gives what was observed, and when.
    pub(crate) async fn wait_for(
        &self,
        condition: Condition,
        alert: &RehearsedAlert,
        deadline: Moment,
    ) -> Option<(Observed, Moment)> {
        let key = &alert.key;
        let active =
            |alerts: &[ActiveAlert]| key.find_active(alerts).cloned().map(Observed::Active);
        let firing = |alerts: &[ActiveAlert]| {
            let found = key.find_active(alerts).filter(|alert| alert.is_firing());
            found.cloned().map(Observed::Active)
        };
        let gone = |alerts: &[ActiveAlert]| gone(key.find_active(alerts));
        match condition {
            Condition::ExpressionHolds => self.wait_for_result(alert, deadline).await,
            Condition::ActiveInPrometheus => wait_until(&self.prometheus, deadline, active).await,
            Condition::FiringInPrometheus => wait_until(&self.prometheus, deadline, firing).await,
            Condition::FiringInBrowser => wait_until(&self.browser, deadline, firing).await,
            Condition::GoneFromPrometheus => wait_until(&self.prometheus, deadline, gone).await,
            Condition::GoneFromBrowser => wait_until(&self.browser, deadline, gone).await,
            Condition::InAlertmanager => {
                let arrived = |alerts: &[AlertmanagerAlert]| {
                    let found = alert.find_delivered(alerts)?;
                    Some(Observed::InAlertmanager(found.clone()))
                };
                wait_until(&self.alertmanager, deadline, arrived).await
            }
            Condition::GoneFromAlertmanager => {
                let gone =
                    |alerts: &[AlertmanagerAlert]| self::gone(key.find_in_alertmanager(alerts));
                wait_until(&self.alertmanager, deadline, gone).await
            }
        }
    }

    async fn wait_for_result(
        &self,
        alert: &RehearsedAlert,
        deadline: Moment,
    ) -> Option<(Observed, Moment)> {
        let query = self.queries.register(&alert.alert.name, &alert.alert.expr);
        let has_labels = |result: &KeyedSample| {
            let differences = label_differences(&alert.key.labels, &result.sample.labels);
            result.key == query.key() && differences.is_empty()
        };
        wait_until(&self.query_results, deadline, |results| {
            results.iter().any(has_labels).then_some(Observed::Nothing)
        })
        .await
    }
}

impl Drop for Observers {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

fn gone<T>(found: Option<&T>) -> Option<Observed> {
    found.is_none().then_some(Observed::Nothing)
}

/// Publishes what `ask` gives at each `interval`.
fn poll<T: 'static>(
    tasks: &mut Vec<JoinHandle<()>>,
    interval: Duration,
    ask: impl AsyncFn() -> Result<Vec<T>, JsonApiError> + 'static,
) -> ObservationFeed<T> {
    let (sender, feed) = empty_feed();
    tasks.push(actix_rt::spawn(async move {
        let mut ticks = tokio::time::interval(interval);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            publish(&sender, ask().await.map_err(|error| error.to_string()));
        }
    }));
    feed
}

/// Publishes each frame of the gateway, and connects again whenever the socket ends.
async fn receive_frames(
    gateway: GatewayApi,
    frame_timeout: Duration,
    feed: Sender<Rc<Observation<ActiveAlert>>>,
) {
    let stale = || Err("says that it cannot see Prometheus (`stale`)".to_owned());
    loop {
        let error = match gateway.connect().await {
            Err(error) => error,
            Ok(mut socket) => loop {
                match socket.next(frame_timeout).await {
                    Err(error) => break error,
                    Ok(frame) if frame.stale => publish(&feed, stale()),
                    Ok(frame) => publish(&feed, Ok(frame.alerts)),
                }
            },
        };
        publish(&feed, Err(error.to_string()));
        tokio::time::sleep(RECONNECT_PAUSE).await;
    }
}
