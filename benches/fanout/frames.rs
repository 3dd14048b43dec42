//! Where frames begin and end in what comes from a server (RFC 6455 §5.2: not masked).

/// One whole frame.
pub(crate) struct Seen {
    opcode: u8,
    /// Header and payload.
    pub(crate) bytes: u64,
}

impl Seen {
    pub(crate) fn is_ping(&self) -> bool {
        self.opcode == 0x9
    }

    pub(crate) fn is_data(&self) -> bool {
        matches!(self.opcode, 0x1 | 0x2)
    }
}

/// What has come of the frame that is being received.
#[derive(Default)]
pub(crate) struct Frames {
    header: [u8; 10],
    have: usize,
    /// Of the payload, once the header is whole.
    missing: Option<u64>,
}

impl Frames {
    /// Tells every frame that ends in `bytes`.
    pub(crate) fn take(&mut self, mut bytes: &[u8], mut seen: impl FnMut(&Seen)) {
        loop {
            while self.missing.is_none() {
                let [first, rest @ ..] = bytes else { return };
                self.header[self.have] = *first;
                self.have += 1;
                bytes = rest;
                self.missing = self.length();
            }
            let missing = self.missing.unwrap_or_default();
            let here = missing.min(bytes.len() as u64);
            bytes = &bytes[usize::try_from(here).unwrap_or_default()..];
            self.missing = Some(missing - here);
            if missing > here {
                return;
            }
            let payload = self.payload();
            seen(&Seen {
                opcode: self.header[0] & 0xF,
                bytes: self.have as u64 + payload,
            });
            *self = Self::default();
        }
    }

    /// The payload's length, if the header is whole.
    fn length(&self) -> Option<u64> {
        let whole = match self.header[1] & 0x7F {
            126 => 4,
            127 => 10,
            _ => 2,
        };
        (self.have == whole).then(|| self.payload())
    }

    fn payload(&self) -> u64 {
        let bytes = match self.have {
            4 => &self.header[2..4],
            10 => &self.header[2..10],
            _ => &self.header[1..2],
        };
        bytes
            .iter()
            .fold(0, |length, byte| length << 8 | u64::from(*byte))
    }
}
