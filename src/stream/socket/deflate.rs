//! The two directions of permessage-deflate (RFC 7692 §7.2) without context takeover: every message stands alone.

use std::io::{Read, Write};

use flate2::{Compression, bufread::DeflateDecoder, write::DeflateEncoder};

use super::{
    close::{CloseCode, CloseReason, MESSAGE_TOO_BIG},
    utf8::NotUtf8,
};

/// Ends a flushed block, and is left out on the wire (RFC 7692 §7.2.1).
const TAIL: [u8; 4] = [0, 0, 0xFF, 0xFF];
/// Ends a stream whose flushed block lacks its end: that, and an empty block that says it is the last.
const END: [u8; 9] = [0, 0, 0xFF, 0xFF, 0x01, 0, 0, 0xFF, 0xFF];
/// Shorter payloads stay plain: they fit one packet as they are.
const WORTHWHILE: usize = 1024;

/// A payload, compressed; `None` when that is not worth it.
pub(super) fn deflate(payload: &[u8]) -> Option<Vec<u8>> {
    if payload.len() < WORTHWHILE {
        return None;
    }
    let mut encoder = DeflateEncoder::new(
        Vec::with_capacity(payload.len() / 4),
        Compression::default(),
    );
    // Writing into memory never fails.
    encoder.write_all(payload).ok()?;
    encoder.flush().ok()?;
    let mut packed = std::mem::take(encoder.get_mut());
    debug_assert!(packed.ends_with(&TAIL), "a flush ends in an empty block");
    packed.truncate(packed.len() - TAIL.len());
    (packed.len() < payload.len()).then_some(packed)
}

/// The text of a compressed message.
///
/// # Errors
/// How to close when it is no deflated text, or longer than `limit`; no more than that is ever inflated.
pub(super) fn inflate(packed: &[u8], limit: usize) -> Result<Vec<u8>, CloseReason> {
    let mut text = Vec::new();
    DeflateDecoder::new(packed.chain(&END[..]))
        .take(limit as u64 + 1)
        .read_to_end(&mut text)
        .map_err(|_| CloseReason::new(CloseCode::NotUtf8, "a message that cannot be inflated"))?;
    if text.len() > limit {
        return Err(MESSAGE_TOO_BIG);
    }
    match std::str::from_utf8(&text) {
        Ok(_) => Ok(text),
        Err(_) => Err(NotUtf8.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json() -> String {
        let point = |n: u64| format!("[{},\"{}\"]", 1_770_701_700 + n * 60, n * n % 977);
        (0..500).map(point).collect::<Vec<_>>().join(",")
    }

    #[test]
    fn what_is_deflated_inflates_to_the_same() {
        let text = json();
        let packed = deflate(text.as_bytes()).unwrap();
        assert!(packed.len() < text.len() / 2, "{} bytes", packed.len());
        assert_eq!(inflate(&packed, text.len()).unwrap(), text.as_bytes());
    }

    #[test]
    fn what_is_short_or_does_not_shrink_stays_plain() {
        assert_eq!(deflate(&[b'x'; WORTHWHILE - 1]), None);
        let mut dice = 1_u64;
        let noise: Vec<u8> = (0..4096)
            .map(|_| {
                dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (dice >> 56) as u8
            })
            .collect();
        assert_eq!(deflate(&noise), None);
    }

    #[test]
    fn the_examples_of_the_rfc_are_read() {
        // RFC 7692 §7.2.3: a fixed block, a stored block, two blocks, and one that says that it is the last.
        for packed in [
            &[0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00][..],
            &[
                0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00,
            ],
            &[
                0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00,
            ],
            &[0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00],
        ] {
            assert_eq!(inflate(packed, 5).unwrap(), b"Hello");
        }
        assert_eq!(inflate(&[0], 5).unwrap(), b"");
    }

    #[test]
    fn a_bomb_goes_no_further_than_the_limit_and_rubbish_is_refused() {
        let bomb = deflate(&vec![b'x'; 10 << 20]).unwrap();
        let code = |packed: &[u8]| inflate(packed, 65_536).unwrap_err().code;
        assert_eq!(code(&bomb), CloseCode::TooBig);
        assert_eq!(code(&[0xFF; 64]), CloseCode::NotUtf8);
        let latin = deflate(&vec![0xE9; 4096]).unwrap();
        assert_eq!(code(&latin), CloseCode::NotUtf8);
    }
}
