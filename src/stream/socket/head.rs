//! A frame's header (RFC 6455 §5.2), collected byte by byte.

/// A header, as far as it has come in.
#[derive(Debug, Default)]
pub(super) struct Head {
    bytes: [u8; 14],
    length: usize,
}

/// The length is not in its shortest form.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotShortest;

impl Head {
    /// Takes the next byte, and says how many there are now.
    pub(super) fn push(&mut self, byte: u8) -> usize {
        self.bytes[self.length] = byte;
        self.length += 1;
        self.length
    }

    /// True between frames.
    pub(super) fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// FIN, reserved bits and opcode.
    pub(super) fn first(&self) -> u8 {
        self.bytes[0]
    }

    /// What there is.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// True when nothing more is to come.
    pub(super) fn is_whole(&self) -> bool {
        let wanted = match (self.length, self.bytes[1] & 0x7F) {
            (0 | 1, _) => 2,
            (_, 126) => 2 + 2 + 4,
            (_, 127) => 2 + 8 + 4,
            _ => 2 + 4,
        };
        self.length == wanted
    }

    /// Takes a whole header's payload length and mask, and is empty again.
    pub(super) fn take(&mut self) -> Result<(u64, [u8; 4]), NotShortest> {
        let Self { bytes: b, .. } = std::mem::take(self);
        let (length, least, mask) = match b[1] & 0x7F {
            126 => (u64::from(u16::from_be_bytes([b[2], b[3]])), 126, 4),
            127 => (
                u64::from_be_bytes([b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9]]),
                65_536,
                10,
            ),
            short => (u64::from(short), 0, 2),
        };
        if length < least {
            return Err(NotShortest);
        }
        Ok((length, [b[mask], b[mask + 1], b[mask + 2], b[mask + 3]]))
    }
}
