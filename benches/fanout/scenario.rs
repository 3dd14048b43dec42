//! What is measured: how many sessions, how much for each, how often.

use std::time::Duration;

use crate::payload::{Kind, Payload};

/// Answers that differ, given in turn.
const VARIANTS: u32 = 3;

/// One row of the table, for each server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scenario {
    pub(crate) sessions: usize,
    pub(crate) kind: Kind,
    /// Whether a real Prometheus' answers stand for those of the kind.
    pub(crate) recorded: bool,
    pub(crate) bytes: usize,
    pub(crate) interval: Duration,
    /// Whether the clients offer permessage-deflate.
    pub(crate) deflate: bool,
}

const fn plain(sessions: usize, bytes: usize, interval_ms: u64) -> Scenario {
    Scenario {
        sessions,
        kind: Kind::Vector,
        recorded: false,
        bytes,
        interval: Duration::from_millis(interval_ms),
        deflate: false,
    }
}

/// All of them. An interval is long enough for the slowest server to be done before the next beat.
pub(crate) const ALL: [Scenario; 7] = [
    plain(9_000, 2_000, 1_500),
    plain(2_000, 20_000, 1_000),
    plain(9_000, 20_000, 2_000),
    plain(18_000, 20_000, 3_000),
    plain(2_000, 200_000, 2_000),
    plain(500, 1_000_000, 2_500),
    Scenario {
        kind: Kind::Matrix,
        recorded: true,
        deflate: true,
        ..plain(2_000, RECORDED_BYTES, 3_000)
    },
];

/// The size of recorded answers.
pub(crate) const RECORDED_BYTES: usize = 200_000;

/// Those of `--quick`: enough to try the bench itself.
pub(crate) const QUICK: [Scenario; 2] = [
    plain(500, 20_000, 1_000),
    Scenario {
        kind: Kind::Matrix,
        deflate: true,
        ..plain(200, 200_000, 1_000)
    },
];

impl Scenario {
    /// What Prometheus answers, in turn.
    pub(crate) fn payloads(&self, recorded: &[Payload]) -> Vec<Payload> {
        if self.recorded {
            return recorded.to_vec();
        }
        let payload = |variant| Payload::of(self.kind, self.bytes, variant);
        (0..VARIANTS).map(payload).collect()
    }
}
