//! The guard against streams that keep the rules and streams that break them, whole and byte by byte.

use std::time::{Duration, Instant};

use super::*;

const LIMITS: Limits = Limits {
    message_bytes: 65_536,
    frames_per_second: 50,
};

/// A masked frame, as a client sends it.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    match payload.len() {
        short @ 0..=125 => bytes.push(0x80 | short as u8),
        medium @ 126..=65_535 => {
            bytes.push(0x80 | 126);
            bytes.extend((medium as u16).to_be_bytes());
        }
        long => {
            bytes.push(0x80 | 127);
            bytes.extend((long as u64).to_be_bytes());
        }
    }
    let mask = [0x37, 0xFA, 0x21, 0x3D];
    bytes.extend(mask);
    bytes.extend(
        payload
            .iter()
            .enumerate()
            .map(|(at, byte)| byte ^ mask[at % 4]),
    );
    bytes
}

/// What becomes of a stream when it comes whole, byte by byte, and in pieces of three: always the same.
fn verdict(stream: &[u8]) -> Result<(), u16> {
    let verdicts: Vec<_> = [stream.len().max(1), 1, 3]
        .into_iter()
        .map(|size| {
            let mut guard = Guard::new(LIMITS, false);
            let now = Instant::now();
            stream
                .chunks(size)
                .try_for_each(|piece| guard.inspect(piece, now))
                .map_err(|refusal| refusal.closing.code.number())
        })
        .collect();
    assert!(
        verdicts.iter().all(|one| *one == verdicts[0]),
        "{verdicts:?}"
    );
    verdicts[0]
}

#[test]
fn what_keeps_the_rules_passes() {
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("empty text", frame(0x81, b"")),
        ("text", frame(0x81, b"{}")),
        (
            "text of 125, 126, 65535 and 65536 bytes",
            [125, 126, 65_535, 65_536]
                .map(|n| frame(0x81, &vec![b'x'; n]))
                .concat(),
        ),
        (
            "two fragments",
            [frame(0x01, b"{"), frame(0x80, b"}")].concat(),
        ),
        (
            "a ping between fragments",
            [frame(0x01, b"{"), frame(0x89, b"?"), frame(0x80, b"}")].concat(),
        ),
        (
            "a character split over fragments",
            [frame(0x01, &[0xC3]), frame(0x80, &[0xA9])].concat(),
        ),
        ("a character of four bytes", frame(0x81, "😀".as_bytes())),
        ("unsolicited pong", frame(0x8A, &[0; 125])),
        ("close without code", frame(0x88, b"")),
        ("close with code", frame(0x88, &[0x03, 0xE8])),
        (
            "close with reason",
            frame(
                0x88,
                &[&[0x0F, 0xA0][..], "au revoir, à bientôt".as_bytes()].concat(),
            ),
        ),
        (
            "anything after close",
            [frame(0x88, b""), vec![0xFF; 40]].concat(),
        ),
    ];
    for (name, stream) in cases {
        assert_eq!(verdict(&stream), Ok(()), "{name}");
    }
}

#[test]
fn what_breaks_them_is_closed_with_its_own_code() {
    let unmasked = vec![0x81, 0x02, b'{', b'}'];
    let declared = |first: u8, length: u64| {
        [vec![first, 0xFF], length.to_be_bytes().to_vec(), vec![0; 4]].concat()
    };
    let cases: Vec<(&str, Vec<u8>, u16)> = vec![
        ("RSV1", frame(0xC1, b""), 1002),
        ("RSV2", frame(0xA1, b""), 1002),
        ("RSV3", frame(0x91, b""), 1002),
        ("RSV on a ping", frame(0xC9, b""), 1002),
        ("opcode 3", frame(0x83, b""), 1002),
        ("opcode 7", frame(0x87, b""), 1002),
        ("opcode 11", frame(0x8B, b""), 1002),
        ("opcode 15", frame(0x8F, b""), 1002),
        ("not masked", unmasked, 1002),
        ("ping in fragments", frame(0x09, b""), 1002),
        ("close in fragments", frame(0x08, b""), 1002),
        ("ping of 126 bytes", frame(0x89, &[0; 126]), 1002),
        ("close of 126 bytes", frame(0x88, &[0; 126]), 1002),
        ("continuation of nothing", frame(0x80, b"x"), 1002),
        (
            "unfinished continuation of nothing",
            frame(0x00, b"x"),
            1002,
        ),
        (
            "continuation after the end",
            [frame(0x01, b"{"), frame(0x80, b"}"), frame(0x80, b"x")].concat(),
            1002,
        ),
        (
            "text inside a fragmented text",
            [frame(0x01, b"{"), frame(0x81, b"}")].concat(),
            1002,
        ),
        (
            "length of 5 in 16 bits",
            [vec![0x81, 0xFE, 0, 5], vec![0; 9]].concat(),
            1002,
        ),
        ("length of 5 in 64 bits", declared(0x81, 5), 1002),
        ("close code of one byte", frame(0x88, &[3]), 1002),
        ("close code 0", frame(0x88, &[0, 0]), 1002),
        ("close code 999", frame(0x88, &[0x03, 0xE7]), 1002),
        ("close code 1004", frame(0x88, &[0x03, 0xEC]), 1002),
        ("close code 1005", frame(0x88, &[0x03, 0xED]), 1002),
        ("close code 1006", frame(0x88, &[0x03, 0xEE]), 1002),
        ("close code 1015", frame(0x88, &[0x03, 0xF7]), 1002),
        ("close code 2999", frame(0x88, &[0x0B, 0xB7]), 1002),
        ("close code 5000", frame(0x88, &[0x13, 0x88]), 1002),
        (
            "close reason not UTF-8",
            frame(0x88, &[0x03, 0xE8, 0xFF]),
            1007,
        ),
        ("binary", frame(0x82, b"x"), 1003),
        ("binary in fragments", frame(0x02, b"x"), 1003),
        ("not UTF-8", frame(0x81, &[0xFF]), 1007),
        ("a surrogate", frame(0x81, &[0xED, 0xA0, 0x80]), 1007),
        ("overlong", frame(0x81, &[0xC0, 0xAF]), 1007),
        (
            "over U+10FFFF",
            frame(0x81, &[0xF4, 0x90, 0x80, 0x80]),
            1007,
        ),
        (
            "a character cut off by the end",
            frame(0x81, &[0xE2, 0x82]),
            1007,
        ),
        (
            "a character cut off by the last fragment",
            [frame(0x01, &[0xE2]), frame(0x80, &[0x82])].concat(),
            1007,
        ),
        (
            "not UTF-8 in a fragment",
            [frame(0x01, b"ok"), frame(0x00, &[0xFE])].concat(),
            1007,
        ),
        ("65537 bytes", frame(0x81, &vec![b'x'; 65_537]), 1009),
        (
            "65537 bytes in fragments",
            [frame(0x01, &vec![b'x'; 65_536]), frame(0x80, b"x")].concat(),
            1009,
        ),
        ("2^40 bytes declared", declared(0x81, 1 << 40), 1009),
        ("2^63 bytes declared", declared(0x81, 1 << 63), 1009),
    ];
    for (name, stream, code) in cases {
        assert_eq!(verdict(&stream), Err(code), "{name}");
    }
}

#[test]
fn what_came_before_a_violation_is_sound() {
    let good = frame(0x81, b"{}");
    let stream = [good.clone(), frame(0x82, b"x")].concat();
    let refusal = Guard::new(LIMITS, false)
        .inspect(&stream, Instant::now())
        .unwrap_err();
    assert_eq!(refusal.valid_length, good.len());
}

#[test]
fn a_burst_passes_a_flood_does_not() {
    let ping = frame(0x89, b"");
    let mut guard = Guard::new(LIMITS, false);
    let start = Instant::now();
    for _ in 0..200 {
        guard.inspect(&ping, start).unwrap();
    }
    assert_eq!(
        guard.inspect(&ping, start).unwrap_err().closing.code,
        CloseCode::Flooding
    );
}

#[test]
fn the_sustained_rate_passes_for_ever() {
    let ping = frame(0x89, b"");
    let mut guard = Guard::new(LIMITS, false);
    let start = Instant::now();
    for beat in 0..10_000 {
        guard
            .inspect(&ping, start + Duration::from_millis(20) * beat)
            .unwrap();
    }
}

#[test]
fn endless_empty_continuations_are_a_flood() {
    let mut guard = Guard::new(LIMITS, false);
    let now = Instant::now();
    guard.inspect(&frame(0x01, b""), now).unwrap();
    let flood = frame(0x00, b"").repeat(300);
    assert_eq!(
        guard.inspect(&flood, now).unwrap_err().closing.code,
        CloseCode::Flooding
    );
}

#[test]
fn a_compressed_message_passes_where_that_was_negotiated_and_nowhere_else() {
    let seen = |stream: &[u8], deflate| {
        let verdict = Guard::new(LIMITS, deflate).inspect(stream, Instant::now());
        verdict.map_err(|refusal| refusal.closing.code.number())
    };
    // Not UTF-8: it is compressed.
    let message = frame(0xC1, &[0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]);
    assert_eq!(seen(&message, true), Ok(()));
    assert_eq!(seen(&message, false), Err(1002));
    let fragments = [frame(0x41, &[0xF2]), frame(0x89, b""), frame(0x80, &[0x48])].concat();
    assert_eq!(seen(&fragments, true), Ok(()));
    for (wrong, code) in [
        (frame(0xC9, b""), 1002),
        (frame(0xE1, b""), 1002),
        (frame(0xA1, b""), 1002),
        (frame(0xC2, b""), 1003),
        ([frame(0x41, b""), frame(0xC0, b"")].concat(), 1002),
        ([frame(0xC1, b""), frame(0x81, &[0xFF])].concat(), 1007),
        (frame(0xC1, &[0; 65_537]), 1009),
    ] {
        assert_eq!(seen(&wrong, true), Err(code), "{wrong:02x?}");
    }
}
