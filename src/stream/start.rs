//! Starts the stream: the hubs, the poller, and what WebSockets are held to.

use std::{rc::Rc, sync::Arc, time::Duration};

use actix::{Actor, Addr, Recipient};
use http_kit::connection::listener;
use log::info;
use program::{
    capacity::{self, Capacity, Requested, SessionCost},
    exit::ProgramError,
    settings::{Secret, SettingsError, redacted},
};
use prometheus_api::{client::ApiOptions, prometheus::Prometheus};
use url::Url;

use super::{
    Hubs, PromPoller,
    messages::PollerStatus,
    metrics::StreamMetrics,
    plan::{Audience, Plan, Upstream},
    query::{InstantQuery, RangeQuery},
    relay::Relay,
    routes::{Federated, ROUTES},
    session::SessionContext,
    session_places::SessionPlaces,
    settings::{self, Instant, InstantChannel, Range, WebSocket},
    socket::guard::Limits,
    upgrade::{UpgradeGate, upgrade},
};
use crate::{
    entrance::{Feature, Probe, Role, Shared, StartUpgrades, failed},
    messages::{PollAlertsNow, Publish, channel::Alerts, check::Check},
};

/// What the stream is made of.
#[derive(Clone, Copy)]
pub struct StreamSettings<'s> {
    /// `[prometheus]`
    pub prometheus: &'s settings::Prometheus,
    /// `[websocket]`
    pub websocket: &'s WebSocket,
    /// `[[instant]]`
    pub instant: &'s [Instant],
    /// `[[range]]`
    pub range: &'s [Range],
}

/// The stream, started.
pub struct Stream {
    /// For the entrance.
    pub feature: Feature,
    /// Who asks for alerts at once.
    pub poll_alerts_now: Recipient<PollAlertsNow>,
    /// The open sessions, to be ended.
    pub places: Arc<SessionPlaces>,
}

/// Starts the poller, which publishes alerts to `alerts` and the rest to `hubs`. `max_sessions` are admitted.
///
/// # Errors
/// When an address is none, which the settings have refused.
pub fn start(
    settings: StreamSettings<'_>,
    max_sessions: usize,
    hubs: Hubs,
    metrics: StreamMetrics,
    alerts: Recipient<Publish<Alerts>>,
    shared: &Shared,
) -> Result<Stream, ProgramError> {
    let poller = start_poller(settings, &hubs, metrics.clone(), alerts, shared)?;
    let gate = settings.websocket.gate(max_sessions, &metrics, shared);
    let gate = Arc::new(gate);
    let feature = Feature::new(ROUTES).taking_over(upgrades(&gate, &hubs, &metrics));
    let [prometheus, alive] = probes(&poller, &hubs);
    let feature = feature
        .with(poller.clone())
        .with(Federated::default())
        .with(metrics)
        .depending_on(prometheus)
        .depending_on(alive)
        .with(hubs);
    Ok(Stream {
        feature,
        poll_alerts_now: poller.recipient(),
        places: gate.places.clone(),
    })
}

/// A relay per channel in each worker, and sessions that subscribe to them.
fn upgrades(gate: &Arc<UpgradeGate>, hubs: &Hubs, metrics: &StreamMetrics) -> StartUpgrades {
    let (gate, registrations) = (gate.clone(), hubs.registrations());
    let metrics = metrics.clone();
    Arc::new(move || {
        let gate = gate.clone();
        let subscribers = Rc::new(Relay::start_all(&registrations, &metrics));
        Rc::new(move |entrance, request, framed| {
            let (gate, subscribers) = (gate.clone(), subscribers.clone());
            Box::pin(async move { upgrade(&entrance, &gate, subscribers, request, framed).await })
        })
    })
}

fn start_poller(
    settings: StreamSettings<'_>,
    hubs: &Hubs,
    metrics: StreamMetrics,
    alerts: Recipient<Publish<Alerts>>,
    shared: &Shared,
) -> Result<Addr<PromPoller>, ProgramError> {
    let prometheus = settings.prometheus;
    let (queries, alerts_of) = (prometheus.queries()?, prometheus.alerts()?);
    let one_server = prometheus.alerts_url.is_empty();
    let (plan, audience) = (
        settings.plan(),
        Audience {
            instant: hubs.publisher(),
            range: hubs.publisher(),
            metrics: hubs.publisher(),
            alerts,
        },
    );
    Ok(PromPoller::start_in_arbiter(
        &shared.pollers.handle(),
        move |_| {
            let upstream = Upstream {
                queries: Prometheus::new(queries),
                alerts: Prometheus::new(alerts_of),
                one_server,
            };
            PromPoller::new(upstream, plan, audience, metrics)
        },
    ))
}

/// Whether Prometheus answers, and whether the poller and every hub live.
pub fn probes(poller: &Addr<PromPoller>, hubs: &Hubs) -> [Probe; 2] {
    let (asked, hubs) = (poller.clone(), hubs.clone());
    let prometheus = Probe::new("prometheus", Role::Needed, "the poller", {
        let poller = poller.clone();
        move || {
            let report = poller.send(PollerStatus);
            async move { Some(report.await.ok()?.prometheus) }
        }
    });
    let alive = Probe::new("poller", Role::Vital, "the poller", move || {
        let (report, live) = (asked.send(PollerStatus), hubs.live());
        async move {
            if !live {
                return Some(Check::unknown("a hub is gone"));
            }
            Some(report.await.ok()?.poller)
        }
    });
    [prometheus, alive]
}

impl StreamSettings<'_> {
    /// What is polled, and how often.
    fn plan(&self) -> Plan {
        let instant = self.instant.iter().map(|query| InstantQuery {
            name: query.name.as_str().into(),
            expr: query.query.clone(),
            raw: query.channels.contains(&InstantChannel::Instant),
            flat: query.channels.contains(&InstantChannel::Metrics),
        });
        let range = self.range.iter().map(|query| RangeQuery {
            name: query.name.as_str().into(),
            expr: query.query.clone(),
            window: Duration::from_secs(query.window_seconds),
            step: Duration::from_secs(query.step_seconds),
        });
        Plan {
            interval: self.prometheus.interval(),
            timeout: self.prometheus.timeout(),
            instant: instant.collect(),
            range: range.collect(),
        }
    }
}

impl settings::Prometheus {
    fn queries(&self) -> Result<ApiOptions, ProgramError> {
        let options = self.api(&self.url)?;
        let (url, interval) = (redacted(&options.url), self.interval());
        info!("polling {url} every {interval:?}");
        Ok(options)
    }

    fn alerts(&self) -> Result<ApiOptions, ProgramError> {
        if self.alerts_url.is_empty() {
            return self.api(&self.url);
        }
        let options = self.api(&self.alerts_url)?;
        info!("alerts are those of {}", redacted(&options.url));
        Ok(options)
    }

    /// How a server's API is asked.
    ///
    /// # Errors
    /// When the address is none.
    pub fn api(&self, address: &Secret) -> Result<ApiOptions, ProgramError> {
        Ok(ApiOptions {
            url: Url::parse(address.reveal()).map_err(failed)?,
            max_response_bytes: self.max_response_bytes,
        })
    }
}

impl WebSocket {
    /// Room for connections and for as many sessions as are set.
    ///
    /// # Errors
    /// When this machine does not hold as many sessions as somebody has set, in the file or variable `set_in`.
    pub fn capacity(
        &self,
        workers: usize,
        connections: usize,
        set_in: Option<&str>,
    ) -> Result<Capacity, SettingsError> {
        let requested = Requested {
            workers: listener::workers(workers),
            connections,
            sessions: self.max_sessions,
            sessions_set_in: set_in,
        };
        let cost = SessionCost::new(self.send_buffer_bytes, self.max_message_bytes);
        capacity::available(&requested, cost)
            .map_err(|why| SettingsError::one(format!("websocket.max_sessions: {why}")))
    }

    /// What WebSockets are held to.
    fn gate(&self, max_sessions: usize, metrics: &StreamMetrics, shared: &Shared) -> UpgradeGate {
        let sessions = SessionContext {
            epoch: uuid::Uuid::new_v4().simple().to_string(),
            ping_interval: Duration::from_secs_f64(self.ping_interval_seconds),
            metrics: metrics.clone(),
        };
        let places = SessionPlaces::new(
            max_sessions,
            self.max_sessions_per_address,
            shared.proxies.clone(),
            metrics.clone(),
        );
        UpgradeGate {
            sessions: Arc::new(sessions),
            limits: Limits {
                message_bytes: self.max_message_bytes,
                frames_per_second: self.max_frames_per_second,
            },
            stall_timeout: Duration::from_secs_f64(self.stall_timeout_seconds),
            send_buffer_bytes: self.send_buffer_bytes,
            places: Arc::new(places),
        }
    }
}
