//! Hosts as a request can name them, for whoever answers to its own only (DNS rebinding).

use std::net::SocketAddr;

use super::http::{Answer, exchange};

/// Names of this machine, with any port.
pub(crate) const OWN: [&str; 10] = [
    "localhost",
    "LOCALHOST:1",
    "localhost.:8005",
    "a.b.localhost",
    "127.0.0.1:8005",
    "192.0.2.7:80",
    "[::1]:8005",
    "[2001:db8::7]",
    "listed.example.org:443",
    "below.wild.example.org",
];

/// For `server.hosts`.
pub(crate) const LISTED: &str = "Listed.example.org, *.wild.example.org";

/// Names that a foreign page can be served from, and what browsers never send.
pub(crate) const FOREIGN: [&str; 16] = [
    "",
    "evil.example",
    "evil.example:8005",
    "EVIL.example.",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "wild.example.org",
    "listed.example.org.evil.example",
    "localhost@evil.example",
    "evil.example@localhost",
    "127.1",
    "0x7f000001",
    "2130706433",
    "127.0.0.1.",
    "[fe80::1%25eth0]:8005",
    "localhost:8005:80",
];

/// A `GET`, or another method, with these headers alone.
pub(crate) async fn ask(addr: SocketAddr, line: &str, headers: &str) -> Answer {
    let request = format!("{line}\r\n{headers}Connection: close\r\n\r\n");
    exchange(addr, request.as_bytes()).await
}

/// Asserts that it is the envelope of a 421 that says what to do.
pub(crate) fn assert_misdirected(answer: &Answer, what: &str) {
    assert_eq!(answer.status, 421, "{what}: {answer:?}");
    let envelope: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(envelope["errorType"], "forbidden", "{what}");
    let told = envelope["error"].as_str().unwrap();
    assert!(told.contains("server.hosts"), "{what}: {told}");
    assert!(told.len() < 1000 && told.is_ascii(), "{what}: {told}");
}

/// Asserts that whatever names its host in another way than a browser is judged by all that it names.
pub(crate) async fn assert_targets_are_judged(addr: SocketAddr, path: &str) {
    for (line, headers, status) in [
        (
            format!("GET http://localhost{path} HTTP/1.1"),
            "Host: localhost\r\n",
            200,
        ),
        (
            format!("GET http://evil.example{path} HTTP/1.1"),
            "Host: localhost\r\n",
            421,
        ),
        (
            format!("GET http://localhost{path} HTTP/1.1"),
            "Host: evil.example\r\n",
            421,
        ),
        (format!("GET http://evil.example{path} HTTP/1.0"), "", 421),
        (format!("GET {path} HTTP/1.0"), "", 200),
        (
            format!("GET {path} HTTP/1.0"),
            "Host: evil.example\r\n",
            421,
        ),
        (format!("GET {path} HTTP/1.1"), "", 400),
        (
            format!("GET {path} HTTP/1.1"),
            "Host: localhost\r\nHost: localhost\r\n",
            400,
        ),
        (
            format!("GET {path} HTTP/1.1"),
            "Host: localhost\r\nHost: evil.example\r\n",
            400,
        ),
    ] {
        let answer = ask(addr, &line, headers).await;
        assert_eq!(answer.status, status, "{line} {headers:?}: {answer:?}");
    }
}
