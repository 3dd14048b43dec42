//! What is asked of Prometheus.

use std::{sync::Arc, time::Duration};

/// An instant query (`/api/v1/query`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstantQuery {
    /// The key of its answer in a frame's `data`.
    pub name: Arc<str>,
    /// PromQL.
    pub expr: String,
    /// Its answer goes out on the channel `instant`.
    pub raw: bool,
    /// Its sum goes out on the channel `metrics`.
    pub flat: bool,
}

/// A range query (`/api/v1/query_range`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RangeQuery {
    /// The key of its answer in a frame's `data`.
    pub name: Arc<str>,
    /// PromQL.
    pub expr: String,
    /// How far back it looks.
    pub window: Duration,
    /// The distance between points.
    pub step: Duration,
}

impl RangeQuery {
    /// Start and end in Unix seconds at the time `now`, aligned to the step: points do not jitter from beat to beat,
    /// and a caching query front end sees the same request until the next step begins.
    pub fn start_and_end(&self, now: u64) -> (u64, u64) {
        let step = self.step.as_secs().max(1);
        let end = now - now % step;
        (end.saturating_sub(self.window.as_secs()), end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_stays_the_same_within_a_step() {
        let query = RangeQuery {
            name: "memory_usage_1h".into(),
            expr: "memory_usage_bytes".into(),
            window: Duration::from_secs(3600),
            step: Duration::from_secs(60),
        };
        assert_eq!(
            query.start_and_end(1_700_000_040),
            (1_699_996_440, 1_700_000_040)
        );
        assert_eq!(
            query.start_and_end(1_700_000_040),
            query.start_and_end(1_700_000_099)
        );
        assert_eq!(query.start_and_end(1_700_000_100).1, 1_700_000_100);
    }
}
