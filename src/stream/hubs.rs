//! The hubs of all channels that `messages/channel.rs` declares.

use std::{any::Any, sync::Arc};

use actix::{Actor, Addr, Recipient};

use super::{hub::Hub, messages::RegisterRelay, metrics::StreamMetrics};
use crate::messages::{
    Publish,
    channel::{Alerts, Channel, ChannelName, ChannelVisitor, Instant, Metrics, Range},
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
pub struct Hubs([StartedHub; ChannelName::ALL.len()]);

/// The hub of one channel, whichever it is.
#[derive(Clone)]
pub struct StartedHub {
    /// An `Addr<Hub<C>>` of the channel `C`.
    addr: Arc<dyn Any + Send + Sync>,
    register: Recipient<RegisterRelay>,
}

impl Hubs {
    /// Starts them. Readers of each may hold `pinned_bytes` of frames before the latest.
    pub fn start(metrics: &StreamMetrics, pinned_bytes: usize) -> Self {
        let start = StartHub {
            metrics,
            pinned_bytes,
        };
        Self::start_with(start)
    }

    /// Starts each with `start`.
    pub fn start_with(start: impl ChannelVisitor<Output = StartedHub> + Copy) -> Self {
        Self(ChannelName::ALL.map(|channel| channel.visit(start)))
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

impl<C: Channel> From<Addr<Hub<C>>> for StartedHub {
    fn from(addr: Addr<Hub<C>>) -> Self {
        Self {
            register: addr.clone().recipient(),
            addr: Arc::new(addr),
        }
    }
}

#[derive(Clone, Copy)]
struct StartHub<'s> {
    metrics: &'s StreamMetrics,
    pinned_bytes: usize,
}

impl ChannelVisitor for StartHub<'_> {
    type Output = StartedHub;

    fn visit<C: Channel>(self) -> StartedHub {
        let hub = Hub::<C>::new(self.metrics.clone());
        hub.pinning_at_most(self.pinned_bytes).start().into()
    }
}
