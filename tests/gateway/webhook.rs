//! `POST /api/alerts/webhook`, as Alertmanager and as strangers send it.

use futures_util::future::join_all;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{
    eventually,
    gateway::TestGateway,
    http::{self, Answer},
};

pub(crate) const PATH: &str = "/api/alerts/webhook";
/// The least that is a notification.
pub(crate) const LEAST: &str = r#"{"version":"4","status":"firing","alerts":[]}"#;
const JSON: (&str, &str) = ("Content-Type", "application/json");
const MAX_BYTES: &str = "SERVICE_METRICS__WEBHOOK__MAX_BYTES";
const TIMEOUT: &str = "SERVICE_METRICS__WEBHOOK__TIMEOUT_SECONDS";

/// Sends a head with these headers, and then these bytes whatever the gateway thinks of them.
async fn send(gateway: &TestGateway, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let headers = headers.iter();
    let headers: String = headers
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let head =
        format!("POST {PATH} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n");
    let mut stream = TcpStream::connect(gateway.addr).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let _ = stream.write_all(body).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    Answer {
        status: head[9..12].parse().unwrap(),
        head: head.to_owned(),
        body: body.to_owned(),
    }
}

async fn counted(gateway: &TestGateway, outcome: &str) -> f64 {
    let series = format!("service_metrics_webhooks_total{{outcome=\"{outcome}\"}}");
    gateway.metric(&series).await
}

fn assert_refused(answer: &Answer, status: u16, told: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let envelope: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(envelope["status"], "error", "{answer:?}");
    let error = envelope["error"].as_str().unwrap();
    assert!(error.contains(told), "{told}: {error}");
}

#[actix::test]
async fn what_alertmanager_sends_is_taken_over_and_over_on_one_connection() {
    let gateway = TestGateway::start([]);
    let length = LEAST.len();
    let sized = format!("Content-Length: {length}\r\n\r\n{LEAST}");
    let chunked = format!("Transfer-Encoding: chunked\r\n\r\n{length:x}\r\n{LEAST}\r\n0\r\n\r\n");
    let bad = "Content-Length: 2\r\n\r\n{}".to_owned();
    let mut requests = String::new();
    for body in [&sized, &chunked, &bad, &sized] {
        requests += &format!(
            "POST {PATH}?from=a HTTP/1.1\r\nHost: localhost\r\nUser-Agent: Alertmanager/0.28\r\n\
             Content-Type: application/json; charset=utf-8\r\n{body}"
        );
    }
    requests += "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let answer = http::exchange(gateway.addr, requests.as_bytes()).await;
    let all = answer.head + &answer.body;
    assert_eq!(all.matches(r#"{"status":"success"}"#).count(), 3, "{all}");
    assert_eq!(all.matches("HTTP/1.1 400 ").count(), 1, "{all}");
    assert!(all.ends_with('}') && all.contains(r#"{"status":"ok","#));
    assert_eq!(counted(&gateway, "accepted").await, 3.0);
    assert_eq!(counted(&gateway, "malformed").await, 1.0);
}

#[actix::test]
async fn a_wrong_body_is_refused_and_the_field_is_named() {
    let gateway = TestGateway::start([]);
    for (body, told) in [
        ("", "the body must be a JSON object"),
        ("null", "the body must be a JSON object"),
        ("[]", "the body must be a JSON object"),
        ("{\"version\"", "the body must be a JSON object: EOF"),
        ("{}", "\"version\" is missing"),
        (r#"{"version":4}"#, "\"version\" must be a string"),
        (r#"{"version":"5"}"#, "\"version\" must be \"4\""),
        (r#"{"version":"4"}"#, "\"status\" is missing"),
        (r#"{"version":"4","status":"ok"}"#, "\"status\" must be"),
        (
            r#"{"version":"4","status":"firing"}"#,
            "\"alerts\" is missing",
        ),
        (
            r#"{"version":"4","status":"firing","alerts":{}}"#,
            "\"alerts\" must be an array",
        ),
        (
            r#"{"version":"4","status":"firing","alerts":[{"labels":{"a":1}}]}"#,
            "\"alerts[0].labels\" must be an object of strings",
        ),
    ] {
        let answer = http::post(gateway.addr, PATH, body).await;
        assert_refused(&answer, 400, told);
    }
    assert_eq!(counted(&gateway, "malformed").await, 12.0);
}

#[actix::test]
async fn only_post_is_taken() {
    let gateway = TestGateway::start([]);
    for method in ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"] {
        let answer = http::request(gateway.addr, method, PATH, &[]).await;
        assert_refused(&answer, 405, "POST");
        assert_eq!(answer.header("allow"), Some("POST"));
    }
}

#[actix::test]
async fn another_type_or_an_encoding_is_refused() {
    let gateway = TestGateway::start([]);
    let length = ("Content-Length", &*LEAST.len().to_string());
    for headers in [
        &[length][..],
        &[length, ("Content-Type", "")],
        &[length, ("Content-Type", "text/plain")],
        &[length, ("Content-Type", "text/plain; application/json")],
        &[length, ("Content-Type", "application/jsonx")],
        &[length, JSON, ("Content-Encoding", "gzip")],
        &[length, JSON, ("Content-Encoding", "zstd, gzip")],
    ] {
        let answer = send(&gateway, headers, LEAST.as_bytes()).await;
        assert_refused(&answer, 415, "Content-");
    }
    assert_eq!(counted(&gateway, "wrong_type").await, 7.0);
}

#[actix::test]
async fn no_web_page_may_send_one_not_even_one_that_may_read() {
    let page = "https://ui.example.org";
    let gateway = TestGateway::start([("CORS_ALLOWED_ORIGINS", page.to_owned())]);
    let length = ("Content-Length", &*LEAST.len().to_string());
    let own = format!("http://{}", gateway.addr);
    for origin in [page, "https://evil.example", "null", "", &own] {
        let headers = [length, JSON, ("Origin", origin)];
        let answer = send(&gateway, &headers, LEAST.as_bytes()).await;
        assert_refused(&answer, 403, "Alertmanager");
    }
    let preflight = [
        ("Origin", page),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "content-type"),
    ];
    let answer = http::request(gateway.addr, "OPTIONS", PATH, &preflight).await;
    assert_refused(&answer, 400, "CORS");
    assert_eq!(counted(&gateway, "forbidden").await, 5.0);
}

#[actix::test]
async fn a_body_that_is_too_large_is_refused_whether_it_says_so_or_not() {
    let gateway = TestGateway::start([(MAX_BYTES, "65536".into())]);
    let filled = |bytes: usize| {
        let rest = bytes - LEAST.len() - r#""x":"","#.len();
        LEAST.replacen('{', &format!(r#"{{"x":"{}","#, "x".repeat(rest)), 1)
    };
    let fits = filled(65_536);
    assert_eq!(fits.len(), 65_536);
    assert_eq!(http::post(gateway.addr, PATH, &fits).await.status, 200);

    let declared = |bytes: &'static str| [JSON, ("Content-Length", bytes)];
    for bytes in ["65537", "1000000000000"] {
        let answer = send(&gateway, &declared(bytes), b"{").await;
        assert_refused(&answer, 413, "65536 bytes");
        assert_eq!(answer.header("connection"), Some("close"));
    }
    let headers = [JSON, ("Transfer-Encoding", "chunked")];
    let body = format!("{:x}\r\n{}\r\n0\r\n\r\n", 65_537, filled(65_537));
    let answer = send(&gateway, &headers, body.as_bytes()).await;
    assert_refused(&answer, 413, "65536 bytes");
    assert_eq!(counted(&gateway, "too_large").await, 3.0);
}

#[actix::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let gateway = TestGateway::start([(TIMEOUT, "0.3".into())]);
    for headers in [
        [JSON, ("Content-Length", "1000")],
        [JSON, ("Transfer-Encoding", "chunked")],
    ] {
        let answer = send(&gateway, &headers, b"5\r\n{\"ver").await; // and its end
        assert_refused(&answer, 408, "300ms");
        assert_eq!(answer.header("connection"), Some("close"));
    }
    assert_eq!(counted(&gateway, "too_slow").await, 2.0);
}

#[actix::test]
async fn a_body_that_drips_in_is_cut_off_wanted_or_not() {
    let gateway = TestGateway::start([(TIMEOUT, "0.5".into())]);
    let post = format!("POST {PATH} HTTP/1.1\r\nHost: localhost\r\n");
    let json = format!("{post}Content-Type: application/json\r\n");
    let sized = format!("{json}Content-Length: 100000\r\n");
    let chunked = "Transfer-Encoding: chunked\r\n";
    let wanted = json + chunked;
    let refused = post + chunked;
    let elsewhere = format!("GET /health HTTP/1.1\r\nHost: localhost\r\n{chunked}");
    let drip = |head, bit| http::drip(gateway.addr, head, bit);
    let answers = [
        drip(&sized, b" ".as_slice()),
        drip(&wanted, b"1\r\n \r\n"),
        drip(&refused, b"1\r\n \r\n"),
        drip(&elsewhere, b"1\r\n \r\n"),
    ];
    let answers = join_all(answers).await;
    for (answer, status) in answers.iter().zip([408, 408, 415, 200]) {
        let expected = format!("HTTP/1.1 {status} ");
        assert!(answer.starts_with(&expected), "{answer}");
    }
}

#[actix::test]
async fn whoever_sends_far_too_much_can_read_why_it_is_refused() {
    let gateway = TestGateway::start([]);
    let body = vec![b' '; 8 << 20];
    let length = body.len().to_string();
    let answer = send(&gateway, &[JSON, ("Content-Length", &length)], &body).await;
    assert_refused(&answer, 413, "1048576 bytes");
}

#[actix::test]
async fn a_body_that_breaks_off_is_no_notification() {
    let gateway = TestGateway::start([]);
    let mut stream = TcpStream::connect(gateway.addr).await.unwrap();
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{LEAST}"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    eventually("it is counted", async || {
        (counted(&gateway, "malformed").await == 1.0).then_some(())
    })
    .await;
    assert_eq!(counted(&gateway, "accepted").await, 0.0);
}

/// Bodies of one client that may be on their way at the same time.
const OWN: usize = 16;

#[actix::test]
async fn whoever_sends_bodies_slowly_makes_room_for_alertmanager_and_for_himself() {
    let gateway = TestGateway::start([(TIMEOUT, "25".into())]);
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: 1000\r\nExpect: 100-continue\r\n\r\n"
    );
    let slow = async || {
        let mut stream = http::connect_from([127, 0, 0, 2], gateway.addr).await;
        stream.write_all(head.as_bytes()).await.unwrap();
        // Whoever is told to continue has its place, or will have it before long.
        let mut told = [0; 25];
        stream.read_exact(&mut told).await.unwrap();
        assert!(told.starts_with(b"HTTP/1.1 100 "), "{told:?}");
        stream.write_all(b"{\"").await.unwrap();
        stream
    };
    let mut holding = Vec::new();
    for _ in 0..OWN {
        holding.push(slow().await);
    }
    assert_eq!(whole(&gateway).await.status, 200);
    assert_eq!(
        counted(&gateway, "too_slow").await,
        0.0,
        "nobody was waited for"
    );

    holding.push(slow().await);
    eventually("the slowest of its own gives way", async || {
        (counted(&gateway, "gave_way").await == 1.0).then_some(())
    })
    .await;
    let mut answer = String::new();
    holding[0].read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(answer.to_lowercase().contains("retry-after: "), "{answer}");
    assert!(answer.contains("more slowly"), "{answer}");
}

/// Sends the least notification as it should be.
async fn whole(gateway: &TestGateway) -> Answer {
    let length = LEAST.len().to_string();
    send(
        gateway,
        &[JSON, ("Content-Length", &length)],
        LEAST.as_bytes(),
    )
    .await
}
