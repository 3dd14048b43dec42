//! Connections that end, or go silent, at any byte.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{
    eventually,
    gateway::TestGateway,
    http, in_the_end,
    scripted_prometheus::ScriptedPrometheus,
    ws::{TEXT, WsClient, frame, handshake},
};

/// Numbers that look random and are the same each time (Knuth's linear congruential generator).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

#[actix_web::test]
async fn connections_that_end_at_any_byte_leave_nothing_behind() {
    let prometheus = ScriptedPrometheus::start().await;
    let gateway = prometheus.gateway(100, []);
    let mut neighbour = WsClient::open(gateway.addr, "/ws/instant").await;
    let script = [
        handshake("/ws", &[]).as_bytes(),
        &frame(TEXT, br#"{"type":"subscribe","channel":"metrics"}"#),
        &frame(TEXT, br#"{"type":"unsubscribe","channel":"range"}"#),
    ]
    .concat();
    let mut numbers = Numbers(7);
    for _ in 0..400 {
        let mut stream = TcpStream::connect(gateway.addr).await.unwrap();
        let (first, second) = (numbers.below(script.len()), numbers.below(script.len()));
        let (first, second) = (first.min(second), first.max(second));
        // The gateway may already have refused it.
        let _ = stream.write_all(&script[..first]).await;
        if numbers.below(2) == 0 {
            let _ = stream.write_all(&script[first..second]).await;
        }
        match numbers.below(3) {
            0 => socket2::SockRef::from(&stream)
                .set_linger(Some(Duration::ZERO))
                .unwrap(),
            1 => {
                let _ = stream.shutdown().await;
                if numbers.below(8) == 0 {
                    let _ = stream.read(&mut [0; 64]).await;
                }
            }
            _ => {}
        }
    }
    eventually("only the neighbour is left", async || {
        let sessions = gateway.metric("service_metrics_sessions").await;
        let instant = gateway
            .metric("service_metrics_subscriptions{channel=\"instant\"}")
            .await;
        let range = gateway
            .metric("service_metrics_subscriptions{channel=\"range\"}")
            .await;
        let metrics = gateway
            .metric("service_metrics_subscriptions{channel=\"metrics\"}")
            .await;
        ([sessions, instant, range, metrics] == [1.0, 1.0, 0.0, 0.0]).then_some(())
    })
    .await;
    let opened = gateway
        .metric("service_metrics_sessions_opened_total")
        .await;
    assert!(
        opened > 50.0,
        "the tries must reach beyond the handshake: {opened}"
    );
    neighbour.json_of("instant_metrics").await;
    gateway.stop().await.unwrap();
}

#[actix_web::test]
async fn a_reset_session_is_gone_at_once() {
    // No beat comes that would clean up: the session itself must leave.
    let gateway = TestGateway::start([("POLL_INTERVAL", "3600000".to_owned())]);
    let mut client = WsClient::open(gateway.addr, "/ws").await;
    client.json_of("instant_metrics").await;
    client.reset();
    eventually("it is gone", async || {
        let gone = gateway.metric("service_metrics_sessions").await == 0.0;
        let counted = gateway
            .metric("service_metrics_sessions_closed_total{code=\"none\"}")
            .await;
        let subscriptions = "service_metrics_subscriptions{channel=\"instant\"}";
        let left = gateway.metric(subscriptions).await == 0.0;
        (gone && left && counted == 1.0).then_some(())
    })
    .await;
}

/// Reads to the end.
async fn ends(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let end = stream.read_to_end(&mut answer);
    let _ = in_the_end("a connection that says nothing more is ended", end).await;
    String::from_utf8(answer).unwrap()
}

#[actix_web::test]
async fn one_byte_and_then_silence_is_closed() {
    let gateway = TestGateway::start([]);
    for start in ["G", "GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: "] {
        let mut stream = TcpStream::connect(gateway.addr).await.unwrap();
        stream.write_all(start.as_bytes()).await.unwrap();
        let answer = ends(stream).await;
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 408 "),
            "{answer}"
        );
    }
    assert_eq!(http::get(gateway.addr, "/health").await.status, 200);
}

#[actix_web::test]
async fn silence_in_a_second_head_or_in_a_body_is_closed_too() {
    let deadlines = [
        ("SERVICE_METRICS__SERVER__HEAD_TIMEOUT_SECONDS", "2".into()),
        ("SERVICE_METRICS__SERVER__BODY_TIMEOUT_SECONDS", "2".into()),
        ("SERVICE_METRICS__WEBHOOK__TIMEOUT_SECONDS", "2".into()),
    ];
    let gateway = TestGateway::start(deadlines);
    let head = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\nG";
    let body = "POST /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nsome";
    let chunked =
        "POST /health HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nsome";
    let mut open = Vec::new();
    for start in [head, body, chunked] {
        let mut stream = TcpStream::connect(gateway.addr).await.unwrap();
        stream.write_all(start.as_bytes()).await.unwrap();
        open.push(ends(stream));
    }
    for answer in futures_util::future::join_all(open).await {
        assert!(
            answer.starts_with("HTTP/1.1 "),
            "the first request is answered: {answer}"
        );
        assert!(!answer.starts_with("HTTP/1.1 5"), "{answer}");
    }
}
