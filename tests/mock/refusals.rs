//! Wrong requests are answered with the error envelope, and change nothing.

use awc::http::{Method, StatusCode};

use super::{TestMock, answer};

#[actix::test]
async fn a_bad_value_or_label_is_a_400_that_changes_nothing() {
    let mock = TestMock::start();
    let long = "x".repeat(129);
    let huge = "x".repeat(10_000);
    let mut bad: Vec<String> = [
        "NaN", "inf", "-inf", "1e400", "-1e400", "-1", "", "abc", "1%00", "%FF", "%zz", "7%208",
    ]
    .into_iter()
    .flat_map(|value| {
        [
            "memory-usage",
            "cpu-usage",
            "cpu-spike",
            "disk-usage/sda",
            "http-latency/api",
            "service-up/api",
            "db-slow-queries/orders",
            "queue-backlog-high/emails",
            "prometheus-target-down/node/host",
        ]
        .map(|path| format!("{path}/{value}"))
    })
    .collect();
    for path in [
        "cpu-usage",
        "low-cpu-idle",
        "disk-usage/sda",
        "http-error-rate/api",
        "packet-loss/eth0",
        "db-disk-full/orders",
        "cache-miss-rate/sessions",
        "prometheus-high-cpu/host",
    ] {
        bad.push(format!("{path}/100.01"));
    }
    for path in [
        "memory-leak",
        "cpu-spike",
        "service-up/api",
        "db-connection-failed/orders",
        "pod-crash-loop/api-0",
        "service-unavailable/api",
        "prometheus-scrape-failed/node/host",
    ] {
        bad.extend(["2", "0.5", "true"].map(|value| format!("{path}/{value}")));
    }
    bad.extend(
        [
            "db-slow-queries/orders/1.5",
            "queue-backlog-high/emails/0.5",
        ]
        .map(str::to_owned),
    );
    for label in [
        "", "%00", "a%0Ab", "%1B[31m", "%7F", "%C2%85", "%FF%FE", "%", "%G1", &long, &huge,
    ] {
        bad.push(format!("disk-usage/{label}/50"));
        bad.push(format!("disk-read-error/{label}"));
        bad.push(format!("prometheus-target-down/node/{label}/1"));
    }

    let before = mock.simulated().await;
    for path in bad {
        let refused = mock.post(&format!("/simulate/{path}")).await;
        refused.refused(StatusCode::BAD_REQUEST, "bad_data", &path);
        assert!(refused.body.len() < 400, "{path}: {}", refused.body);
    }
    assert_eq!(mock.simulated().await, before);
}

#[actix::test]
async fn an_unknown_path_is_a_404() {
    let mock = TestMock::start();
    let before = mock.simulated().await;
    for path in [
        "/",
        "/nothing",
        "/metrics/",
        "/health/x",
        "/simulate",
        "/simulate/",
        "/simulate/nothing/1",
        "/simulate/cpu-usage",
        "/simulate/cpu-usage/1/2",
        "/simulate/disk-read-error/sda/1",
        "/simulate/disk-usage/sda/85/",
        "//simulate/cpu-usage/1",
    ] {
        mock.post(path)
            .await
            .refused(StatusCode::NOT_FOUND, "not_found", path);
    }
    assert_eq!(mock.simulated().await, before);
}

#[actix::test]
async fn a_wrong_method_is_a_405_that_names_the_right_one() {
    let mock = TestMock::start();
    let before = mock.simulated().await;
    for method in [
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::PATCH,
        Method::OPTIONS,
    ] {
        for path in ["/health", "/metrics", "/-/ready"] {
            let refused = answer(mock.request(method.clone(), path)).await;
            refused.refused(StatusCode::METHOD_NOT_ALLOWED, "bad_data", path);
            assert_eq!(refused.header("allow"), Some("GET, HEAD"));
        }
    }
    for method in [
        Method::GET,
        Method::PUT,
        Method::DELETE,
        Method::PATCH,
        Method::OPTIONS,
    ] {
        let refused = answer(mock.request(method, "/simulate/cpu-usage/50")).await;
        refused.refused(StatusCode::METHOD_NOT_ALLOWED, "bad_data", "cpu-usage");
        assert_eq!(refused.header("allow"), Some("POST"));
    }
    assert_eq!(mock.simulated().await, before);
}

#[actix::test]
async fn a_label_value_past_the_limit_is_a_429_and_the_known_ones_still_work() {
    let mock = TestMock::start();
    // sda and sdb exist from the start.
    for number in 0..98 {
        let set = mock
            .post(&format!("/simulate/disk-usage/disk{number}/1"))
            .await;
        assert_eq!(set.status, StatusCode::OK, "{number}: {}", set.body);
    }
    let before = mock.simulated().await;
    let refused = mock.post("/simulate/disk-usage/one-more/1").await;
    let message = refused.refused(
        StatusCode::TOO_MANY_REQUESTS,
        "too_many_requests",
        "one more",
    );
    assert!(message.error.contains("mock_disk_usage_percent") && message.error.contains("100"));
    assert!(refused.header("retry-after").is_some());
    assert_eq!(mock.simulated().await, before);

    assert_eq!(
        mock.post("/simulate/disk-usage/disk97/2").await.status,
        StatusCode::OK
    );
    assert_eq!(
        mock.post("/simulate/disk-read-error/one-more").await.status,
        StatusCode::OK
    );
}
