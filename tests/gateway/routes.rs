//! Requests as strangers make them: methods, paths, origins and headers.

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{
    eventually,
    gateway::TestGateway,
    http::{self, exchange, request},
};

const ROUTES: [&str; 14] = [
    "/",
    "/health",
    "/-/healthy",
    "/-/ready",
    "/metrics",
    "/federate",
    "/api/metrics/instant",
    "/api/metrics/range",
    "/api/metrics/alerts",
    "/api/metrics/incidents/by-service",
    "/api/metrics/incidents/details",
    "/api/metrics/incidents/summary",
    "/api/ui/settings",
    "/ws",
];

fn error_type(body: &str) -> Value {
    let envelope: Value = serde_json::from_str(body).unwrap();
    assert_eq!(envelope["status"], "error", "{body}");
    envelope["errorType"].clone()
}

#[actix_web::test]
async fn head_is_get_without_the_body() {
    let gateway = TestGateway::start([]);
    // Until the first beat these answer 503: it must not fall between a GET and its HEAD.
    for path in [
        "/federate",
        "/api/metrics/instant",
        "/api/metrics/range",
        "/api/metrics/alerts",
    ] {
        eventually("the first beat has been", async || {
            let answer = http::get(gateway.addr, path).await;
            (answer.status == 200).then_some(())
        })
        .await;
    }
    for path in ROUTES {
        let get = http::get(gateway.addr, path).await;
        let head = request(gateway.addr, "HEAD", path, &[]).await;
        assert_eq!(
            (head.status, head.body.as_str()),
            (get.status, ""),
            "{path}"
        );
        assert_eq!(
            head.header("content-type"),
            get.header("content-type"),
            "{path}"
        );
    }
}

#[actix_web::test]
async fn another_method_is_told_which_there_are() {
    let gateway = TestGateway::start([]);
    for path in ROUTES {
        for method in ["POST", "PUT", "DELETE", "PATCH", "BREW", "TRACE"] {
            let answer = request(gateway.addr, method, path, &[]).await;
            assert_eq!(answer.status, 405, "{method} {path}");
            assert_eq!(answer.header("allow"), Some("GET, HEAD"), "{method} {path}");
            assert_eq!(error_type(&answer.body), "bad_data");
        }
    }
}

#[actix_web::test]
async fn nonsense_is_refused_in_the_envelope_and_never_our_fault() {
    let gateway = TestGateway::start([]);
    for path in [
        "/nowhere",
        "/health/",
        "//health",
        "/HEALTH",
        "/%",
        "/%zz",
        "/%00",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/../../etc/passwd",
        "/api/metrics/instant%00",
        "/%ff%fe",
        "/api/metrics/%F0%9F%98%80",
        "/ws/%2F",
    ] {
        let answer = http::get(gateway.addr, path).await;
        assert_eq!(answer.status, 404, "{path}: {answer:?}");
        assert_eq!(error_type(&answer.body), "not_found", "{path}");
    }
    let long = "x".repeat(140 * 1024);
    for request in [
        format!("GET /health HTTP/1.1\r\nHost: localhost\r\nX-Long: {long}\r\n\r\n"),
        format!("GET /{long} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        "GET /health HTTP/1.1\r\nConnection: close\r\n\r\n".to_owned(),
        "GET /health HTTP/1.1\r\nHost: localhost\r\nHost: y\r\nConnection: close\r\n\r\n".to_owned(),
        "POST /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab".to_owned(),
        "POST /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".to_owned(),
        "POST /health HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: cow\r\n\r\n".to_owned(),
        "GET /hea lth HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(),
        "\0\0\0\0\r\n\r\n".to_owned(),
    ] {
        let status = first_status(&gateway, &request).await;
        assert!((400..500).contains(&status), "{request:.60}: {status}");
    }
}

#[actix_web::test]
async fn what_clients_make_up_does_not_become_a_label() {
    let gateway = TestGateway::start([]);
    let labels = async || {
        let text = http::get(gateway.addr, "/metrics").await.body;
        let series = text.lines().filter(|line| line.starts_with("http_request"));
        series.count()
    };
    let requests = |at: usize| {
        [
            format!("GET /made/up/{at} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
            format!("GET /ws/made-up-{at} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
            format!("MADEUP{at} /health HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        ]
    };
    let upgrade = |at: usize| {
        let path = format!("/up/{at}");
        crate::support::ws::handshake(&path, &[])
    };
    let all = |at| requests(at).concat() + &upgrade(at);
    exchange_all(&gateway, &all(0)).await;
    labels().await;
    let before = labels().await;
    for at in 1..=250 {
        exchange_all(&gateway, &all(at)).await;
    }
    assert_eq!(labels().await, before);
    let counted = "http_requests_total{method=\"GET\",route=\"unmatched\",service=\"service-metrics\",status_code=\"404\"}";
    assert_eq!(
        gateway.metric(counted).await,
        502.0,
        "all of them are counted"
    );
}

/// Several requests in one segment; the last one, an upgrade that is refused, ends the connection.
async fn exchange_all(gateway: &TestGateway, requests: &str) {
    let answer = exchange(gateway.addr, requests.as_bytes()).await;
    let all = answer.head + &answer.body;
    assert_eq!(all.matches("HTTP/1.1 404 ").count(), 3, "{all}");
    assert_eq!(all.matches("HTTP/1.1 405 ").count(), 1, "{all}");
}

#[actix_web::test]
async fn an_allowed_page_may_read_and_another_may_not() {
    let gateway =
        TestGateway::start([("CORS_ALLOWED_ORIGINS", "https://ui.example.org".to_owned())]);
    let answer = async |method, origin| {
        let headers = [("Origin", origin), ("Access-Control-Request-Method", "GET")];
        request(gateway.addr, method, "/health", &headers).await
    };
    let allow = "access-control-allow-origin";
    let allowed = answer("GET", "https://ui.example.org").await;
    assert_eq!(allowed.header(allow), Some("https://ui.example.org"));
    assert!(
        allowed
            .header("vary")
            .is_some_and(|vary| vary.to_lowercase().contains("origin"))
    );
    let preflight = answer("OPTIONS", "https://ui.example.org").await;
    assert_eq!(
        (preflight.status, preflight.header(allow)),
        (200, Some("https://ui.example.org"))
    );
    let methods = preflight
        .header("access-control-allow-methods")
        .unwrap_or_default();
    assert!(
        methods.contains("GET") && !methods.contains("POST"),
        "{methods}"
    );
    for origin in [
        "https://evil.example",
        "https://ui.example.org.evil.example",
        "null",
        "http://ui.example.org",
    ] {
        // It is the browser that keeps the answer from the page; whoever is not a browser may name any origin.
        let unread = answer("GET", origin).await;
        assert_eq!((unread.status, unread.header(allow)), (200, None));
        let refused = answer("OPTIONS", origin).await;
        assert_eq!((refused.status, refused.header(allow)), (403, None));
        assert_eq!(error_type(&refused.body), "forbidden", "{origin}");
    }
    let plain = http::get(gateway.addr, "/health").await;
    assert_eq!((plain.status, plain.header(allow)), (200, None));
}

#[actix_web::test]
async fn a_preflight_for_more_than_reading_is_refused_in_the_envelope() {
    let gateway =
        TestGateway::start([("CORS_ALLOWED_ORIGINS", "https://ui.example.org".to_owned())]);
    let origin = ("Origin", "https://ui.example.org");
    let get = ("Access-Control-Request-Method", "GET");
    let post = ("Access-Control-Request-Method", "POST");
    let header = ("Access-Control-Request-Headers", "authorization");
    for (headers, status) in [
        (&[origin, post][..], 400),
        (&[origin, get, header], 400),
        (&[get], 400),
        // No preflight: the route itself answers.
        (&[origin, ("Access-Control-Request-Method", "(")], 405),
        (&[origin], 405),
    ] {
        let refused = request(gateway.addr, "OPTIONS", "/health", headers).await;
        assert_eq!(refused.status, status, "{headers:?}: {refused:?}");
        assert_eq!(refused.header("content-type"), Some("application/json"));
        assert_eq!(error_type(&refused.body), "bad_data", "{headers:?}");
    }
}

/// The status of an answer that may end in a reset: not all that was sent has been read.
async fn first_status(gateway: &TestGateway, request: &str) -> u16 {
    let mut stream = TcpStream::connect(gateway.addr).await.unwrap();
    let _ = stream.write_all(request.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8(answer).unwrap();
    let status = answer.get(9..12).and_then(|status| status.parse().ok());
    status.unwrap_or_else(|| panic!("no answer to {request:.60}: {answer:?}"))
}
