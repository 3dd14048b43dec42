//! The rules that a client's frames must keep (RFC 6455 §5), checked before anything is buffered or parsed.
//!
//! actix-http's parser bounds neither a declared length that is streamed nor a message of many continuations, and sends
//! no close codes; the guard follows the frame boundaries in front of it.

use std::time::Instant;

use super::{
    close::{CloseCode, CloseReason, MESSAGE_TOO_BIG, may_be_received},
    head::{Head, NotShortest},
    inflate::COMPRESSED,
    utf8::{NotUtf8, Utf8Check},
};

const CONTINUATION: u8 = 0x0;
const TEXT: u8 = 0x1;
const BINARY: u8 = 0x2;
const CLOSE: u8 = 0x8;
const PONG: u8 = 0xA;

/// A flat burst of this many seconds' worth of frames is let through.
const BURST_SECONDS: f32 = 4.0;

/// The limits of one client.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The longest message, over all its fragments.
    pub message_bytes: usize,
    /// Frames a second, sustained.
    pub frames_per_second: u32,
}

/// A violation of the protocol or of a limit, and its position in the inspected bytes.
#[derive(Debug, PartialEq, Eq)]
pub struct GuardError {
    /// Bytes before the offending frame or byte.
    pub valid_length: usize,
    /// How to close.
    pub closing: CloseReason,
}

/// Follows one client's byte stream.
#[derive(Debug)]
pub struct Guard {
    limits: Limits,
    /// Whether permessage-deflate was negotiated.
    deflate: bool,
    head: Head,
    /// The frame whose payload is passing.
    frame: Option<Payload>,
    /// Bytes so far of the text message whose fragments are passing.
    message: Option<usize>,
    /// Whether they are compressed: what is inside is checked when it is inflated.
    compressed: bool,
    text: Utf8Check,
    /// A Close frame's payload.
    close_payload: Vec<u8>,
    closed: bool,
    tokens: f32,
    counted_at: Option<Instant>,
}

#[derive(Debug)]
struct Payload {
    opcode: u8,
    fin: bool,
    mask: [u8; 4],
    at: usize,
    length: usize,
}

type Verdict = Result<(), CloseReason>;

const fn broken(reason: &'static str) -> Verdict {
    Err(CloseReason::new(CloseCode::ProtocolError, reason))
}

impl Guard {
    /// Starts at the first byte after the handshake, which has negotiated permessage-deflate or not.
    pub fn new(limits: Limits, deflate: bool) -> Self {
        Self {
            limits,
            deflate,
            head: Head::default(),
            frame: None,
            message: None,
            compressed: false,
            text: Utf8Check::default(),
            close_payload: Vec::new(),
            closed: false,
            tokens: limits.frames_per_second as f32 * BURST_SECONDS,
            counted_at: None,
        }
    }

    /// Follows `bytes`, which continue the stream.
    ///
    /// # Errors
    /// At the first violation. Nothing may be inspected after that.
    pub fn inspect(&mut self, bytes: &[u8], now: Instant) -> Result<(), GuardError> {
        let mut at = 0;
        let mut valid_length = 0;
        while at < bytes.len() && !self.closed {
            let verdict = match self.frame.as_mut() {
                None => {
                    let byte = bytes[at];
                    at += 1;
                    self.read_head(byte, now)
                }
                Some(frame) => {
                    let part = (frame.length - frame.at).min(bytes.len() - at);
                    let piece = &bytes[at..at + part];
                    at += part;
                    self.read_payload(piece)
                }
            };
            verdict.map_err(|closing| GuardError {
                valid_length,
                closing,
            })?;
            if self.frame.is_none() && self.head.is_empty() {
                valid_length = at;
            }
        }
        Ok(())
    }

    /// True once a valid Close frame has passed: nothing after it counts (RFC 6455 §5.5.1).
    pub fn has_seen_close(&self) -> bool {
        self.closed
    }

    /// Takes one byte of a frame's header; checks what it says as soon as it is there.
    fn read_head(&mut self, byte: u8, now: Instant) -> Verdict {
        match self.head.push(byte) {
            1 => self.check_opcode(byte, now)?,
            2 => self.check_second(byte)?,
            _ => {}
        }
        if !self.head.is_whole() {
            return Ok(());
        }
        let first = self.head.first();
        let (length, mask) = self.head.take()?;
        let opcode = first & 0x0F;
        self.check_length(opcode, length)?;
        self.frame = Some(Payload {
            opcode,
            fin: first & 0x80 != 0,
            mask,
            at: 0,
            length: length as usize,
        });
        if length == 0 {
            self.end_frame()
        } else {
            Ok(())
        }
    }

    fn check_opcode(&mut self, first: u8, now: Instant) -> Verdict {
        self.count_frame(now)?;
        let (fin, reserved, opcode) = (first & 0x80 != 0, first & 0x70, first & 0x0F);
        let compressed = self.deflate && reserved == COMPRESSED && matches!(opcode, TEXT | BINARY);
        match opcode {
            _ if reserved != 0 && !compressed => broken("a reserved bit is set"),
            BINARY => Err(CloseReason::new(
                CloseCode::NotAccepted,
                "binary messages are not accepted; send JSON text",
            )),
            TEXT if self.message.is_some() => broken("a new message inside a fragmented one"),
            CONTINUATION if self.message.is_none() => broken("a continuation of nothing"),
            TEXT => {
                self.compressed = compressed;
                Ok(())
            }
            CONTINUATION => Ok(()),
            CLOSE..=PONG if !fin => broken("a fragmented control frame"),
            CLOSE..=PONG => Ok(()),
            _ => broken("an unknown opcode"),
        }
    }

    fn check_second(&self, second: u8) -> Verdict {
        let control = self.head.first() & 0x08 != 0;
        if second & 0x80 == 0 {
            broken("a frame that is not masked")
        } else if control && second & 0x7F > 125 {
            broken("a control frame over 125 bytes")
        } else {
            Ok(())
        }
    }

    fn check_length(&mut self, opcode: u8, length: u64) -> Verdict {
        if matches!(opcode, TEXT | CONTINUATION) {
            let so_far = self.message.unwrap_or(0);
            if length > (self.limits.message_bytes - so_far) as u64 {
                return Err(MESSAGE_TOO_BIG);
            }
            self.message = Some(so_far + length as usize);
        }
        Ok(())
    }

    fn count_frame(&mut self, now: Instant) -> Verdict {
        let rate = self.limits.frames_per_second as f32;
        let passed = self
            .counted_at
            .map_or(0.0, |then| now.duration_since(then).as_secs_f32());
        self.counted_at = Some(now);
        self.tokens = (self.tokens + passed * rate).min(rate * BURST_SECONDS) - 1.0;
        if self.tokens < 0.0 {
            Err(CloseReason::new(
                CloseCode::Flooding,
                "too many frames a second",
            ))
        } else {
            Ok(())
        }
    }

    fn read_payload(&mut self, piece: &[u8]) -> Verdict {
        let Some(frame) = self.frame.as_mut() else {
            return Ok(());
        };
        let clear = || {
            piece
                .iter()
                .enumerate()
                .map(|(index, byte)| byte ^ frame.mask[(frame.at + index) % 4])
        };
        match frame.opcode {
            TEXT | CONTINUATION if self.compressed => {}
            TEXT | CONTINUATION => self.text.extend(clear())?,
            CLOSE => self.close_payload.extend(clear()),
            _ => {}
        }
        frame.at += piece.len();
        if frame.at == frame.length {
            self.end_frame()
        } else {
            Ok(())
        }
    }

    fn end_frame(&mut self) -> Verdict {
        let Some(frame) = self.frame.take() else {
            return Ok(());
        };
        match frame.opcode {
            CLOSE => {
                self.closed = true;
                check_close_payload(&self.close_payload)
            }
            TEXT | CONTINUATION if frame.fin => {
                self.message = None;
                Ok(self.text.end()?)
            }
            _ => Ok(()),
        }
    }
}

/// RFC 6455 §5.5.1: nothing, or a code that may be sent and a reason in UTF-8.
fn check_close_payload(payload: &[u8]) -> Verdict {
    match payload {
        [] => Ok(()),
        [_] => broken("a close code of one byte"),
        [high, low, reason @ ..] => {
            if !may_be_received(u16::from_be_bytes([*high, *low])) {
                broken("a close code that may not be sent")
            } else if std::str::from_utf8(reason).is_err() {
                Err(NotUtf8.into())
            } else {
                Ok(())
            }
        }
    }
}

impl From<NotUtf8> for CloseReason {
    fn from(_: NotUtf8) -> Self {
        Self::new(CloseCode::NotUtf8, "text that is not UTF-8")
    }
}

impl From<NotShortest> for CloseReason {
    fn from(_: NotShortest) -> Self {
        Self::new(
            CloseCode::ProtocolError,
            "a length that is not in its shortest form",
        )
    }
}

#[cfg(test)]
#[path = "guard_tests.rs"]
mod tests;
