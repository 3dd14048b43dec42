//! The cast.
//!
//! | actor            | how many       | where it runs               | owns                               | dies with   |
//! |------------------|----------------|-----------------------------|------------------------------------|-------------|
//! | [`PromPoller`]   | 1              | an arbiter of its own       | the beat, the last answers         | the process |
//! | [`InstantHub`], [`RangeHub`], [`MetricsHub`], [`AlertHub`] | 1 each | main arbiter    | its relays, the latest frame | the process |
//! | [`AlertmanagerPoller`] | 1, or none | the poller's arbiter      | what Alertmanager said last        | the process |
//! | [`Relay`]        | 1 per worker and channel | that worker       | its channel's subscribers there    | its worker  |
//! | [`IncidentRepo`] | 1, or none     | main arbiter                | the pool, answers of the last second | the process |
//! | [`Session`]      | 1 per socket   | the worker that accepted it | subscriptions, heartbeat           | its socket  |
//!
//! Actors do not know each other: they know [`messages`](crate::messages) and hold recipients. Session and Relay of a worker share its
//! [`subscribers`](crate::stream::subscribers): a session takes its seats there, the relay writes to whoever sits. A panic in a process-long actor, or
//! while a relay writes, ends the process; one in a session ends that session alone.
//!
//! [`AlertmanagerPoller`]: alertmanager_poller::AlertmanagerPoller
//! [`IncidentRepo`]: incident_repo::IncidentRepo
//! [`PromPoller`]: prom_poller::PromPoller
//! [`Relay`]: crate::stream::relay::Relay
//! [`Session`]: crate::stream::session::Session

use actix::{Addr, Recipient};

use crate::messages::Enlist;
use crate::{
    alerts::alertmanager_poller,
    incidents::incident_repo,
    messages::channel::ChannelName,
    stream::{AlertHub, InstantHub, MetricsHub, RangeHub, prom_poller},
};

/// The process-long actors, for those who ask them: the routes.
#[derive(Clone)]
#[allow(missing_docs, reason = "each is named after its type")]
pub struct Actors {
    /// Or the setting by which incidents are switched off.
    pub incidents: Result<Addr<incident_repo::IncidentRepo>, &'static str>,
    pub poller: Addr<prom_poller::PromPoller>,
    /// None where there is no Alertmanager.
    pub alertmanager: Option<Addr<alertmanager_poller::AlertmanagerPoller>>,
    pub instant_hub: Addr<InstantHub>,
    pub range_hub: Addr<RangeHub>,
    pub metrics_hub: Addr<MetricsHub>,
    pub alert_hub: Addr<AlertHub>,
}

impl Actors {
    /// Where a relay enlists, by [`ChannelName::index`].
    pub fn hubs(&self) -> [Recipient<Enlist>; ChannelName::ALL.len()] {
        ChannelName::ALL.map(|channel| match channel {
            ChannelName::Instant => self.instant_hub.clone().recipient(),
            ChannelName::Range => self.range_hub.clone().recipient(),
            ChannelName::Metrics => self.metrics_hub.clone().recipient(),
            ChannelName::Alerts => self.alert_hub.clone().recipient(),
        })
    }

    /// True while every hub lives. (A dead one ends the process; readiness must not say 200 in between.)
    pub fn hubs_live(&self) -> bool {
        self.instant_hub.connected()
            && self.range_hub.connected()
            && self.metrics_hub.connected()
            && self.alert_hub.connected()
    }
}
