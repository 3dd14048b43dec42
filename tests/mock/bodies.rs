//! Requests over a raw socket: bodies that do not end, and answers without a body.

use futures_util::future::join_all;

use super::TestMock;
use crate::support::http;

async fn drip(mock: &TestMock, route: &str, bit: &[u8]) -> String {
    let head = format!("{route} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n");
    http::drip(mock.addr, &head, bit).await
}

#[actix::test]
async fn a_body_that_drips_in_is_cut_off_wanted_or_not() {
    let mock = TestMock::with(|settings| settings.server.connections.body_timeout_seconds = 1.0);
    let routes = [
        ("GET /health", 200),
        ("GET /metrics", 200),
        ("GET /api/alerts/DiskFull", 200),
        ("PUT /api/alerts", 405),
        ("POST /nothing", 404),
        ("POST /simulate/cpu-usage/50", 200),
        ("POST /simulate/cpu-usage/x", 400),
        ("POST /api/alerts/DiskFull/trigger", 408),
        ("POST /api/alerts/DiskFull/recover", 408),
        ("POST /api/reset", 408),
    ];
    let drips = routes.map(|(route, _)| drip(&mock, route, b"1\r\n \r\n"));
    for (answer, (route, status)) in join_all(drips).await.iter().zip(routes) {
        let expected = format!("HTTP/1.1 {status} ");
        assert!(answer.starts_with(&expected), "{route}: {answer}");
        assert!(answer.contains("connection: close"), "{route}: {answer}");
    }
    // The body exceeds its limit long before its deadline.
    let spaces = format!("400\r\n{}\r\n", " ".repeat(1_024));
    let answer = drip(&mock, "POST /api/reset", spaces.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[actix::test]
async fn a_connection_is_kept_after_bodies_that_have_been_read() {
    let mock = TestMock::start();
    let sized = "POST /api/reset HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}";
    let chunked = "POST /api/reset HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
    let none = "POST /simulate/cpu-usage/50 HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let last = "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let requests = [sized, chunked, none, sized, last].concat();
    let answer = http::exchange(mock.addr, requests.as_bytes()).await;
    let all = answer.head + &answer.body;
    assert_eq!(all.matches("HTTP/1.1 200 ").count(), 5, "{all}");
}

#[actix::test]
async fn head_is_get_without_the_body() {
    let mock = TestMock::start();
    for path in [
        "/health",
        "/-/healthy",
        "/-/ready",
        "/metrics",
        "/api/alerts",
        "/api/alerts/DiskFull",
        "/api/alerts/Nothing",
        "/api/scenarios",
    ] {
        let get = http::get(mock.addr, path).await;
        let head = http::request(mock.addr, "HEAD", path, &[]).await;
        let message = (head.status, head.header("content-type"), head.body.as_str());
        assert_eq!(
            message,
            (get.status, get.header("content-type"), ""),
            "{path}"
        );
    }
    let refused = http::request(mock.addr, "HEAD", "/simulate/cpu-usage/50", &[]).await;
    assert_eq!(
        (refused.status, refused.header("allow")),
        (405, Some("POST"))
    );
}
