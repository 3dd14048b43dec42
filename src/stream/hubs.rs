//! The hubs of all channels. A channel is defined in `messages/channel.rs` and gets its hub here.

use std::{any::Any, sync::Arc};

use actix::{Actor, Addr, Recipient};

use super::{hub::Hub, messages::RegisterRelay, metrics::StreamMetrics};
use crate::messages::{
    Publish,
    channel::{Alerts, Channel, ChannelName, Instant, Metrics, Range},
};

/// The hub of the channel `instant`.
pub type InstantHub = Hub<Instant>;
/// The hub of the channel `range`.
pub type RangeHub = Hub<Range>;
/// The hub of the channel `metrics`.
pub type MetricsHub = Hub<Metrics>;
/// The hub of the channel `alerts`.
pub type AlertHub = Hub<Alerts>;

/// The hubs of all channels, by [`ChannelName::index`].
#[derive(Clone)]
pub struct Hubs([Started; ChannelName::ALL.len()]);

#[derive(Clone)]
struct Started {
    /// An `Addr<Hub<C>>` of the channel `C`.
    addr: Arc<dyn Any + Send + Sync>,
    register: Recipient<RegisterRelay>,
}

impl Hubs {
    /// Starts them. Readers of each may hold `pinned_bytes` of frames before the latest.
    pub fn start(metrics: &StreamMetrics, pinned_bytes: usize) -> Self {
        Self::of_started(
            &started(metrics, pinned_bytes),
            &started(metrics, pinned_bytes),
            &started(metrics, pinned_bytes),
            &started(metrics, pinned_bytes),
        )
    }

    /// Those that somebody else has started.
    pub fn of_started(
        instant: &Addr<InstantHub>,
        range: &Addr<RangeHub>,
        metrics: &Addr<MetricsHub>,
        alerts: &Addr<AlertHub>,
    ) -> Self {
        Self(ChannelName::ALL.map(|channel| match channel {
            ChannelName::Instant => Started::new(instant),
            ChannelName::Range => Started::new(range),
            ChannelName::Metrics => Started::new(metrics),
            ChannelName::Alerts => Started::new(alerts),
        }))
    }

    /// The hub of the channel `C`.
    pub fn of<C: Channel>(&self) -> Addr<Hub<C>> {
        let addr = &self.0[C::NAME.index()].addr;
        let addr = addr.downcast_ref::<Addr<Hub<C>>>();
        addr.expect("each channel's hub is started with its own type")
            .clone()
    }

    /// Where frames of the channel `C` are published.
    pub fn publisher<C: Channel>(&self) -> Recipient<Publish<C>> {
        self.of::<C>().recipient()
    }

    /// Where a relay registers, by [`ChannelName::index`].
    pub fn registrations(&self) -> [Recipient<RegisterRelay>; ChannelName::ALL.len()] {
        self.0.clone().map(|hub| hub.register)
    }

    /// True while every hub lives. (A dead one ends the process; readiness must not say 200 in between.)
    pub fn live(&self) -> bool {
        self.0.iter().all(|hub| hub.register.connected())
    }
}

impl Started {
    fn new<C: Channel>(addr: &Addr<Hub<C>>) -> Self {
        Self {
            register: addr.clone().recipient(),
            addr: Arc::new(addr.clone()),
        }
    }
}

fn started<C: Channel>(metrics: &StreamMetrics, pinned_bytes: usize) -> Addr<Hub<C>> {
    let hub = Hub::new(metrics.clone());
    hub.pinning_at_most(pinned_bytes).start()
}
