//! The exposition, as Prometheus scrapes it.

use std::collections::{BTreeMap, BTreeSet};

use awc::http::StatusCode;

use super::{TestMock, samples};
use crate::support::{eventually, promtool};

#[actix::test]
async fn health_and_readiness_answer() {
    let mock = TestMock::start();
    let health = mock.get("/health").await;
    assert_eq!(
        (health.status, health.body.as_str()),
        (StatusCode::OK, "Mock Metrics Service is UP!")
    );
    assert_eq!(mock.get("/-/ready").await.status, StatusCode::OK);
    let metrics = mock.get("/metrics").await;
    assert_eq!(
        metrics.header("content-type"),
        Some("text/plain; version=0.0.4; charset=utf-8")
    );
}

#[actix::test]
async fn promtool_has_nothing_to_say() {
    let mock = TestMock::start();
    mock.post("/simulate/disk-usage/a%22b%5Cc%20%C3%A9/1").await;
    let exposition = mock.exposition().await;
    let (code, said) = promtool::check_metrics(&exposition);
    assert_eq!((code, said.as_str()), (Some(0), ""));
}

#[actix::test]
async fn at_least_53_series_and_each_metric_in_one_piece_with_help_and_type() {
    let exposition = TestMock::start().exposition().await;
    let series: BTreeSet<_> = samples(&exposition)
        .map(|line| line.rsplit_once(' ').unwrap().0)
        .collect();
    assert!(series.len() >= 53, "{}", series.len());
    assert_eq!(
        series.len(),
        samples(&exposition).count(),
        "a series is exposed twice"
    );

    let mut declared = BTreeSet::new();
    let mut current = "";
    for line in exposition.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            current = help.split(' ').next().unwrap();
            assert!(declared.insert(current), "{current} is declared twice");
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            assert_eq!(kind.split(' ').next(), Some(current));
        } else {
            let name = line.split(['{', ' ']).next().unwrap();
            let own = ["", "_bucket", "_sum", "_count"].map(|end| format!("{current}{end}"));
            assert!(
                own.iter().any(|own| own == name),
                "{name} stands under {current}"
            );
        }
    }
    for metric in [
        "cpu_usage_seconds_total",
        "memory_usage_bytes",
        "disk_usage_percent",
        "http_requests_total",
        "request_duration_seconds",
        "mock_metrics_build_info",
        "mock_metrics_log_lines_dropped_total",
        "process_resident_memory_bytes",
    ] {
        assert!(declared.contains(metric), "no {metric}");
    }
}

#[actix::test]
async fn the_application_s_counters_move_and_never_fall() {
    let mock = TestMock::start();
    let cpu = r#"cpu_usage_seconds_total{instance="mock-app-1",service="mock-service"}"#;
    let mut before = counters(&mock.exposition().await);
    let started = before[cpu];
    for step in 1..=3 {
        let reached = started + 0.05 * f64::from(step);
        eventually("CPU time passes", async || {
            mock.value(cpu).await.filter(|now| *now > reached)
        })
        .await;
        let now = counters(&mock.exposition().await);
        for (series, value) in &before {
            assert!(
                now[series] >= *value,
                "{series} fell from {value} to {}",
                now[series]
            );
        }
        before = now;
    }
    let requests = |series: &&String| series.starts_with("http_requests_total");
    let total: f64 = before
        .keys()
        .filter(requests)
        .map(|series| before[series])
        .sum();
    assert!(total > 0.0);
}

#[actix::test]
async fn the_histogram_is_cumulative_and_agrees_with_its_count() {
    let mock = TestMock::start();
    let text = eventually("requests come in", async || {
        let text = mock.exposition().await;
        (counters(&text)["request_duration_seconds_count{service=\"api\"}"] > 0.0).then_some(text)
    })
    .await;
    let values = counters(&text);
    for service in ["api", "auth", "payment"] {
        let bucket = |le| {
            values[&format!("request_duration_seconds_bucket{{service=\"{service}\",le=\"{le}\"}}")]
        };
        let buckets = ["0.1", "0.2", "0.5", "1", "+Inf"].map(bucket);
        assert!(buckets.is_sorted(), "{buckets:?}");
        let of =
            |part| values[&format!("request_duration_seconds_{part}{{service=\"{service}\"}}")];
        assert_eq!(buckets[4], of("count"));
        assert!(of("sum") >= 0.0 && of("sum") <= 5.0 * of("count"));

        let prefix = format!("http_requests_total{{service=\"{service}\"");
        let requests = values
            .iter()
            .filter(|(series, _)| series.starts_with(&prefix));
        assert_eq!(requests.map(|(_, value)| value).sum::<f64>(), of("count"));
    }
}

/// The series that never decrease.
fn counters(exposition: &str) -> BTreeMap<String, f64> {
    let pairs = samples(exposition).filter_map(|line| line.rsplit_once(' '));
    let counting = pairs.filter(|(series, _)| {
        let name = series.split('{').next().unwrap();
        name.ends_with("_total") || name.starts_with("request_duration_seconds_")
    });
    counting
        .map(|(series, value)| (series.to_owned(), value.parse().unwrap()))
        .collect()
}
