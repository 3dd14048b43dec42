//! The metrics that the simulator has whatever the catalogue says, and what is fixed about them.

use super::{
    exposition::Kind,
    family::Family,
    levers::LEVERS,
    moving::MOVING,
    traffic::{DURATIONS, REQUESTS},
};

/// What is fixed about a built-in metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuiltIn {
    /// The family whose actor owns it.
    pub family: Family,
    /// Its type.
    pub kind: Kind,
}

/// The built-in metric of that name; the samples of a histogram have its own.
pub fn find(metric: &str) -> Option<BuiltIn> {
    let built_in = |family, kind| Some(BuiltIn { family, kind });
    if metric == REQUESTS {
        return built_in(Family::Network, Kind::Counter);
    }
    if is_of_the_histogram(metric) {
        return built_in(Family::Network, Kind::Histogram);
    }
    let levers = LEVERS.iter().map(|lever| (lever.metric, lever.family));
    let moving = MOVING.iter().map(|moving| (moving.metric, moving.family));
    let (_, family) = levers.chain(moving).find(|(name, _)| *name == metric)?;
    built_in(family, Kind::of(metric))
}

fn is_of_the_histogram(metric: &str) -> bool {
    metric
        .strip_prefix(DURATIONS)
        .is_some_and(|end| ["", "_bucket", "_sum", "_count"].contains(&end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_built_in_metric_has_its_family_and_type_and_no_other_metric_has() {
        for (metric, family, kind) in [
            ("mock_disk_read_errors_total", Family::Disk, Kind::Counter),
            ("memory_usage_bytes", Family::MemoryCpu, Kind::Gauge),
            (
                "mock_queue_backlog_high_count",
                Family::Microservices,
                Kind::Untyped,
            ),
            ("http_requests_total", Family::Network, Kind::Counter),
            (
                "request_duration_seconds_bucket",
                Family::Network,
                Kind::Histogram,
            ),
        ] {
            assert_eq!(find(metric), Some(BuiltIn { family, kind }), "{metric}");
        }
        for metric in [
            "orders_total",
            "http_requests",
            "request_duration_seconds_max",
        ] {
            assert_eq!(find(metric), None, "{metric}");
        }
    }
}
