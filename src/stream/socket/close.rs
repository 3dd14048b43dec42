//! Why a session ends (RFC 6455 §7.4; 4000–4999 are ours to give).

use bytes::Bytes;

use super::header;

/// The close codes that the gateway sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloseCode {
    /// 1000: the client said good-bye.
    Bye,
    /// 1001: the gateway is shutting down; reconnect.
    GoingAway,
    /// 1002: the client broke the protocol.
    ProtocolError,
    /// 1003: a binary message.
    NotAccepted,
    /// 1007: text that is not UTF-8.
    NotUtf8,
    /// 1008: too many frames, or too many answers that nobody reads.
    Flooding,
    /// 1009: a message over the limit.
    TooBig,
    /// 4408: the client has stopped reading.
    NotReading,
    /// 4409: the client does not answer pings.
    NoPong,
}

impl CloseCode {
    /// The number on the wire.
    pub fn number(self) -> u16 {
        match self {
            Self::Bye => 1000,
            Self::GoingAway => 1001,
            Self::ProtocolError => 1002,
            Self::NotAccepted => 1003,
            Self::NotUtf8 => 1007,
            Self::Flooding => 1008,
            Self::TooBig => 1009,
            Self::NotReading => 4408,
            Self::NoPong => 4409,
        }
    }
}

/// Why a session was closed by us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CloseReason {
    /// The code.
    pub code: CloseCode,
    /// What a person can act on, at most 123 bytes.
    pub reason: &'static str,
}

/// A message over the limit, compressed or not.
pub const MESSAGE_TOO_BIG: CloseReason =
    CloseReason::new(CloseCode::TooBig, "the message is too big");

impl CloseReason {
    /// A close with its reason.
    pub const fn new(code: CloseCode, reason: &'static str) -> Self {
        assert!(
            reason.len() <= 123,
            "a control frame holds 125 bytes, two of them the code"
        );
        Self { code, reason }
    }

    /// The Close frame.
    pub fn frame(self) -> Bytes {
        let mut payload = Vec::with_capacity(2 + self.reason.len());
        payload.extend_from_slice(&self.code.number().to_be_bytes());
        payload.extend_from_slice(self.reason.as_bytes());
        header::control(header::CLOSE, &payload)
    }
}

/// True for codes that a client may send (RFC 6455 §7.4.1 and §7.4.2, and the IANA registry).
pub fn may_be_received(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_close_frame_has_code_and_reason() {
        let frame = CloseReason::new(CloseCode::GoingAway, "bye").frame();
        assert_eq!(&frame[..], [0x88, 5, 0x03, 0xE9, b'b', b'y', b'e']);
    }

    #[test]
    fn reserved_codes_may_not_be_received() {
        for code in [0, 999, 1004, 1005, 1006, 1015, 2999, 5000] {
            assert!(!may_be_received(code), "{code}");
        }
        for code in [1000, 1001, 1011, 3000, 4999] {
            assert!(may_be_received(code), "{code}");
        }
    }
}
