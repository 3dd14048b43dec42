//! Streams that break RFC 6455: each is answered with its own close code, and nobody else notices.

use crate::support::{
    gateway::TestGateway,
    scripted_prometheus::ScriptedPrometheus,
    ws::{CLOSE, Message, PING, PONG, TEXT, WsClient, frame},
};

const MAX: usize = 65_536;

fn declared(first: u8, length: u64) -> Vec<u8> {
    [vec![first, 0xFF], length.to_be_bytes().to_vec(), vec![0; 4]].concat()
}

type Violation = (&'static str, Vec<u8>, u16);

fn violations() -> Vec<Violation> {
    [clean_closes(), broken_frames(), close_codes(), contents()].concat()
}

/// Closes that are no violation: 1000 answers them.
fn clean_closes() -> Vec<Violation> {
    vec![
        ("good-bye", frame(CLOSE, b""), 1000),
        ("good-bye with a code", frame(CLOSE, &[0x03, 0xE9]), 1000),
        (
            "good-bye and more",
            [frame(CLOSE, b""), vec![0xFF; 4096]].concat(),
            1000,
        ),
        (
            "good-bye with a reason",
            frame(CLOSE, b"\x03\xE8so long"),
            1000,
        ),
        (
            "good-bye with a registered code",
            frame(CLOSE, &[0x0B, 0xB8]),
            1000,
        ),
        (
            "good-bye with a private code",
            frame(CLOSE, &[0x13, 0x87]),
            1000,
        ),
        (
            "good-bye amid a fragmented text",
            [frame(0x01, b"{"), frame(CLOSE, b"")].concat(),
            1000,
        ),
        (
            "good-bye after an unasked pong",
            [frame(PONG, b"hm"), frame(CLOSE, b"")].concat(),
            1000,
        ),
        (
            "good-bye after a ping amid a character",
            [
                frame(0x01, &[b'"', 0xF0, 0x9F]),
                frame(PING, b""),
                frame(0x80, &[0x98, 0x80, b'"']),
                frame(CLOSE, b""),
            ]
            .concat(),
            1000,
        ),
        (
            "good-bye after the longest text",
            [frame(TEXT, &vec![b'1'; MAX]), frame(CLOSE, b"")].concat(),
            1000,
        ),
    ]
}

/// Frames that RFC 6455 §5.2 to §5.5 do not allow.
fn broken_frames() -> Vec<Violation> {
    vec![
        ("RSV1", frame(0xC1, b"{}"), 1002),
        ("RSV2", frame(0xA1, b"{}"), 1002),
        (
            "RSV1 on a continuation",
            [frame(0x01, b"{"), frame(0xC0, b"}")].concat(),
            1002,
        ),
        ("RSV1 on good-bye", frame(0xC8, b""), 1002),
        ("RSV3 on a ping", frame(0x99, b""), 1002),
        ("opcode 3", frame(0x83, b""), 1002),
        ("opcode 7", frame(0x87, b""), 1002),
        ("opcode 11", frame(0x8B, b""), 1002),
        ("opcode 15", frame(0x8F, b""), 1002),
        ("not masked", vec![0x81, 0x02, b'{', b'}'], 1002),
        ("a ping that is not masked", vec![0x89, 0x00], 1002),
        ("a ping in fragments", frame(0x09, b""), 1002),
        ("good-bye in fragments", frame(0x08, b""), 1002),
        ("a ping of 126 bytes", frame(PING, &[0; 126]), 1002),
        ("a pong of 126 bytes", frame(PONG, &[0; 126]), 1002),
        ("good-bye of 126 bytes", frame(CLOSE, &[b'x'; 126]), 1002),
        ("a continuation of nothing", frame(0x80, b"x"), 1002),
        (
            "a continuation that is not the last, of nothing",
            frame(0x00, b"x"),
            1002,
        ),
        (
            "a continuation after the last",
            [frame(0x01, b"{"), frame(0x80, b"}"), frame(0x80, b"x")].concat(),
            1002,
        ),
        (
            "a text inside a fragmented one",
            [frame(0x01, b"{"), frame(TEXT, b"}")].concat(),
            1002,
        ),
        (
            "5 bytes declared in 16 bits",
            vec![TEXT, 0xFE, 0, 5, 0, 0, 0, 0],
            1002,
        ),
        ("5 bytes declared in 64 bits", declared(TEXT, 5), 1002),
        (
            "65,535 bytes declared in 64 bits",
            declared(TEXT, 65_535),
            1002,
        ),
    ]
}

/// Close codes that no client may send (§7.4).
fn close_codes() -> Vec<Violation> {
    vec![
        ("a close code of one byte", frame(CLOSE, &[3]), 1002),
        ("close code 0", frame(CLOSE, &[0, 0]), 1002),
        ("close code 999", frame(CLOSE, &[0x03, 0xE7]), 1002),
        ("close code 1004", frame(CLOSE, &[0x03, 0xEC]), 1002),
        ("close code 1005", frame(CLOSE, &[0x03, 0xED]), 1002),
        ("close code 1006", frame(CLOSE, &[0x03, 0xEE]), 1002),
        ("close code 1015", frame(CLOSE, &[0x03, 0xF7]), 1002),
        ("close code 2999", frame(CLOSE, &[0x0B, 0xB7]), 1002),
        ("close code 5000", frame(CLOSE, &[0x13, 0x88]), 1002),
    ]
}

/// Messages that are not taken: binary, not UTF-8, too many, too long.
fn contents() -> Vec<Violation> {
    vec![
        ("binary", frame(0x82, b"x"), 1003),
        ("binary in fragments", frame(0x02, b"x"), 1003),
        ("not UTF-8", frame(TEXT, &[0xFF]), 1007),
        ("a surrogate", frame(TEXT, &[0xED, 0xA0, 0x80]), 1007),
        (
            "a longer form than needed",
            frame(TEXT, &[0xC0, 0x80]),
            1007,
        ),
        (
            "beyond Unicode",
            frame(TEXT, &[0xF4, 0x90, 0x80, 0x80]),
            1007,
        ),
        (
            "a byte of five-byte forms",
            frame(TEXT, &[0xF8, 0x88, 0x80, 0x80, 0x80]),
            1007,
        ),
        (
            "not UTF-8 in the second fragment",
            [frame(0x01, b"{"), frame(0x80, &[0xFF])].concat(),
            1007,
        ),
        (
            "a character cut off",
            [frame(0x01, &[0xE2]), frame(0x80, &[0x82])].concat(),
            1007,
        ),
        (
            "a close reason not UTF-8",
            frame(CLOSE, &[0x03, 0xE8, 0xFF]),
            1007,
        ),
        ("a flood of pings", frame(PING, b"").repeat(1000), 1008),
        (
            "a flood of frames of one byte",
            [frame(0x01, b"x"), frame(0x00, b"x").repeat(1000)].concat(),
            1008,
        ),
        (
            "a flood of empty continuations",
            [frame(0x01, b""), frame(0x00, b"").repeat(1000)].concat(),
            1008,
        ),
        ("one byte too long", frame(TEXT, &vec![b'x'; MAX + 1]), 1009),
        (
            "too long in fragments",
            [frame(0x01, &vec![b'x'; MAX]), frame(0x80, b"x")].concat(),
            1009,
        ),
        ("2^32 bytes declared", declared(TEXT, 1 << 32), 1009),
        ("2^63 bytes declared", declared(TEXT, 1 << 63), 1009),
        ("2^64 - 1 bytes declared", declared(TEXT, u64::MAX), 1009),
    ]
}

#[actix_web::test]
async fn every_violation_is_closed_with_its_own_code_and_a_neighbour_misses_no_beat() {
    // A beat comes when the neighbour has seen the one before: who misses one then was not merely slow.
    let prometheus = ScriptedPrometheus::on_demand().await;
    let gateway = prometheus.gateway(100, []);
    let mut neighbour = WsClient::open(gateway.addr, "/ws/instant").await;
    prometheus.beat();
    let mut seq = neighbour.json_of("instant_metrics").await["seq"]
        .as_u64()
        .unwrap();
    for (what, stream, code) in violations() {
        for piece in [stream.len(), 1] {
            if stream.len() / piece > 2048 {
                continue; // byte by byte is for the short ones
            }
            let mut client = WsClient::open(gateway.addr, "/ws").await;
            for bytes in stream.chunks(piece) {
                if client.send(bytes).await.is_err() {
                    break; // closed before it had said all
                }
            }
            assert_eq!(client.closed_with().await, code, "{what}");
        }
        prometheus.beat();
        let frame = neighbour.json().await;
        seq += 1;
        assert_eq!(frame["seq"], seq, "{what}");
    }
    let closed = async |code: u16| {
        let series = format!("service_metrics_sessions_closed_total{{code=\"{code}\"}}");
        gateway.metric(&series).await
    };
    for code in [1000, 1002, 1003, 1007, 1008, 1009] {
        assert!(closed(code).await > 0.0, "{code}");
    }
    gateway.stop().await.unwrap();
}

#[actix_web::test]
async fn what_was_said_before_a_violation_is_answered_first() {
    let gateway = TestGateway::start([]);
    let mut client = WsClient::open(gateway.addr, "/ws").await;
    client.json_of("connection").await;
    let stream = [frame(TEXT, br#"{"type":"hello"}"#), frame(0x82, b"x")].concat();
    client.send(&stream).await.unwrap();
    assert_eq!(client.json_of("ack").await["requestType"], "hello");
    assert_eq!(client.closed_with().await, 1003);
}

#[actix_web::test]
async fn a_frame_of_a_terabyte_is_refused_by_its_header_and_streaming_it_ends() {
    let gateway = TestGateway::start([]);
    let mut client = WsClient::open(gateway.addr, "/ws").await;
    client.send(&declared(TEXT, 1 << 40)).await.unwrap();
    let close = loop {
        match client.next().await.unwrap() {
            Message::Close(code, _) => break code,
            _ => continue,
        }
    };
    assert_eq!(close, 1009, "before a single byte of it was sent");
    let mut sent = 0_u64;
    while client.send(&[b'x'; 4096]).await.is_ok() {
        sent += 4096;
        // Kernel buffers on both sides hold a few megabytes; a gateway that went on reading would have no end.
        assert!(sent < 64 << 20, "still taking bytes");
    }
    assert_eq!(client.next().await, None);
}

#[actix_web::test]
async fn whoever_streams_on_after_good_bye_does_not_hold_the_worker() {
    let workers = ("SERVICE_METRICS__SERVER__WORKERS", "1".to_owned());
    let gateway = TestGateway::start([workers]);
    let mut neighbour = WsClient::open(gateway.addr, "/ws/instant").await;
    neighbour.json_of("connection").await;
    let mut client = WsClient::open(gateway.addr, "/ws").await;
    client.send(&frame(CLOSE, b"")).await.unwrap();
    let mut sent = 0_u64;
    while client.send(&[0; 65_536]).await.is_ok() {
        sent += 65_536;
        assert!(sent < 64 << 20, "still taking bytes");
    }
    neighbour.say(r#"{"type":"ping"}"#).await;
    assert_eq!(neighbour.json_of("ack").await["requestType"], "ping");
}
