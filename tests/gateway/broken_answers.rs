//! HAZARDS 14: whatever Prometheus answers, nothing broken is forwarded as good data, and it heals by itself.

use serde_json::json;

use crate::support::{
    eventually,
    gateway::TestGateway,
    scripted::{Script, Scripted},
};

const LIMIT: usize = 1 << 20;
const GOOD: &str = r#"{"metric":{"__name__":"good"},"value":[1,"1"]}"#;

/// A way to answer badly.
struct Fault {
    name: &'static str,
    script: Script,
    error_type: &'static str,
    reason: &'static str,
}

fn faults(elsewhere: &Scripted) -> Vec<Fault> {
    let head = |rest: &str| format!("HTTP/1.1 200 OK\r\n{rest}\r\n").into_bytes();
    let sized = |length: usize, body: &str| {
        [head(&format!("Content-Length: {length}\r\n")), body.into()].concat()
    };
    let chunked = || head("Transfer-Encoding: chunked\r\n");
    let good =
        format!(r#"{{"status":"success","data":{{"resultType":"vector","result":[{GOOD}]}}}}"#);
    let error = r#"{"status":"error","errorType":"execution","error":"too much"}"#;
    let twice = good.replacen('{', r#"{"status":"success","#, 1);
    let latin1 = [&good.as_bytes()[..50], b"\xe9", &good.as_bytes()[50..]].concat();
    let deep = good.replace(GOOD, &("[".repeat(100_000) + &"]".repeat(100_000)));
    let moved = format!(
        "HTTP/1.1 302 Found\r\nLocation: {}/api/v1/query?query=good\r\nContent-Length: 0\r\n\r\n",
        elsewhere.url()
    );
    let gzip = [
        &head("Content-Encoding: gzip\r\nContent-Length: 20\r\n")[..],
        &[0x1f; 20],
    ]
    .concat();
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000)).into_bytes();
    let slow_head = head(&format!("X-Slow: {}\r\n", "x".repeat(1000)));
    let old = |body: &str| format!("HTTP/1.0 200 OK\r\n\r\n{body}").into_bytes();
    let half = &good[..good.len() / 2];
    [
        ("rst", Script::Reset(vec![]), "unavailable", "unreachable"),
        ("fin", Script::Close(vec![]), "unavailable", "unreachable"),
        (
            "rst_in_head",
            Script::Reset(b"HTTP/1.1 2".into()),
            "unavailable",
            "unreachable",
        ),
        (
            "rst_in_body",
            Script::Reset(sized(good.len(), half)),
            "unavailable",
            "unreachable",
        ),
        (
            "not_http",
            Script::Close(b"SSH-2.0-OpenSSH_9.2\r\n".into()),
            "unavailable",
            "unreachable",
        ),
        (
            "html_500",
            Script::json(500, "<html>oops</html>"),
            "unavailable",
            "status",
        ),
        (
            "good_500",
            Script::json(500, &good),
            "unavailable",
            "status",
        ),
        (
            "empty_204",
            Script::Bytes(b"HTTP/1.1 204 No Content\r\n\r\n".into()),
            "unavailable",
            "unreachable",
        ),
        (
            "envelope_422",
            Script::json(422, error),
            "execution",
            "refused",
        ),
        (
            "error_200",
            Script::json(200, error),
            "execution",
            "refused",
        ),
        (
            "truncated",
            Script::Close(sized(good.len(), half)),
            "unavailable",
            "unreachable",
        ),
        (
            "length_short",
            Script::Bytes(sized(good.len() - 9, &good)),
            "unavailable",
            "unreachable",
        ),
        (
            "length_long",
            Script::Close(sized(good.len() + 9, &good[..good.len() - 1])),
            "unavailable",
            "unreachable",
        ),
        (
            "length_twice",
            Script::Close(head("Content-Length: 3\r\nContent-Length: 4\r\n")),
            "unavailable",
            "unreachable",
        ),
        (
            "chunk_torn",
            Script::Close([&chunked()[..], b"5\r\n{\"st"].concat()),
            "unavailable",
            "unreachable",
        ),
        (
            "chunk_size",
            Script::Close([&chunked()[..], b"zz\r\n{}\r\n"].concat()),
            "unavailable",
            "unreachable",
        ),
        (
            "not_json",
            Script::json(200, r#"{"status":"success","data":{"resultType":nope}}"#),
            "bad_data",
            "malformed",
        ),
        (
            "two_values",
            Script::json(200, good.clone() + &good),
            "bad_data",
            "malformed",
        ),
        (
            "not_utf8",
            Script::json(200, latin1),
            "bad_data",
            "malformed",
        ),
        (
            "not_envelope",
            Script::json(200, r#"{"hello":"world"}"#),
            "bad_data",
            "malformed",
        ),
        (
            "not_data",
            Script::json(200, r#"{"status":"success","data":{"alerts":[]}}"#),
            "bad_data",
            "malformed",
        ),
        (
            "an_array",
            Script::json(200, "[1,2,3]"),
            "bad_data",
            "malformed",
        ),
        ("twice", Script::json(200, twice), "bad_data", "malformed"),
        ("deep", Script::json(200, deep), "bad_data", "malformed"),
        ("silence", Script::Silence, "timeout", "timeout"),
        (
            "drip_body",
            Script::Drip(sized(good.len(), &good)),
            "timeout",
            "timeout",
        ),
        ("drip_head", Script::Drip(slow_head), "timeout", "timeout"),
        (
            "redirect",
            Script::Bytes(moved.into()),
            "unavailable",
            "status",
        ),
        (
            "declared_64_mib",
            Script::Endless(head("Content-Length: 67108864\r\n"), chunk.clone()),
            "bad_data",
            "too_large",
        ),
        (
            "endless_chunks",
            Script::Endless(chunked(), chunk.clone()),
            "bad_data",
            "too_large",
        ),
        (
            "endless_1_0",
            Script::Endless(old(""), chunk),
            "bad_data",
            "too_large",
        ),
        (
            "endless_head",
            Script::Endless(b"HTTP/1.1 200 OK\r\n".into(), b"X: y\r\n".repeat(999)),
            "unavailable",
            "unreachable",
        ),
        ("gzip", Script::Bytes(gzip), "bad_data", "malformed"),
        (
            "torn_1_0",
            Script::Close(old(half)),
            "unavailable",
            "unreachable",
        ),
    ]
    .map(|(name, script, error_type, reason)| Fault {
        name,
        script,
        error_type,
        reason,
    })
    .into()
}

fn query(name: &str) -> String {
    format!("[[instant]]\nname = \"{name}\"\nquery = \"{name}\"\nchannels = [\"instant\"]\n")
}

#[actix::test]
async fn a_broken_answer_is_an_error_in_its_place_and_harms_no_other() {
    let (server, elsewhere) = (Scripted::start().await, Scripted::start().await);
    let faults = faults(&elsewhere);
    let mut file = String::from("range = []\n");
    for fault in &faults {
        server.script(fault.name, fault.script.clone());
        file += &query(fault.name);
    }
    server.script("good", Script::vector(GOOD));
    file += &query("good");
    let gateway = TestGateway::configured(
        &file,
        [
            ("PROMETHEUS_URL", server.url()),
            ("POLL_INTERVAL", "2000".into()),
            (
                "SERVICE_METRICS__PROMETHEUS__MAX_RESPONSE_BYTES",
                LIMIT.to_string(),
            ),
        ],
    );

    let frame = gateway.frame("instant", |_| true).await;
    let good = json!({"resultType": "vector", "result": [serde_json::from_str::<serde_json::Value>(GOOD).unwrap()]});
    assert_eq!(
        (&frame["stale"], &frame["data"]["good"]),
        (&false.into(), &good)
    );
    for fault in &faults {
        let told = &frame["data"][fault.name];
        assert_eq!(
            told["errorType"], fault.error_type,
            "{}: {told}",
            fault.name
        );
        let words = told["error"].as_str().unwrap();
        assert!(!words.contains("127.0.0.1"), "{words}");
        assert_eq!(told.as_object().unwrap().len(), 2, "{}: {told}", fault.name);
        let of_that_reason = faults
            .iter()
            .filter(|other| other.reason == fault.reason)
            .count();
        let series = format!(
            "service_metrics_query_failures_total{{reason=\"{}\",source=\"prometheus_instant\"}}",
            fault.reason
        );
        let beats = gateway.metric(&series).await / of_that_reason as f64;
        assert!(
            beats >= 1.0 && beats.fract() == 0.0,
            "{}: {beats}",
            fault.reason
        );
        let taken = server.sent(fault.name);
        assert!(
            taken < LIMIT * 16,
            "{} bytes were read of {}",
            taken,
            fault.name
        );
    }
    assert_eq!(elsewhere.asked(""), 0, "a redirect was followed");

    server.heal();
    gateway
        .frame("instant", |frame| {
            faults
                .iter()
                .all(|fault| frame["data"][fault.name]["result"].is_array())
        })
        .await;
}

#[actix::test]
async fn prometheus_may_speak_http_1_0_or_chunked_and_be_reached_over_ipv6() {
    let server = Scripted::start_at("::1").await;
    let body = r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#;
    let old = format!("HTTP/1.0 200 OK\r\n\r\n{body}");
    let chunked = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
        body.len()
    );
    server.script("old", Script::Close(old.into()));
    server.script("chunked", Script::Bytes(chunked.into()));
    let file = format!("range = []\n{}{}", query("old"), query("chunked"));
    let gateway = TestGateway::configured(&file, [("PROMETHEUS_URL", server.url())]);
    let frame = gateway.frame("instant", |_| true).await;
    let empty = json!({"resultType": "vector", "result": []});
    assert_eq!(frame["data"], json!({"old": empty, "chunked": empty}));
}

#[actix::test]
async fn a_kept_connection_that_is_closed_at_the_moment_of_its_use_costs_no_answer() {
    let server = Scripted::start().await;
    server.hang_up_on_reuse();
    let environment = [
        ("PROMETHEUS_URL", server.url()),
        ("POLL_INTERVAL", "500".into()),
    ];
    let file = format!("range = []\n{}", query("good"));
    let gateway = TestGateway::configured(&file, environment);
    gateway
        .frame("instant", |frame| frame["seq"].as_u64() >= Some(4))
        .await;
    let errors = "service_metrics_errors_total{source=\"prometheus_instant\"}";
    assert_eq!(gateway.metric(errors).await, 0.0);
}

#[actix::test]
async fn a_connection_refused_is_told_and_a_second_attempt_is_made_on_the_next_beat() {
    let gateway = TestGateway::start([("POLL_INTERVAL", "300".into())]);
    let frame = gateway.frame("instant", |_| true).await;
    assert_eq!(frame["stale"], true);
    for (_, told) in frame["data"].as_object().unwrap() {
        assert_eq!(told["errorType"], "unavailable");
    }
    eventually("the range frame", async || {
        let (status, frame) = gateway.get("/api/metrics/range").await;
        (status == 200 && frame["stale"] == true).then_some(())
    })
    .await;
    gateway
        .frame("instant", |frame| frame["seq"].as_u64() > Some(2))
        .await;
}
