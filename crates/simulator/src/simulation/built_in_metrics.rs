//! The metrics that the simulator has with any catalogue, with their families and types.

use prometheus_api::exposition::metric_type::MetricType;

use super::{
    background_series::BACKGROUND_SERIES,
    family::Family,
    levers::LEVERS,
    traffic::{DURATIONS, REQUESTS},
};

/// The family and type of a built-in metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuiltInMetric {
    /// The family whose actor owns it.
    pub family: Family,
    /// Its type.
    pub kind: MetricType,
}

/// The built-in metric of that name. `_bucket`, `_sum` and `_count` belong to their histogram.
pub fn find(metric: &str) -> Option<BuiltInMetric> {
    let built_in = |family, kind| Some(BuiltInMetric { family, kind });
    if metric == REQUESTS {
        return built_in(Family::Network, MetricType::Counter);
    }
    if is_histogram_sample(metric) {
        return built_in(Family::Network, MetricType::Histogram);
    }
    let levers = LEVERS.iter().map(|lever| (lever.metric, lever.family));
    let background = BACKGROUND_SERIES.iter().map(|row| (row.metric, row.family));
    let (_, family) = levers.chain(background).find(|(name, _)| *name == metric)?;
    built_in(family, MetricType::of(metric))
}

fn is_histogram_sample(metric: &str) -> bool {
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
            (
                "mock_disk_read_errors_total",
                Family::Disk,
                MetricType::Counter,
            ),
            ("memory_usage_bytes", Family::MemoryCpu, MetricType::Gauge),
            (
                "mock_queue_backlog_high_count",
                Family::Microservices,
                MetricType::Untyped,
            ),
            ("http_requests_total", Family::Network, MetricType::Counter),
            (
                "request_duration_seconds_bucket",
                Family::Network,
                MetricType::Histogram,
            ),
        ] {
            assert_eq!(
                find(metric),
                Some(BuiltInMetric { family, kind }),
                "{metric}"
            );
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
