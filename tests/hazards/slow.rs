//! HAZARDS 19: requests that never come to their end, however slowly they go on.
//!
//! `gateway/hostile.rs` has those that fall silent in a body or in a second request.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::interval,
};

use super::{crowd, watched::Watched};
use crate::support::{
    NOWHERE, eventually, http, in_the_end,
    ws::{TEXT, frame, handshake},
};

/// Says `start` at once, then `bit` again and again; how long the gateway has listened.
async fn listened(addr: SocketAddr, start: &str, bit: &[u8]) -> Duration {
    let began = Instant::now();
    let mut stream = TcpStream::connect(addr).await.unwrap();
    stream.write_all(start.as_bytes()).await.unwrap();
    let (mut reading, mut writing) = stream.split();
    let dripping = async {
        let mut drops = interval(Duration::from_millis(200));
        while writing.write_all(bit).await.is_ok() {
            drops.tick().await;
        }
    };
    let answer = async {
        let mut answer = Vec::new();
        let _ = reading.read_to_end(&mut answer).await; // a reset is an end too
    };
    let ended = async {
        tokio::select! { () = dripping => {}, () = answer => {} }
    };
    in_the_end(&format!("{start:?} is ended"), ended).await;
    began.elapsed()
}

#[actix_web::test]
async fn a_head_that_never_ends_is_closed() {
    let gateway = Watched::start(NOWHERE, 1000, &[]).await;
    gateway.beats("instant", 2).await; // it has all that it opens for itself
    let before = gateway.descriptors();
    let upgrade = handshake("/ws", &[]);
    let upgrade = upgrade.strip_suffix("\r\n").unwrap();
    let get = "GET /health HTTP/1.1\r\nHost: localhost\r\n";
    let cases: [(&str, &[u8]); 5] = [
        ("", b""),
        ("G", b""),
        ("GET /", b"x"),
        (get, b"X-Slow: 1\r\n"),
        (upgrade, b"X-Slow: 1\r\n"),
    ];
    let cases = cases.map(|(start, bit)| listened(gateway.addr, start, bit));
    println!("{:?}", join_all(cases).await);
    eventually("descriptors are back", async || {
        (gateway.descriptors() <= before).then_some(())
    })
    .await;
    assert_eq!(http::get(gateway.addr, "/health").await.status, 200);
}

#[actix_web::test]
async fn a_body_that_never_ends_is_closed() {
    let deadlines = [
        ("SERVICE_METRICS__SERVER__BODY_TIMEOUT_SECONDS", "3"),
        ("SERVICE_METRICS__WEBHOOK__TIMEOUT_SECONDS", "3"),
    ];
    let gateway = Watched::start(NOWHERE, 1000, &deadlines).await;
    gateway.beats("instant", 2).await; // it has all that it opens for itself
    let before = gateway.descriptors();
    let sized = |path: &str| {
        format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{{"
        )
    };
    let chunked = "POST /health HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    let of_get = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n";
    let cases = [
        (sized("/health"), " "),
        (sized("/api/alerts/webhook"), " "),
        (chunked.to_owned(), "1\r\nx\r\n"),
        (of_get.to_owned(), "x"),
    ];
    let cases = cases
        .iter()
        .map(|(start, bit)| listened(gateway.addr, start, bit.as_bytes()));
    println!("{:?}", join_all(cases).await);
    eventually("descriptors are back", async || {
        (gateway.descriptors() <= before).then_some(())
    })
    .await;
}

#[actix_web::test]
async fn half_a_message_and_then_silence_is_a_ping_unanswered() {
    let pings = [("SERVICE_METRICS__WEBSOCKET__PING_INTERVAL_SECONDS", "1")];
    let gateway = Watched::start(NOWHERE, 1000, &pings).await;
    let mut silent = crowd::open(gateway.addr, "/ws", 1).await.remove(0);
    let whole = frame(TEXT, br#"{"type":"ping"}"#);
    silent.send(&whole[..whole.len() / 2]).await.unwrap();
    assert_eq!(silent.closed_with().await, 4409);
}
