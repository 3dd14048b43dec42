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
    let slow_head = head(&format!("X-Slow: {}\r\n", "x".repeat(40)));
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
            "length_long_of_whole_json",
            Script::Close(sized(good.len() + 9, &good)),
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
            "chunk_last_missing",
            Script::Close(
                [
                    &chunked()[..],
                    format!("{:x}\r\n{good}\r\n", good.len()).as_bytes(),
                ]
                .concat(),
            ),
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
