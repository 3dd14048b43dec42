//! `/metrics` and `/federate`, as Prometheus' own checker reads them.

use crate::support::{
    gateway::TestGateway,
    http, promtool,
    scripted::{Script, Scripted},
    ws_client::WsClient,
};

/// What `promtool check metrics` has to say, line by line.
fn lint(text: &str) -> Vec<String> {
    let (_, said) = promtool::check_metrics(text);
    said.lines().map(str::to_owned).collect()
}

#[actix::test]
async fn its_own_metrics_pass_the_linter_after_traffic_of_all_kinds() {
    let server = Scripted::start().await;
    server.script("memory_usage_bytes", Script::json(500, "no"));
    let environment = [
        ("PROMETHEUS_URL", server.url()),
        ("POLL_INTERVAL", "500".into()),
    ];
    let gateway = TestGateway::start(environment);
    gateway.frame("range", |_| true).await;
    let mut browser = WsClient::connect(gateway.addr.port(), "/ws").await;
    browser.message_of_type("instant_metrics").await;
    for (method, path) in [
        ("GET", "/health"),
        ("HEAD", "/-/ready"),
        ("BREW", "/metrics"),
        ("POST", "/metrics"),
        ("GET", "/no/\"such\\path"),
        ("GET", "/api/metrics/incidents/details?limit=nonsense"),
        ("GET", "/api/metrics/incidents/by-service"),
        ("GET", "/ws/nothing"),
    ] {
        http::request(gateway.addr, method, path, &[]).await;
    }

    for body in [super::webhook::LEAST, "{}"] {
        http::post(gateway.addr, super::webhook::PATH, body).await;
    }

    let answer = http::get(gateway.addr, "/metrics").await;
    assert_eq!(
        answer.header("content-type"),
        Some("text/plain; version=0.0.4; charset=utf-8")
    );
    assert_eq!(lint(&answer.body), Vec::<String>::new());
    for series in [
        "service_metrics_collected_total{source=\"prometheus_instant\"}",
        "service_metrics_collected_total{source=\"prometheus_range\"}",
        "service_metrics_collected_total{source=\"prometheus_alerts\"}",
        "service_metrics_collected_total{source=\"postgres\"}",
        "service_metrics_errors_total{source=\"prometheus_instant\"}",
        "service_metrics_errors_total{source=\"prometheus_range\"}",
        "service_metrics_errors_total{source=\"postgres\"}",
        "service_metrics_poll_duration_seconds_bucket{source=\"prometheus_range\",le=",
        "service_metrics_query_failures_total{reason=\"status\",source=\"prometheus_range\"}",
        "service_metrics_beats_skipped_total{source=",
        "service_metrics_poll_interval_seconds 0.5",
        "service_metrics_webhooks_total{outcome=\"accepted\"} 1",
        "service_metrics_webhooks_total{outcome=\"malformed\"} 1",
        "service_metrics_subscriptions{channel=\"alerts\"} 0",
        "service_metrics_build_info{version=",
        "service_metrics_sessions 1",
        "service_metrics_sessions_opened_total 1",
        "service_metrics_subscriptions{channel=\"instant\"} 1",
        "service_metrics_frames_published_total{channel=\"range\"}",
        "service_metrics_frames_sent_total{channel=\"instant\"}",
        "service_metrics_frames_skipped_total{channel=\"metrics\"}",
        "http_requests_total{method=\"GET\",route=\"/health\",service=\"service-metrics\",status_code=\"200\"} 1",
        "http_requests_total{method=\"GET\",route=\"unmatched\",service=\"service-metrics\",status_code=\"404\"}",
        "http_requests_total{method=\"other\",route=\"/metrics\",service=\"service-metrics\",status_code=\"405\"} 1",
        "http_request_duration_seconds_count{method=\"HEAD\",route=\"/-/ready\",service=\"service-metrics\"} 1",
        "process_cpu_seconds_total",
        "process_resident_memory_bytes",
        "process_open_fds",
        "process_start_time_seconds",
    ] {
        assert!(
            answer.body.lines().any(|line| line.starts_with(series)),
            "{series} is missing"
        );
    }
}

#[actix::test]
async fn federated_samples_keep_their_labels_whatever_is_in_them() {
    let server = Scripted::start().await;
    server.script(
        "http_requests_total",
        Script::vector(
            r#"{"metric":{"__name__":"http_requests_total","job":"j","instance":"h:1","path":"a\\b\"c\nd","who":"żółć 🦀"},"value":[1700000000.5,"7"]},
               {"metric":{"__name__":"http_requests_total","job":"k"},"value":[1700000000.5,"+Inf"]}"#,
        ),
    );
    server.script(
        "disk_usage_percent",
        Script::vector(r#"{"metric":{"__name__":"größe.von","k8s.pod":"p"},"value":[1,"NaN"]}"#),
    );
    let gateway = TestGateway::start([("PROMETHEUS_URL", server.url())]);
    gateway.frame("instant", |_| true).await;

    let answer = http::get(gateway.addr, "/federate").await;
    assert_eq!(answer.status, 200);
    let sample = r#"http_requests_total{instance="h:1",job="j",path="a\\b\"c\nd",who="żółć 🦀"} 7 1700000000500"#;
    assert!(
        answer.body.lines().any(|line| line == sample),
        "{}",
        answer.body
    );
    // It cannot know the help texts; Prometheus' own /federate has none either.
    let faults = lint(&answer.body).into_iter().filter(|line| {
        !line.ends_with("no help text") && !line.contains("non-histogram and non-summary")
    });
    assert_eq!(faults.collect::<Vec<_>>(), Vec::<String>::new());
}

#[actix::test]
async fn before_the_first_poll_there_is_nothing_to_federate() {
    let server = Scripted::start().await;
    server.script("http_requests_total", Script::Silence);
    let gateway = TestGateway::start([("PROMETHEUS_URL", server.url())]);
    for path in ["/federate", "/api/metrics/instant"] {
        let answer = http::get(gateway.addr, path).await;
        assert_eq!(answer.status, 503, "{answer:?}");
        assert!(answer.header("retry-after").is_some(), "{answer:?}");
    }
}
