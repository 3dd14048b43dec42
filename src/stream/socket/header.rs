//! The headers of the frames that leave (RFC 6455 §5.2), in the shortest form.

use bytes::Bytes;

pub(super) const FIN: u8 = 0x80;
/// The opcode of a Close frame.
pub(super) const CLOSE: u8 = 0x8;
/// The longest header of an unmasked frame.
pub(super) const HEADER: usize = 10;

/// A control frame; its payload is at most 125 bytes.
pub(super) fn control(opcode: u8, payload: &[u8]) -> Bytes {
    debug_assert!(payload.len() <= 125, "RFC 6455 §5.5");
    let (header, length) = header(FIN | opcode, payload.len());
    [&header[..length], payload].concat().into()
}

/// The header of an unmasked frame, in the first bytes, and its length. `first` is FIN, reserved bits and opcode.
pub(super) fn header(first: u8, payload: usize) -> ([u8; HEADER], usize) {
    let mut header = [0; HEADER];
    header[0] = first;
    if payload <= 125 {
        header[1] = payload as u8;
        (header, 2)
    } else if let Ok(short) = u16::try_from(payload) {
        header[1] = 126;
        header[2..4].copy_from_slice(&short.to_be_bytes());
        (header, 4)
    } else {
        header[1] = 127;
        header[2..10].copy_from_slice(&(payload as u64).to_be_bytes());
        (header, 10)
    }
}
