//! The stop: Close 1001 to every session and exit code 0, whatever its connections do.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    os::unix::process::ExitStatusExt,
};

use rustix::process::Signal;

use super::{gateway, local};
use crate::support::{gateway::TestGateway, http, program::Running, ws_client::WsClient};

async fn stops(gateway: &Running, signal: Signal) {
    let status = gateway.ended().await;
    assert_eq!(status.code(), Some(0), "{signal:?}: {}", gateway.log());
    assert!(gateway.log().contains("stopped"), "{}", gateway.log());
}

fn send(port: u16, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(local(port)).unwrap();
    stream.write_all(bytes).unwrap();
    stream
}

#[actix_rt::test]
async fn a_signal_says_close_1001_to_every_session_and_is_exit_0() {
    for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
        let gateway = Running::start(&mut gateway());
        let port = gateway.port().await;
        let mut browsers = Vec::new();
        for path in [
            "/",
            "/ws",
            "/ws/instant",
            "/ws/range",
            "/ws/metrics",
            "/ws/alerts",
        ] {
            let mut browser = WsClient::connect(port, path).await;
            assert_eq!(browser.message().await["type"], "connection");
            browsers.push(browser);
        }
        gateway.signal(signal);
        for mut browser in browsers {
            assert_eq!(browser.close_code().await, 1001, "{signal:?}");
        }
        stops(&gateway, signal).await;
    }
}

#[actix_rt::test]
async fn idle_connections_and_half_sent_requests_do_not_delay_it() {
    let gateway = Running::start(&mut gateway());
    let port = gateway.port().await;
    let mut idle = send(port, b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let mut answer = [0; 15];
    idle.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
    let _half_a_head = send(port, b"GET /health HTTP/1.1\r\nHos");
    let _half_a_body = send(
        port,
        b"POST /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nab",
    );
    let _silent = send(port, b"");
    let mut unread = send(
        port,
        b"GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
          Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    unread.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 101 Sw");
    gateway.signal(Signal::TERM);
    stops(&gateway, Signal::TERM).await;
}

#[actix_rt::test]
async fn one_that_has_stopped_leaves_its_port_to_the_next() {
    let first = TestGateway::start([]);
    let port = first.addr.port();
    let _idle = TcpStream::connect(local(port)).unwrap();
    first.stop().await.unwrap();
    assert!(TcpStream::connect(local(port)).is_err());
    let second = TestGateway::start([("PORT", port.to_string())]);
    assert_eq!(http::get(second.addr, "/health").await.status, 200);
    second.stop().await.unwrap();
}

#[actix_rt::test]
async fn servers_that_never_answer_do_not_delay_it() {
    let frozen = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = frozen.local_addr().unwrap();
    let gateway = Running::start(
        gateway()
            .env("PROMETHEUS_URL", format!("http://{address}"))
            .env("DATABASE_URL", format!("postgres://reader@{address}/none")),
    );
    let port = gateway.port().await;
    let question = b"GET /api/metrics/incidents/details HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let _waiting = send(port, question);
    let (_polled, _) = frozen.accept().unwrap();
    gateway.signal(Signal::TERM);
    stops(&gateway, Signal::TERM).await;
}

#[actix_rt::test]
async fn a_second_signal_ends_it_at_once_with_exit_1() {
    let gateway = Running::start(&mut gateway());
    // A browser that does not answer Close delays the gateway until its drain timeout.
    let _silent = WsClient::connect(gateway.port().await, "/").await;
    gateway.signal(Signal::TERM);
    gateway.signal(Signal::INT);
    assert_eq!(gateway.ended().await.code(), Some(1), "{}", gateway.log());
    assert!(gateway.log().contains("a second time"), "{}", gateway.log());
}

#[actix_rt::test]
async fn a_signal_right_after_the_start_ends_it() {
    let ready = Running::start(&mut gateway());
    ready.says("listening on").await;
    ready.signal(Signal::TERM);
    stops(&ready, Signal::TERM).await;
    for _ in 0..5 {
        let newborn = Running::start(&mut gateway());
        newborn.signal(Signal::TERM);
        let status = newborn.ended().await;
        // Before it listens for signals, a signal does what the kernel does with it.
        let by_signal = status.signal() == Some(Signal::TERM.as_raw());
        assert!(
            by_signal || status.code() == Some(0),
            "{status}: {}",
            newborn.log()
        );
    }
}
