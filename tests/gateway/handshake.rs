//! Who becomes a session, and what the others are told.

use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::support::{
    eventually,
    gateway::TestGateway,
    http::{self, Answer, exchange},
    ws::{CLOSE, Message, PING, TEXT, WsClient, frame, handshake},
};

type Changes<'c> = &'c [(&'c str, Option<&'c str>)];

fn assert_refused(answer: &Answer, status: u16, kind: &str, what: &str) {
    assert_eq!(answer.status, status, "{what}: {answer:?}");
    let envelope: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(
        (&envelope["status"], &envelope["errorType"]),
        (&json!("error"), &json!(kind)),
        "{what}"
    );
    assert!(!envelope["error"].as_str().unwrap().is_empty(), "{what}");
    let connection = answer.header("connection").unwrap_or_default();
    let close = connection.split(',').any(|option| option == "close");
    let old = answer.head.starts_with("HTTP/1.0 "); // which closes unless it says otherwise
    assert!(close || old, "{what}: {answer:?}");
}

#[actix_web::test]
async fn every_malformed_handshake_is_told_what_is_wrong_with_it() {
    let gateway = TestGateway::start([]);
    let key = "dGhlIHNhbXBsZSBub25jZQ==";
    let cases: [(&str, Changes<'_>, u16); 13] = [
        ("no Connection", &[("Connection", None)], 400),
        (
            "Connection: close",
            &[("Connection", Some("close, Upgrade"))],
            400,
        ),
        ("no key", &[("Sec-WebSocket-Key", None)], 400),
        ("short key", &[("Sec-WebSocket-Key", Some("dGhl"))], 400),
        (
            "long key",
            &[("Sec-WebSocket-Key", Some("dGhlIHNhbXBsZSBub25jZQ==AAAA"))],
            400,
        ),
        (
            "a key that is not base64",
            &[("Sec-WebSocket-Key", Some("!!!!!!!!!!!!!!!!!!!!!!=="))],
            400,
        ),
        (
            "two keys",
            &[
                ("Sec-WebSocket-Key", Some(key)),
                ("Sec-WebSocket-Key", Some(key)),
            ],
            400,
        ),
        ("a body", &[("Content-Length", Some("5"))], 400),
        ("no version", &[("Sec-WebSocket-Version", None)], 426),
        ("version 8", &[("Sec-WebSocket-Version", Some("8"))], 426),
        (
            "version 013",
            &[("Sec-WebSocket-Version", Some("013"))],
            426,
        ),
        (
            "two versions",
            &[("Sec-WebSocket-Version", Some("13, 8"))],
            426,
        ),
        (
            "version twice",
            &[
                ("Sec-WebSocket-Version", Some("13")),
                ("Sec-WebSocket-Version", Some("13")),
            ],
            400,
        ),
    ];
    for (what, changes, status) in cases {
        let answer = exchange(gateway.addr, handshake("/ws", changes).as_bytes()).await;
        assert_refused(&answer, status, "bad_data", what);
        if status == 426 {
            assert_eq!(answer.header("sec-websocket-version"), Some("13"), "{what}");
            assert_eq!(answer.header("upgrade"), Some("websocket"), "{what}");
        }
    }
    for (what, line, status) in [
        ("HTTP/1.0", "GET /ws HTTP/1.0", 400),
        ("POST", "POST /ws HTTP/1.1", 405),
        ("CONNECT", "CONNECT gateway.localhost:443 HTTP/1.1", 405),
        ("an invented method", "BREW /ws HTTP/1.1", 405),
    ] {
        let request = handshake("/ws", &[]).replacen("GET /ws HTTP/1.1", line, 1);
        let answer = exchange(gateway.addr, request.as_bytes()).await;
        assert_refused(&answer, status, "bad_data", what);
    }
    for path in [
        "/health",
        "/ws/disco",
        "/ws/",
        "/nowhere",
        "/%77s",
        "/api/metrics/instant",
    ] {
        let answer = exchange(gateway.addr, handshake(path, &[]).as_bytes()).await;
        assert_refused(&answer, 404, "not_found", path);
    }
    assert_eq!(
        gateway
            .metric("service_metrics_sessions_opened_total")
            .await,
        0.0
    );
}

#[actix_web::test]
async fn only_allowed_pages_and_our_own_may_connect() {
    let allowed = "https://ui.example.org,http://localhost:3000".to_owned();
    let gateway = TestGateway::start([("CORS_ALLOWED_ORIGINS", allowed)]);
    for origin in [
        "https://ui.example.org",
        "http://localhost:3000",
        "https://ui.example.org:443",
        "HTTPS://UI.example.org",
        "http://gateway.localhost:8005",
        "https://gateway.localhost:8005",
    ] {
        let request = handshake("/ws", &[("Origin", Some(origin))]);
        let request = [request.as_bytes(), &frame(CLOSE, b"")].concat();
        assert_eq!(exchange_raw(&gateway, &request).await, 101, "{origin}");
    }
    for origin in [
        "",
        "null",
        "http://ui.example.org",
        "https://ui.example.org:80",
        "https://ui.example.org.evil.example",
        "https://evil.example/https://ui.example.org",
        "https://evil-ui.example.org",
        "https://ui.example.org/",
        "https://ui.example.org, http://localhost:3000",
        "http://localhost",
        "http://localhost:30000",
        "http://gateway.localhost",
        "http://gateway.localhost:80",
        "gateway.localhost:8005",
        "file://",
    ] {
        let request = handshake("/ws", &[("Origin", Some(origin))]);
        let answer = exchange(gateway.addr, request.as_bytes()).await;
        assert_refused(&answer, 403, "forbidden", origin);
    }
    // Some proxies name the default port, some hide it.
    for (host, origin, status) in [
        ("dash.localhost:443", "https://dash.localhost", 101),
        ("dash.localhost", "https://dash.localhost:443", 101),
        ("Dash.localhost:80", "http://dash.localhost", 101),
        ("dash.localhost:80", "https://dash.localhost", 403),
        ("dash.localhost:8443", "https://dash.localhost", 403),
    ] {
        let request = handshake("/ws", &[("Host", Some(host)), ("Origin", Some(origin))]);
        let request = [request.as_bytes(), &frame(CLOSE, b"")].concat();
        let what = format!("{origin} at {host}");
        assert_eq!(exchange_raw(&gateway, &request).await, status, "{what}");
    }
    let twice = [("Origin", Some("http://localhost:3000")); 2];
    let answer = exchange(gateway.addr, handshake("/ws", &twice).as_bytes()).await;
    assert_refused(&answer, 400, "bad_data", "two origins");
}

/// The status alone: what follows a `101` is not text.
async fn exchange_raw(gateway: &TestGateway, request: &[u8]) -> u16 {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = TcpStream::connect(gateway.addr).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    std::str::from_utf8(&answer[9..12])
        .unwrap()
        .parse()
        .unwrap()
}

#[actix_web::test]
async fn any_other_upgrade_is_an_ordinary_request() {
    let gateway = TestGateway::start([]);
    let h2c = [("Upgrade", "h2c")];
    assert_eq!(
        http::request(gateway.addr, "GET", "/health", &h2c)
            .await
            .status,
        200
    );
    let answer = http::request(gateway.addr, "GET", "/ws", &h2c).await;
    assert_refused(&answer, 426, "bad_data", "h2c at /ws");
    assert_eq!(http::get(gateway.addr, "/").await.status, 200);
    assert_refused(
        &http::get(gateway.addr, "/ws/instant").await,
        426,
        "bad_data",
        "no upgrade",
    );
}

#[actix_web::test]
async fn what_comes_in_the_same_segment_as_the_handshake_is_heard() {
    let gateway = TestGateway::start([]);
    let early = [
        frame(TEXT, br#"{"type":"first"}"#),
        frame(PING, b"second"),
        frame(TEXT, br#"{"type":"third"}"#)[..9].to_vec(),
    ]
    .concat();
    let stream = TcpStream::connect(gateway.addr).await.unwrap();
    let mut client = WsClient::over(stream, "/ws/instant", &early).await;
    assert_eq!(client.json_of("ack").await["requestType"], "first");
    while client.next().await != Some(Message::Pong(b"second".to_vec())) {}
    client
        .send(&frame(TEXT, br#"{"type":"third"}"#)[9..])
        .await
        .unwrap();
    assert_eq!(client.json_of("ack").await["requestType"], "third");
}

#[actix_web::test]
async fn one_session_too_many_is_told_to_come_back_while_everything_else_answers() {
    let limit = ("SERVICE_METRICS__WEBSOCKET__MAX_SESSIONS", "2".to_owned());
    let gateway = TestGateway::start([limit]);
    let mut first = WsClient::open(gateway.addr, "/ws").await;
    let mut second = WsClient::open(gateway.addr, "/ws").await;
    second.json().await;
    let third = handshake("/ws", &[]);
    let answer = exchange(gateway.addr, third.as_bytes()).await;
    assert_refused(&answer, 503, "unavailable", "the third");
    assert!(answer.header("retry-after").is_some());
    assert_eq!(http::get(gateway.addr, "/health").await.status, 200);
    assert_eq!(gateway.metric("service_metrics_sessions").await, 2.0);

    first.send(&frame(CLOSE, b"")).await.unwrap();
    assert_eq!(first.closed_with().await, 1000);
    drop(first);
    eventually("a place is free again", async || {
        let early = [third.as_bytes(), &frame(CLOSE, b"")].concat();
        (exchange_raw(&gateway, &early).await == 101).then_some(())
    })
    .await;
    second.say(r#"{"type":"ping"}"#).await;
    assert_eq!(second.json_of("ack").await["requestType"], "ping");
}
