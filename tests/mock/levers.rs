//! The table of the contract (§5), as a second copy.

use awc::http::StatusCode;
use simulator::lint::CheckedCatalogue;

use super::{TestMock, samples};
use crate::support::eventually;

const APP: &str = r#"{instance="mock-app-1",service="mock-service"}"#;

/// Path, value of the series afterwards, metric, labels.
#[rustfmt::skip]
const ROWS: &[(&str, f64, &str, &str)] = &[
    ("memory-usage/78", 78.0, "mock_high_memory_usage_bytes", APP),
    ("memory-leak/1", 1.0, "mock_memory_leak_detected", APP),
    ("memory-leak/0", 0.0, "mock_memory_leak_detected", APP),
    ("cpu-usage/78.5", 78.5, "mock_high_cpu_usage_percent", APP),
    ("low-cpu-idle/5", 5.0, "mock_low_cpu_idle_percent", APP),
    ("disk-usage/sda/85", 85.0, "mock_disk_usage_percent", r#"{device="sda",mountpoint="/data"}"#),
    ("disk-usage/nvme0n1/100", 100.0, "mock_disk_usage_percent", r#"{device="nvme0n1",mountpoint="/data"}"#),
    ("disk-read-error/sda", 1.0, "mock_disk_read_errors_total", r#"{device="sda"}"#),
    ("disk-read-error/sda", 2.0, "mock_disk_read_errors_total", r#"{device="sda"}"#),
    ("disk-write-error/sdz", 1.0, "mock_disk_write_errors_total", r#"{device="sdz"}"#),
    ("http-error-rate/payment/12", 12.0, "mock_http_error_rate_percent", r#"{service="payment",endpoint="/api/v1/data"}"#),
    ("http-latency/api/2.5", 2.5, "mock_http_latency_seconds", r#"{service="api",endpoint="/api/v1/data"}"#),
    ("service-up/auth/0", 0.0, "mock_service_up", r#"{service="auth"}"#),
    ("connection-drops/api", 1.0, "mock_connection_drops_total", r#"{service="api"}"#),
    ("packet-loss/eth0/7.5", 7.5, "mock_packet_loss_percent", r#"{interface="eth0"}"#),
    ("db-connection-failed/orders/1", 1.0, "mock_db_connection_failed", r#"{db_name="orders"}"#),
    ("db-slow-queries/orders/120", 120.0, "mock_db_slow_queries_total", r#"{db_name="orders"}"#),
    ("db-slow-queries/orders/7", 7.0, "mock_db_slow_queries_total", r#"{db_name="orders"}"#),
    ("db-high-lock-time/users/31", 31.0, "mock_db_high_lock_time_seconds", r#"{db_name="users"}"#),
    ("db-disk-full/users/96", 96.0, "mock_db_disk_full_percent", r#"{db_name="users"}"#),
    ("pod-crash-loop/api-7/1", 1.0, "mock_pod_crash_loop", r#"{pod_name="api-7",namespace="default"}"#),
    ("service-unavailable/auth/1", 1.0, "mock_service_unavailable", r#"{service_name="auth"}"#),
    ("queue-backlog-high/emails/5000", 5000.0, "mock_queue_backlog_high_count", r#"{queue_name="emails"}"#),
    ("cache-miss-rate/sessions/60", 60.0, "mock_cache_miss_rate_percent", r#"{cache_name="sessions"}"#),
    ("prometheus-scrape-failed/node/host%3A9100/1", 1.0, "mock_prometheus_scrape_failed", r#"{job_name="node",instance="host:9100"}"#),
    ("prometheus-target-down/node/host:9100/1", 1.0, "mock_prometheus_target_down", r#"{job_name="node",instance="host:9100"}"#),
    ("prometheus-tsdb-high-series/localhost:9090/2000000", 2e6, "mock_prometheus_tsdb_high_series", r#"{instance="localhost:9090"}"#),
    ("prometheus-high-memory/localhost:9090/8e9", 8e9, "mock_prometheus_high_memory_bytes", r#"{instance="localhost:9090"}"#),
    ("prometheus-high-cpu/localhost:9090/99", 99.0, "mock_prometheus_high_cpu_percent", r#"{instance="localhost:9090"}"#),
    ("disk-usage/a%22b%5Cc%20%C3%A9/1", 1.0, "mock_disk_usage_percent", r#"{device="a\"b\\c é",mountpoint="/data"}"#),
    ("service-up/a%2Fb/1", 1.0, "mock_service_up", r#"{service="a/b"}"#),
];

#[actix::test]
async fn every_path_sets_exactly_its_series_and_says_so() {
    let mock = TestMock::start();
    for (path, value, metric, labels) in ROWS {
        let before = mock.simulated().await;
        let answer = mock.post(&format!("/simulate/{path}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        assert!(answer.body.starts_with(metric), "{}", answer.body);
        assert!(
            answer.body.ends_with(&format!(" set to {value}\n")),
            "{}",
            answer.body
        );
        assert_eq!(answer.body.lines().count(), 1);

        let after = mock.simulated().await;
        let line = format!("{metric}{labels} {value}");
        assert!(after.contains(&line), "{path}: no {line}");
        let other = |line: &&String| !line.starts_with(&format!("{metric}{labels} "));
        let untouched: Vec<_> = before.iter().filter(other).collect();
        assert_eq!(
            untouched,
            after.iter().filter(other).collect::<Vec<_>>(),
            "{path}"
        );
    }
}

#[actix::test]
async fn every_metric_is_there_from_the_first_scrape() {
    let exposition = TestMock::start().exposition().await;
    for (path, _, metric, _) in ROWS {
        let present = samples(&exposition).any(|line| line.starts_with(&format!("{metric}{{")));
        assert!(present, "{path}: no {metric}");
    }
}

#[actix::test]
async fn the_seed_s_three_values_are_seen() {
    let mock = TestMock::start();
    for path in ["memory-usage/78", "cpu-usage/78", "disk-usage/sda/85"] {
        assert_eq!(
            mock.post(&format!("/simulate/{path}")).await.status,
            StatusCode::OK
        );
    }
    assert_eq!(
        mock.value(&format!("mock_high_memory_usage_bytes{APP}"))
            .await,
        Some(78.0)
    );
    assert_eq!(
        mock.value(&format!("mock_high_cpu_usage_percent{APP}"))
            .await,
        Some(78.0)
    );
    let disk = r#"mock_disk_usage_percent{device="sda",mountpoint="/data"}"#;
    assert_eq!(mock.value(disk).await, Some(85.0));
}

#[actix::test]
async fn the_answer_names_metric_labels_and_value() {
    let answer = TestMock::start().post("/simulate/disk-usage/sda/85").await;
    assert_eq!(
        answer.body,
        "mock_disk_usage_percent{device=\"sda\"} set to 85\n"
    );
    assert_eq!(
        answer.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
}

#[actix::test]
async fn a_number_of_many_digits_is_shown_in_exponent_form() {
    let mock = TestMock::start();
    let path = format!("/simulate/memory-usage/1{}", "0".repeat(300));
    let answer = mock.post(&path).await;
    assert_eq!(answer.body, "mock_high_memory_usage_bytes set to 1e300\n");
}

#[actix::test]
async fn a_leak_makes_real_memory_grow_until_it_is_ended() {
    leaks(TestMock::start()).await;
}

#[actix::test]
async fn a_leak_does_so_with_a_catalogue_that_knows_of_none() {
    let text = "[[alert]]\nname = \"A\"\nexpr = \"a > 1\"\ntrigger = 2\n";
    let catalogue = CheckedCatalogue::parse("mine.toml", text, 1.0).unwrap();
    leaks(TestMock::of(catalogue, |_| {})).await;
}

async fn leaks(mock: TestMock) {
    let memory = format!("memory_usage_bytes{APP}");
    let calm = mock.value(&memory).await.unwrap();

    mock.post("/simulate/memory-leak/1").await;
    eventually("memory grows by more than it ever swings", async || {
        (mock.value(&memory).await? - calm > 4_000_000.0).then_some(())
    })
    .await;

    mock.post("/simulate/memory-leak/0").await;
    let ended = mock.value(&memory).await.unwrap();
    assert!((249e6..=263e6).contains(&ended), "{ended}");
}

#[actix::test]
async fn a_cpu_spike_jumps_at_once_and_is_on_its_way_back() {
    let mock = TestMock::start();
    let cpu = r#"mock_high_cpu_usage_percent{instance="mock-app-2",service="mock-service"}"#;
    mock.post("/simulate/cpu-spike/1").await;
    let jumped = mock.value(cpu).await.unwrap();
    assert!((94.0..=95.0).contains(&jumped), "{jumped}");
    eventually("the spike decays", async || {
        let now = mock.value(cpu).await?;
        (now < jumped && now > 32.0).then_some(())
    })
    .await;
    mock.post("/simulate/cpu-spike/0").await;
    assert_eq!(mock.value(cpu).await, Some(32.0));
}
