//! The channels that a browser can subscribe to.

use super::snapshot::Snapshot;

/// Declares the channels: each is a type, which implements [`Channel`] below, and a name.
macro_rules! channels {
    ($($(#[doc = $doc:literal])* $channel:ident = $name:literal,)*) => {
        /// A channel's name, as clients write it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ChannelName {
            $($(#[doc = $doc])* $channel,)*
        }

        $(
            $(#[doc = $doc])*
            #[derive(Debug)]
            pub struct $channel;
        )*

        impl ChannelName {
            /// All channels, in the order of their [`index`](Self::index).
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$channel),*];

            /// The name on the wire.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$channel => $name,)*
                }
            }

            /// Does something with the channel's type.
            pub fn visit<V: ChannelVisitor>(self, visitor: V) -> V::Output {
                match self {
                    $(Self::$channel => visitor.visit::<$channel>(),)*
                }
            }
        }
    };
}

channels! {
    /// Instant vectors, as Prometheus sent them.
    Instant = "instant",
    /// Range matrices, as Prometheus sent them.
    Range = "range",
    /// Sums over series.
    Metrics = "metrics",
    /// Active alerts, as Prometheus sent them.
    Alerts = "alerts",
}

/// What is done for each channel with its type.
pub trait ChannelVisitor {
    /// What it gives.
    type Output;

    /// Does it for the channel `C`.
    fn visit<C: Channel>(self) -> Self::Output;
}

impl ChannelName {
    /// The channel of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|channel| channel.as_str() == name)
    }

    /// A small number, to keep one thing per channel in an array.
    pub fn index(self) -> usize {
        self as usize
    }
}

/// What tells one channel's hub from another's.
pub trait Channel: Send + Unpin + 'static {
    /// The channel's name.
    const NAME: ChannelName;
    /// The `type` of its frames.
    const FRAME_TYPE: &'static str;
    /// Whether its frames say if they are stale.
    const TELLS_STALE: bool;
    /// Whether a heartbeat stands for a frame whose `data` would be, byte for byte, that of the frame before.
    const SKIPS_UNCHANGED: bool;

    /// Appends the frame's `data`, a JSON object.
    fn write_data(snapshot: &Snapshot, out: &mut Vec<u8>);

    /// Appends what stands beside `data` besides, each with a comma before it.
    fn write_beside(_snapshot: &Snapshot, _out: &mut Vec<u8>) {}
}

impl Channel for Instant {
    const NAME: ChannelName = ChannelName::Instant;
    const FRAME_TYPE: &'static str = "instant_metrics";
    const TELLS_STALE: bool = true;
    const SKIPS_UNCHANGED: bool = false;

    fn write_data(snapshot: &Snapshot, out: &mut Vec<u8>) {
        snapshot.write_raw(out);
    }
}

impl Channel for Range {
    const NAME: ChannelName = ChannelName::Range;
    const FRAME_TYPE: &'static str = "range_metrics";
    const TELLS_STALE: bool = true;
    const SKIPS_UNCHANGED: bool = true;

    fn write_data(snapshot: &Snapshot, out: &mut Vec<u8>) {
        snapshot.write_raw(out);
    }
}

impl Channel for Alerts {
    const NAME: ChannelName = ChannelName::Alerts;
    const FRAME_TYPE: &'static str = "alerts";
    const TELLS_STALE: bool = true;
    const SKIPS_UNCHANGED: bool = false;

    fn write_data(snapshot: &Snapshot, out: &mut Vec<u8>) {
        snapshot.write_sole(out);
    }

    fn write_beside(snapshot: &Snapshot, out: &mut Vec<u8>) {
        snapshot.write_alertmanager(out);
    }
}
