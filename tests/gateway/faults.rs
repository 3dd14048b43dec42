//! Ways to answer a query badly.

use crate::support::scripted::{Script, Scripted};

/// A series as it should be.
pub(crate) const GOOD: &str = r#"{"metric":{"__name__":"good"},"value":[1,"1"]}"#;

/// A way to answer badly.
pub(crate) struct Fault {
    /// The query that is answered so.
    pub(crate) name: &'static str,
    pub(crate) script: Script,
    /// In the frame.
    pub(crate) error_type: &'static str,
    /// In the counter.
    pub(crate) reason: &'static str,
}

/// All of them; a redirect leads `elsewhere`.
pub(crate) fn faults(elsewhere: &Scripted) -> Vec<Fault> {
    let groups = [
        (unreachable(), "unavailable", "unreachable"),
        (other_statuses(elsewhere), "unavailable", "status"),
        (refusals(), "execution", "refused"),
        (malformed(), "bad_data", "malformed"),
        (slow(), "timeout", "timeout"),
        (too_large(), "bad_data", "too_large"),
    ];
    let faults = groups
        .into_iter()
        .flat_map(|(scripts, error_type, reason)| {
            scripts.into_iter().map(move |(name, script)| Fault {
                name,
                script,
                error_type,
                reason,
            })
        });
    faults.collect()
}

type Scripts = Vec<(&'static str, Script)>;

/// The head of an answer, with these headers.
fn head(headers: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\n{headers}\r\n").into_bytes()
}

/// An answer that declares a length.
fn sized(length: usize, body: &str) -> Vec<u8> {
    [head(&format!("Content-Length: {length}\r\n")), body.into()].concat()
}

/// The head of an answer in chunks, and `body`.
fn chunked(body: &[u8]) -> Vec<u8> {
    [&head("Transfer-Encoding: chunked\r\n")[..], body].concat()
}

/// An answer of HTTP/1.0, which ends with the connection.
fn old(body: &str) -> Vec<u8> {
    format!("HTTP/1.0 200 OK\r\n\r\n{body}").into_bytes()
}

/// A whole answer.
fn good() -> String {
    format!(r#"{{"status":"success","data":{{"resultType":"vector","result":[{GOOD}]}}}}"#)
}

fn unreachable() -> Scripts {
    let good = good();
    let half = &good[..good.len() / 2];
    let without_last = format!("{:x}\r\n{good}\r\n", good.len());
    let almost = &good[..good.len() - 1];
    vec![
        ("rst", Script::Reset(vec![])),
        ("fin", Script::Close(vec![])),
        ("rst_in_head", Script::Reset(b"HTTP/1.1 2".into())),
        ("rst_in_body", Script::Reset(sized(good.len(), half))),
        ("not_http", Script::Close(b"SSH-2.0-OpenSSH_9.2\r\n".into())),
        (
            "empty_204",
            Script::Bytes(b"HTTP/1.1 204 No Content\r\n\r\n".into()),
        ),
        ("truncated", Script::Close(sized(good.len(), half))),
        ("length_short", Script::Bytes(sized(good.len() - 9, &good))),
        ("length_long", Script::Close(sized(good.len() + 9, almost))),
        (
            "length_long_of_whole_json",
            Script::Close(sized(good.len() + 9, &good)),
        ),
        (
            "length_twice",
            Script::Close(head("Content-Length: 3\r\nContent-Length: 4\r\n")),
        ),
        ("chunk_torn", Script::Close(chunked(b"5\r\n{\"st"))),
        (
            "chunk_last_missing",
            Script::Close(chunked(without_last.as_bytes())),
        ),
        ("chunk_size", Script::Close(chunked(b"zz\r\n{}\r\n"))),
        (
            "endless_head",
            Script::Endless(b"HTTP/1.1 200 OK\r\n".into(), b"X: y\r\n".repeat(999)),
        ),
        ("torn_1_0", Script::Close(old(half))),
    ]
}

fn other_statuses(elsewhere: &Scripted) -> Scripts {
    let moved = format!(
        "HTTP/1.1 302 Found\r\nLocation: {}/api/v1/query?query=good\r\nContent-Length: 0\r\n\r\n",
        elsewhere.url()
    );
    vec![
        ("html_500", Script::json(500, "<html>oops</html>")),
        ("good_500", Script::json(500, good())),
        ("redirect", Script::Bytes(moved.into())),
    ]
}

fn refusals() -> Scripts {
    let error = r#"{"status":"error","errorType":"execution","error":"too much"}"#;
    vec![
        ("envelope_422", Script::json(422, error)),
        ("error_200", Script::json(200, error)),
    ]
}

fn malformed() -> Scripts {
    let good = good();
    let twice = good.replacen('{', r#"{"status":"success","#, 1);
    let latin1 = [&good.as_bytes()[..50], b"\xe9", &good.as_bytes()[50..]].concat();
    let deep = good.replace(GOOD, &("[".repeat(100_000) + &"]".repeat(100_000)));
    let gzip = head("Content-Encoding: gzip\r\nContent-Length: 20\r\n");
    let gzip = [&gzip[..], &[0x1f; 20]].concat();
    vec![
        (
            "not_json",
            Script::json(200, r#"{"status":"success","data":{"resultType":nope}}"#),
        ),
        ("two_values", Script::json(200, good.clone() + &good)),
        ("not_utf8", Script::json(200, latin1)),
        ("not_envelope", Script::json(200, r#"{"hello":"world"}"#)),
        (
            "not_data",
            Script::json(200, r#"{"status":"success","data":{"alerts":[]}}"#),
        ),
        ("an_array", Script::json(200, "[1,2,3]")),
        ("twice", Script::json(200, twice)),
        ("deep", Script::json(200, deep)),
        ("gzip", Script::Bytes(gzip)),
    ]
}

fn slow() -> Scripts {
    let good = good();
    let slow_head = head(&format!("X-Slow: {}\r\n", "x".repeat(40)));
    vec![
        ("silence", Script::Silence),
        ("drip_body", Script::Drip(sized(good.len(), &good))),
        ("drip_head", Script::Drip(slow_head)),
    ]
}

fn too_large() -> Scripts {
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000)).into_bytes();
    let declared = head("Content-Length: 67108864\r\n");
    vec![
        ("declared_64_mib", Script::Endless(declared, chunk.clone())),
        (
            "endless_chunks",
            Script::Endless(chunked(b""), chunk.clone()),
        ),
        ("endless_1_0", Script::Endless(old(""), chunk)),
    ]
}
