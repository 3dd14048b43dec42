//! UTF-8 that comes in pieces.

/// What has come is not, and cannot become, UTF-8.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotUtf8;

/// Checks text over piece boundaries, and fails at the first byte that cannot be right.
#[derive(Debug, Default)]
pub(super) struct Utf8Check {
    /// The start of a character whose end has not come yet.
    bytes: [u8; 4],
    length: usize,
}

impl Utf8Check {
    /// Takes the next piece.
    pub(super) fn extend(&mut self, piece: impl Iterator<Item = u8>) -> Result<(), NotUtf8> {
        for byte in piece {
            if self.length == 0 && byte.is_ascii() {
                continue;
            }
            self.bytes[self.length] = byte;
            self.length += 1;
            match std::str::from_utf8(&self.bytes[..self.length]) {
                Ok(_) => self.length = 0,
                Err(error) if error.error_len().is_some() => return Err(NotUtf8),
                Err(_) => {}
            }
        }
        Ok(())
    }

    /// The text is at its end; the next one starts afresh.
    pub(super) fn end(&mut self) -> Result<(), NotUtf8> {
        let whole = self.length == 0;
        self.length = 0;
        if whole { Ok(()) } else { Err(NotUtf8) }
    }
}
