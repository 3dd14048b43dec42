//! The table of everything that `POST /simulate/…` can set: path, metric, input, labels, baseline. A row is a route, a
//! metric and its baseline. What a flag moves besides itself is in the catalogue: the alert with that flag.

use super::{
    change::LeverInput::{self, Amount, Event, Flag, Percent, Whole},
    family::Family::{self, Database, Disk, MemoryCpu, Microservices, Network, Prometheus},
};

/// One row: a path under `/simulate/` and the metric that it sets.
#[derive(Debug)]
pub struct Lever {
    /// The first part of the path; a part per label from the path follows, then the value.
    pub path: &'static str,
    /// The family whose actor owns the metric.
    pub family: Family,
    /// The last part of the path.
    pub input: LeverInput,
    /// The metric.
    pub metric: &'static str,
    /// `name`: its value comes from the path. `name=value`: always this value.
    pub labels: &'static [&'static str],
    /// The series at the start: label values joined by `/`, and the value. None of them sets off an alert.
    pub baseline: &'static [(&'static str, f64)],
    /// The text of `# HELP`.
    pub help: &'static str,
}

const APP: &[&str] = &["instance=mock-app-1", "service=mock-service"];
const ENDPOINT: &[&str] = &["service", "endpoint=/api/v1/data"];

/// The rows, family by family.
#[rustfmt::skip] // one or two lines a row, so that the table fits a screen
pub const LEVERS: &[Lever] = &[
    row("memory-usage", MemoryCpu, Amount, "mock_high_memory_usage_bytes", APP, &[("", 45.0)],
        "Memory in use, in the unit of whoever sets it; existing scripts set a percentage."),
    row("memory-leak", MemoryCpu, Flag, "mock_memory_leak_detected", APP, &[("", 0.0)],
        "Whether a memory leak is simulated (1) or not (0)."),
    row("cpu-usage", MemoryCpu, Percent, "mock_high_cpu_usage_percent", APP, &[("", 64.0)], "CPU in use."),
    row("cpu-spike", MemoryCpu, Flag, "mock_cpu_spike_detected", APP, &[("", 0.0)],
        "Whether a CPU spike is simulated (1) or not (0)."),
    row("low-cpu-idle", MemoryCpu, Percent, "mock_low_cpu_idle_percent", APP, &[("", 65.0)], "CPU that is idle."),

    row("disk-usage", Disk, Percent, "mock_disk_usage_percent", &["device", "mountpoint=/data"], DISKS, "Space in use on a device."),
    row("disk-read-error", Disk, Event, "mock_disk_read_errors_total", &["device"], NO_DISK_ERRORS, "Failed reads of a device."),
    row("disk-write-error", Disk, Event, "mock_disk_write_errors_total", &["device"], NO_DISK_ERRORS, "Failed writes to a device."),

    row("http-error-rate", Network, Percent, "mock_http_error_rate_percent", ENDPOINT,
        &[("api", 0.5), ("auth", 0.3), ("payment", 0.4)], "Requests answered with an error."),
    row("http-latency", Network, Amount, "mock_http_latency_seconds", ENDPOINT,
        &[("api", 0.12), ("auth", 0.08), ("payment", 0.2)], "Time in which requests are answered."),
    row("service-up", Network, Flag, "mock_service_up", &["service"],
        &[("api", 1.0), ("auth", 1.0), ("payment", 1.0)], "Whether a service answers (1) or not (0)."),
    row("connection-drops", Network, Event, "mock_connection_drops_total", &["service"],
        &[("api", 0.0), ("auth", 0.0), ("payment", 0.0)], "Connections lost."),
    row("packet-loss", Network, Percent, "mock_packet_loss_percent", &["interface"], &[("eth0", 0.1)], "Packets lost."),

    row("db-connection-failed", Database, Flag, "mock_db_connection_failed", &["db_name"],
        &[("orders", 0.0), ("users", 0.0)], "Whether connecting to a database fails (1) or not (0)."),
    row("db-slow-queries", Database, Whole, "mock_db_slow_queries_total", &["db_name"],
        &[("orders", 0.0), ("users", 0.0)], "Slow queries; set to a lower number, it is a counter that was reset."),
    row("db-high-lock-time", Database, Amount, "mock_db_high_lock_time_seconds", &["db_name"],
        &[("orders", 0.02), ("users", 0.01)], "Time spent waiting for locks."),
    row("db-disk-full", Database, Percent, "mock_db_disk_full_percent", &["db_name"],
        &[("orders", 40.0), ("users", 35.0)], "Space in use by a database."),

    row("pod-crash-loop", Microservices, Flag, "mock_pod_crash_loop", &["pod_name", "namespace=default"],
        &[("api-0", 0.0), ("worker-0", 0.0)], "Whether a pod crashes again and again (1) or not (0)."),
    row("service-unavailable", Microservices, Flag, "mock_service_unavailable", &["service_name"],
        &[("api", 0.0), ("auth", 0.0), ("payment", 0.0)], "Whether a service answers 503 (1) or not (0)."),
    row("queue-backlog-high", Microservices, Whole, "mock_queue_backlog_high_count", &["queue_name"],
        &[("emails", 8.0), ("orders", 12.0)], "Messages waiting in a queue."),
    row("cache-miss-rate", Microservices, Percent, "mock_cache_miss_rate_percent", &["cache_name"],
        &[("catalog", 10.0), ("sessions", 8.0)], "Lookups that a cache could not answer."),

    row("prometheus-scrape-failed", Prometheus, Flag, "mock_prometheus_scrape_failed", &["job_name", "instance"],
        &[("prometheus/localhost:9090", 0.0)], "Whether scraping a target fails (1) or not (0)."),
    row("prometheus-target-down", Prometheus, Flag, "mock_prometheus_target_down", &["job_name", "instance"],
        &[("prometheus/localhost:9090", 0.0)], "Whether a target is down (1) or not (0)."),
    row("prometheus-tsdb-high-series", Prometheus, Amount, "mock_prometheus_tsdb_high_series", &["instance"],
        &[("localhost:9090", 25_000.0)], "Series in the head of a Prometheus."),
    row("prometheus-high-memory", Prometheus, Amount, "mock_prometheus_high_memory_bytes", &["instance"],
        &[("localhost:9090", 500_000_000.0)], "Memory in use by a Prometheus."),
    row("prometheus-high-cpu", Prometheus, Percent, "mock_prometheus_high_cpu_percent", &["instance"],
        &[("localhost:9090", 12.0)], "CPU in use by a Prometheus."),
];

const DISKS: &[(&str, f64)] = &[("sda", 45.0), ("sdb", 38.0)];
const NO_DISK_ERRORS: &[(&str, f64)] = &[("sda", 0.0), ("sdb", 0.0)];

const fn row(
    path: &'static str,
    family: Family,
    input: LeverInput,
    metric: &'static str,
    labels: &'static [&'static str],
    baseline: &'static [(&'static str, f64)],
    help: &'static str,
) -> Lever {
    Lever {
        path,
        family,
        input,
        metric,
        labels,
        baseline,
        help,
    }
}

impl Lever {
    /// The names of the labels that the path gives.
    pub fn path_labels(&self) -> impl Iterator<Item = &'static str> {
        let names = self.labels.iter().copied();
        names.filter(|label| !label.contains('='))
    }

    /// All labels in the order in which they are exposed, with the `values` from the path.
    pub fn pairs<'v, S: AsRef<str>>(&self, values: &'v [S]) -> Vec<(&'v str, &'v str)> {
        let mut values = values.iter().map(AsRef::as_ref);
        let pair = |label: &&'static str| match label.split_once('=') {
            Some(fixed) => fixed,
            None => (*label, values.next().unwrap_or_default()),
        };
        self.labels.iter().map(pair).collect()
    }

    /// The series of the baseline: label values, then the sample's value.
    pub fn baseline(&self) -> impl Iterator<Item = (Vec<&'static str>, f64)> {
        self.baseline.iter().map(|(labels, value)| {
            let values = labels.split('/').filter(|part| !part.is_empty());
            (values.collect(), *value)
        })
    }
}

/// The row of a metric.
pub fn of_metric(metric: &str) -> Option<&'static Lever> {
    LEVERS.iter().find(|lever| lever.metric == metric)
}

/// The row of a path's first part.
pub fn find(path: &str) -> Option<&'static Lever> {
    LEVERS.iter().find(|lever| lever.path == path)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{super::change::Change, *};

    #[test]
    fn no_path_and_no_metric_stands_twice() {
        let paths: BTreeSet<_> = LEVERS.iter().map(|lever| lever.path).collect();
        let metrics: BTreeSet<_> = LEVERS.iter().map(|lever| lever.metric).collect();
        assert_eq!((paths.len(), metrics.len()), (LEVERS.len(), LEVERS.len()));
    }

    #[test]
    fn every_baseline_is_one_that_a_request_could_set() {
        for lever in LEVERS {
            for (values, value) in lever.baseline() {
                assert_eq!(values.len(), lever.path_labels().count(), "{}", lever.path);
                if lever.input.is_value() {
                    let read = lever.input.read(&value.to_string());
                    assert_eq!(read, Ok(Change::To(value)), "{}", lever.path);
                }
            }
        }
    }

    #[test]
    fn labels_stand_in_the_contracts_order() {
        let disk = find("disk-usage").unwrap();
        assert_eq!(
            disk.pairs(&["sda"]),
            [("device", "sda"), ("mountpoint", "/data")]
        );
        let memory = find("memory-usage").unwrap();
        let none: [&str; 0] = [];
        assert_eq!(
            memory.pairs(&none),
            [("instance", "mock-app-1"), ("service", "mock-service")]
        );
    }
}
