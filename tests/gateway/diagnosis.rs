//! Why a page has no WebSocket, as the gateway tells it and writes it to the log.

use serde_json::{Value, json};

use crate::support::{
    gateway::TestGateway,
    hosts::ask,
    http::exchange,
    ws::{WsClient, handshake},
};

const PAGE: &str = "https://dash.example.org";

/// What the gateway tells a page of `PAGE`, whose requests arrive with these headers.
async fn told(gateway: &TestGateway, version: &str, headers: &str) -> Value {
    let line =
        format!("GET /api/ui/connection?origin=https%3A%2F%2FDash.example.org:443 {version}");
    let answer = ask(gateway.addr, &line, headers).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    serde_json::from_str(&answer.body).unwrap()
}

fn gateway() -> TestGateway {
    let own = "dash.example.org".to_owned();
    TestGateway::start([("SERVICE_METRICS__SERVER__HOSTS", own)])
}

#[actix_web::test]
async fn a_proxy_that_replaces_the_host_is_told_apart() {
    let gateway = gateway();
    let upstream = "Host: 127.0.0.1:8005\r\nX-Forwarded-For: 192.0.2.7\r\n";
    let found = told(&gateway, "HTTP/1.0", upstream).await;
    assert_eq!(found["host"], "127.0.0.1:8005");
    assert_eq!(found["origin"], PAGE);
    assert_eq!(found["http_version"], "1.0");
    assert_eq!(found["proxied"], true);
    assert_eq!(found["problem"], "origin");
    let advice = found["advice"].as_str().unwrap();
    for part in [
        "127.0.0.1:8005",
        PAGE,
        "proxy_set_header Host",
        "cors.allowed_origins",
    ] {
        assert!(advice.contains(part), "{advice}");
    }
    // The same as the handshake would be told.
    let page = [("Host", Some("127.0.0.1:8005")), ("Origin", Some(PAGE))];
    let answer = exchange(gateway.addr, handshake("/ws/alerts", &page).as_bytes()).await;
    assert_eq!(answer.status, 403);
    gateway.stop().await.unwrap();
}

#[actix_web::test]
async fn a_proxy_that_drops_the_upgrade_is_told_apart_until_it_does_not() {
    let gateway = gateway();
    let through = "Host: dash.example.org\r\n";
    let found = told(&gateway, "HTTP/1.1", through).await;
    assert_eq!(
        (&found["problem"], &found["advice"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(found["proxied"], false);

    let page = [("Host", Some("dash.example.org")), ("Origin", Some(PAGE))];
    let sound = handshake("/ws/alerts", &page);
    let bare = sound
        .replace("Upgrade: websocket\r\n", "")
        .replace("keep-alive, Upgrade", "close");
    for lost in [
        bare.replace("HTTP/1.1", "HTTP/1.0"), // nginx as it comes
        bare,
        sound.replace("keep-alive, Upgrade", "close"),
        sound.replace("HTTP/1.1", "HTTP/1.0"),
    ] {
        let answer = exchange(gateway.addr, lost.as_bytes()).await;
        assert!(matches!(answer.status, 400 | 426), "{lost}: {answer:?}");
        let found = told(&gateway, "HTTP/1.1", through).await;
        assert_eq!(found["problem"], "upgrade", "{lost}");
        let advice = found["advice"].as_str().unwrap();
        for part in [
            "proxy_http_version 1.1",
            "Upgrade $http_upgrade",
            "$http_host",
        ] {
            assert!(advice.contains(part), "{advice}");
        }
        let other = "GET /api/ui/connection?origin=http://dash.example.org HTTP/1.1";
        let other = ask(gateway.addr, other, through).await;
        let other: Value = serde_json::from_str(&other.body).unwrap();
        assert_eq!(other["problem"], Value::Null, "another page");

        let mut open = WsClient::asking(gateway.addr, &sound).await;
        open.json().await;
        assert_eq!(
            told(&gateway, "HTTP/1.1", through).await["problem"],
            Value::Null
        );
    }
    gateway.stop().await.unwrap();
}

#[actix_web::test]
async fn a_handshake_that_is_refused_for_another_reason_says_which() {
    let limit = ("SERVICE_METRICS__WEBSOCKET__MAX_SESSIONS", "1".to_owned());
    let gateway = TestGateway::start([limit]);
    let _first = WsClient::open(gateway.addr, "/ws").await;
    let page = [
        ("Host", Some("localhost:8005")),
        ("Origin", Some("http://localhost:8005")),
    ];
    let ask_why = async || {
        let line = "GET /api/ui/connection?origin=http%3A%2F%2Flocalhost%3A8005 HTTP/1.1";
        let answer = ask(gateway.addr, line, "Host: localhost:8005\r\n").await;
        serde_json::from_str::<Value>(&answer.body).unwrap()
    };
    exchange(gateway.addr, handshake("/ws", &page).as_bytes()).await;
    let found = ask_why().await;
    assert_eq!(found["problem"], "sessions", "{found}");
    assert!(
        found["advice"].as_str().unwrap().contains("sessions"),
        "{found}"
    );

    exchange(gateway.addr, handshake("/ws/disco", &page).as_bytes()).await;
    let found = ask_why().await;
    assert_eq!(found["problem"], "handshake", "{found}");
    assert!(
        found["advice"].as_str().unwrap().contains("/ws/disco"),
        "{found}"
    );
    gateway.stop().await.unwrap();
}

#[actix_web::test]
async fn what_a_page_says_of_itself_may_be_anything() {
    let gateway = gateway();
    let host = "Host: localhost\r\n";
    for (query, origin) in [
        ("", Value::Null),
        ("?origin=", Value::Null),
        ("?origin=null", Value::Null),
        ("?origin=%3Cscript%3E", Value::Null),
        ("?origin=http%3A%2F%2Flocalhost", json!("http://localhost")),
    ] {
        let line = format!("GET /api/ui/connection{query} HTTP/1.1");
        let answer = ask(gateway.addr, &line, host).await;
        let found: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(
            (&found["origin"], &found["problem"]),
            (&origin, &Value::Null),
            "{query}"
        );
    }
    for query in ["?page=x", "?origin=a&origin=b", "?origin=%ff"] {
        let line = format!("GET /api/ui/connection{query} HTTP/1.1");
        assert_eq!(ask(gateway.addr, &line, host).await.status, 400, "{query}");
    }
    gateway.stop().await.unwrap();
}

#[actix_web::test]
async fn the_address_of_a_websocket_says_what_has_arrived() {
    let gateway = gateway();
    let headers = "Host: localhost:1\r\nUpgrade: h2c\r\n";
    let answer = ask(gateway.addr, "GET /ws/alerts HTTP/1.0", headers).await;
    assert_eq!(answer.status, 426);
    for part in [
        "HTTP/1.0",
        "host: localhost:1",
        "connection: close",
        "upgrade: h2c",
    ] {
        assert!(answer.body.contains(part), "{answer:?}");
    }
    gateway.stop().await.unwrap();
}
