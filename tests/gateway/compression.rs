//! permessage-deflate (RFC 7692), from the offer to what is said in it.

use std::io::{Read, Write};

use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use serde_json::Value;

use crate::support::{
    gateway::TestGateway,
    scripted_prometheus::ScriptedPrometheus,
    ws::{Message, WsClient, frame},
};

const NEVER_AGAIN: u32 = 3_600_000;
/// FIN, RSV1 and TEXT.
const COMPRESSED: u8 = 0xC1;

/// The payload of a compressed message.
fn packed(text: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text).unwrap();
    encoder.flush().unwrap();
    let bytes = std::mem::take(encoder.get_mut());
    bytes.strip_suffix(&[0, 0, 0xFF, 0xFF]).unwrap().to_owned()
}

fn unpacked(payload: &[u8]) -> Value {
    let ended = [payload, &[0, 0, 0xFF, 0xFF, 1, 0, 0, 0xFF, 0xFF]].concat();
    let mut text = String::new();
    DeflateDecoder::new(&ended[..])
        .read_to_string(&mut text)
        .unwrap();
    serde_json::from_str(&text).unwrap()
}

#[actix_web::test]
async fn what_is_offered_is_answered_and_what_is_not_ours_to_do_is_left_out() {
    let gateway = TestGateway::start([]);
    let ours = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    for (offer, answer) in [
        (Some("permessage-deflate"), Some(ours)),
        (
            Some("permessage-deflate; client_max_window_bits"),
            Some(ours),
        ),
        (Some("permessage-deflate; server_max_window_bits=9"), None),
        (Some("permessage-bzip2"), None),
        (None, None),
    ] {
        let client = WsClient::offering(gateway.addr, "/ws", offer).await;
        let name = "sec-websocket-extensions: ";
        let told = client.head.lines().find_map(|line| line.strip_prefix(name));
        assert_eq!(told, answer, "{offer:?}: {}", client.head);
    }
}

#[actix_web::test]
async fn a_large_frame_comes_compressed_and_says_the_same_as_the_plain_one() {
    let prometheus = ScriptedPrometheus::start().await;
    prometheus.pad(200_000);
    let gateway = prometheus.gateway(100, []);
    let mut deflated = WsClient::open_deflated(gateway.addr, "/ws/range").await;
    assert_eq!(
        deflated.json().await["type"],
        "connection",
        "small, and so plain"
    );
    let ours = loop {
        // A frame that was there before anybody asked for compressed ones is plain.
        if let Some(Message::Deflated(payload)) = deflated.next().await {
            assert!(payload.len() < 10_000, "{} bytes", payload.len());
            break unpacked(&payload);
        }
    };
    let mut plain = WsClient::open(gateway.addr, "/ws/range").await;
    let theirs = plain.json_of("range_metrics").await;
    let shape = |frame: &Value| {
        let data = frame["data"].as_object().unwrap();
        data.keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(shape(&ours), shape(&theirs));
    let pad = "/data/cpu_usage_1h/result/0/metric/pad";
    assert_eq!(ours.pointer(pad), theirs.pointer(pad));

    let count = async |of| {
        let series = format!("service_metrics_deflate_{of}_bytes_total{{channel=\"range\"}}");
        gateway.metric(&series).await
    };
    let (before, after) = (count("input").await, count("output").await);
    assert!(
        before > 200_000.0 && after > 0.0 && before > 8.0 * after,
        "{before} {after}"
    );
    gateway.stop().await.unwrap();
}

#[actix_web::test]
async fn what_a_client_compresses_is_understood_whole_and_in_fragments() {
    let gateway = TestGateway::start([]);
    let mut client = WsClient::open_deflated(gateway.addr, "/ws/metrics").await;
    client.json().await;
    let asked = |kind: &str| packed(format!(r#"{{"type":"{kind}"}}"#).as_bytes());
    client
        .send(&frame(COMPRESSED, &asked("one")))
        .await
        .unwrap();
    client.say(r#"{"type":"two"}"#).await;
    let three = asked("three");
    for part in [
        frame(0x41, &three[..4]),
        frame(0x89, b"between"),
        frame(0x00, b""),
        frame(0x80, &three[4..]),
    ] {
        client.send(&part).await.unwrap();
    }
    for kind in ["one", "two", "three"] {
        assert_eq!(client.json_of("ack").await["requestType"], kind);
    }
}

#[actix_web::test]
async fn bombs_rubbish_and_bits_out_of_place_end_their_own_session_alone() {
    let gateway = TestGateway::start([]);
    let mut neighbour = WsClient::open_deflated(gateway.addr, "/ws/metrics").await;
    let bomb = packed(&vec![b' '; 40 << 20]);
    assert!(
        bomb.len() < 65_536,
        "the message itself is small: {}",
        bomb.len()
    );
    for (wrong, code) in [
        (frame(COMPRESSED, &bomb), 1009),
        (frame(COMPRESSED, &packed(&vec![b' '; 65_537])), 1009),
        (frame(COMPRESSED, &[0xFF; 32]), 1007),
        (frame(COMPRESSED, &packed(&[0xE9; 64])), 1007),
        (frame(0xE1, b""), 1002),
        ([frame(0x41, b""), frame(0xC0, b"")].concat(), 1002),
        (frame(0xC2, &packed(b"{}")), 1003),
    ] {
        let mut client = WsClient::open_deflated(gateway.addr, "/ws/metrics").await;
        client.send(&wrong).await.unwrap();
        assert_eq!(client.closed_with().await, code);
    }
    let mut plain = WsClient::open(gateway.addr, "/ws/metrics").await;
    plain
        .send(&frame(COMPRESSED, &packed(b"{}")))
        .await
        .unwrap();
    assert_eq!(plain.closed_with().await, 1002, "it was not negotiated");

    neighbour.say(r#"{"type":"ping"}"#).await;
    assert_eq!(neighbour.json_of("ack").await["requestType"], "ping");
}

#[actix_web::test]
async fn a_beat_that_brings_the_same_again_is_a_heartbeat_and_no_frame() {
    let prometheus = ScriptedPrometheus::start().await;
    prometheus.stay(true);
    let gateway = prometheus.gateway(100, []);
    let mut client = WsClient::open(gateway.addr, "/ws/range").await;
    client.json_of("range_metrics").await;
    for _ in 0..3 {
        let heartbeat = client.json_of("heartbeat").await;
        assert_eq!(
            (
                &heartbeat["channel"],
                &heartbeat["seq"],
                &heartbeat["stale"]
            ),
            (&Value::from("range"), &Value::from(1), &Value::from(false))
        );
    }
    let series = "service_metrics_frames_unchanged_total{channel=\"range\"}";
    assert!(gateway.metric(series).await >= 3.0);
    let mut late = WsClient::open(gateway.addr, "/ws/range").await;
    assert_eq!(
        late.json_of("range_metrics").await["seq"],
        1,
        "a late joiner has it at once"
    );

    prometheus.stay(false);
    let next = client.json_of("range_metrics").await;
    assert_eq!(next["seq"], 2);
    let mut instant = WsClient::open(gateway.addr, "/ws/instant").await;
    instant.json_of("instant_metrics").await;
    gateway.stop().await.unwrap();
}

#[actix_web::test]
async fn who_joins_before_the_first_beat_of_compression_gets_what_there_is() {
    let prometheus = ScriptedPrometheus::start().await;
    prometheus.pad(50_000);
    let gateway = prometheus.gateway(NEVER_AGAIN, []);
    let mut plain = WsClient::open(gateway.addr, "/ws/range").await;
    plain.json_of("range_metrics").await;
    let mut deflated = WsClient::open_deflated(gateway.addr, "/ws/range").await;
    assert_eq!(
        deflated.json_of("range_metrics").await["seq"],
        1,
        "plain is always allowed"
    );
    gateway.stop().await.unwrap();
}
