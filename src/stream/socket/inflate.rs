//! Makes plain frames of compressed ones (RFC 7692 §6.2) before actix's parser, which refuses their reserved bit, sees
//! them. It runs behind the guard and sees valid frames only.

use bytes::{BufMut, Bytes, BytesMut};

use super::{close::CloseReason, deflate::inflate, head::Head};

/// FIN.
const FIN: u8 = 0x80;
/// The payload is compressed.
pub(super) const COMPRESSED: u8 = 0x40;
const CONTROL: u8 = 0x08;
const TEXT: u8 = 0x1;

/// Follows one client's stream.
pub struct Inflater {
    limit: usize,
    head: Head,
    /// FIN, reserved bits and opcode of the frame that is passing; its mask, and what is still to come.
    frame: Option<(u8, [u8; 4], usize)>,
    /// How much of its payload has passed.
    at: usize,
    /// The payload of a compressed message whose end has not come yet.
    packed: Option<BytesMut>,
    plain: BytesMut,
}

impl Inflater {
    /// Messages of at most `limit` bytes, once they are inflated.
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            head: Head::default(),
            frame: None,
            at: 0,
            packed: None,
            plain: BytesMut::new(),
        }
    }

    /// What the parser may read of `bytes`, which continue the stream: frames of compressed messages are missing, and
    /// at a message's end it stands there in one plain frame.
    ///
    /// # Errors
    /// How to close when a message cannot be inflated; what came before it is left to be taken with [`Self::take`].
    pub(super) fn push(&mut self, mut bytes: &[u8]) -> Result<(), CloseReason> {
        while let [byte, rest @ ..] = bytes {
            let Some((first, mask, missing)) = &mut self.frame else {
                self.head.push(*byte);
                bytes = rest;
                if self.head.is_whole() {
                    self.begin()?;
                }
                continue;
            };
            let part = bytes.len().min(*missing);
            let (piece, rest) = bytes.split_at(part);
            bytes = rest;
            *missing -= part;
            match &mut self.packed {
                Some(packed) if *first & CONTROL == 0 => {
                    let clear = piece.iter().enumerate();
                    packed.extend(clear.map(|(index, byte)| byte ^ mask[(self.at + index) % 4]));
                }
                _ => self.plain.extend_from_slice(piece),
            }
            self.at += part;
            if *missing == 0 {
                self.end()?;
            }
        }
        Ok(())
    }

    /// What the parser may read by now.
    pub(super) fn take(&mut self) -> Bytes {
        std::mem::take(&mut self.plain).freeze()
    }

    fn begin(&mut self) -> Result<(), CloseReason> {
        let first = self.head.first();
        let header = self.head.bytes();
        if first & COMPRESSED != 0 {
            self.packed = Some(BytesMut::new());
        } else if first & CONTROL != 0 || self.packed.is_none() {
            self.plain.extend_from_slice(header);
        }
        // The guard has seen that the length is valid and small.
        let Ok((length, mask)) = self.head.take() else {
            return Ok(());
        };
        self.at = 0;
        self.frame = Some((first, mask, usize::try_from(length).unwrap_or_default()));
        if length == 0 { self.end() } else { Ok(()) }
    }

    fn end(&mut self) -> Result<(), CloseReason> {
        let Some((first, ..)) = self.frame.take() else {
            return Ok(());
        };
        let is_last = first & FIN != 0 && first & CONTROL == 0;
        if let Some(packed) = self.packed.take_if(|_| is_last) {
            self.plain_message(&inflate(&packed, self.limit)?);
        }
        Ok(())
    }

    /// Appends a text message, masked with zeros.
    fn plain_message(&mut self, text: &[u8]) {
        self.plain.put_u8(FIN | TEXT);
        match u16::try_from(text.len()) {
            Ok(length @ 0..126) => self.plain.put_u8(FIN | length as u8),
            Ok(length) => {
                self.plain.put_u8(FIN | 126);
                self.plain.put_u16(length);
            }
            Err(_) => {
                self.plain.put_u8(FIN | 127);
                self.plain.put_u64(text.len() as u64);
            }
        }
        self.plain.put_u32(0);
        self.plain.extend_from_slice(text);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{close::CloseCode, deflate::deflate};
    use super::*;

    const LIMIT: usize = 65_536;

    fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let mask = [0x37, 0xFA, 0x21, 0x3D];
        let mut bytes = vec![first];
        match u16::try_from(payload.len()).unwrap() {
            short @ 0..126 => bytes.push(0x80 | short as u8),
            long => {
                bytes.push(0x80 | 126);
                bytes.extend(long.to_be_bytes());
            }
        }
        bytes.extend(mask);
        bytes.extend(
            payload
                .iter()
                .zip(mask.iter().cycle())
                .map(|(byte, mask)| byte ^ mask),
        );
        bytes
    }

    /// What the parser reads when the stream comes whole, byte by byte, and in pieces of three: always the same.
    fn inflated(stream: &[u8]) -> Result<Vec<u8>, CloseCode> {
        let all = [stream.len().max(1), 1, 3].map(|size| {
            let mut inflater = Inflater::new(LIMIT);
            let mut read = Vec::new();
            for piece in stream.chunks(size) {
                inflater.push(piece).map_err(|closing| closing.code)?;
                read.extend(inflater.take());
            }
            Ok(read)
        });
        assert!(all.iter().all(|one| *one == all[0]), "{all:?}");
        all[0].clone()
    }

    /// A plain text message, masked with zeros.
    fn plain(text: &str) -> Vec<u8> {
        let mut inflater = Inflater::new(LIMIT);
        inflater.plain_message(text.as_bytes());
        inflater.take().to_vec()
    }

    const HELLO: [u8; 7] = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00];

    #[test]
    fn plain_frames_pass_as_they_are() {
        let stream = [
            frame(0x01, b"one "),
            frame(0x89, b"ping"),
            frame(0x80, b"two"),
            frame(0x81, b""),
        ]
        .concat();
        assert_eq!(inflated(&stream).unwrap(), stream);
    }

    #[test]
    fn a_compressed_message_is_read_as_one_plain_frame_whatever_its_fragments() {
        assert_eq!(inflated(&frame(0xC1, &HELLO)).unwrap(), plain("Hello"));
        let ping = frame(0x89, b"between");
        let fragments = [
            frame(0x41, &HELLO[..3]),
            ping.clone(),
            frame(0x00, b""),
            frame(0x80, &HELLO[3..]),
        ];
        assert_eq!(
            inflated(&fragments.concat()).unwrap(),
            [ping, plain("Hello")].concat()
        );
        let mixed = [
            frame(0xC1, &HELLO),
            frame(0x81, b"plain"),
            frame(0xC1, &HELLO),
        ]
        .concat();
        let expected = [plain("Hello"), frame(0x81, b"plain"), plain("Hello")].concat();
        assert_eq!(inflated(&mixed).unwrap(), expected);
        let empty = frame(0xC1, &[0]);
        assert_eq!(inflated(&empty).unwrap(), plain(""));
    }

    #[test]
    fn long_messages_have_their_length_in_the_right_form() {
        for length in [2_000, 65_535, 65_536] {
            let text = "x".repeat(length);
            let read = inflated(&frame(0xC1, &deflate(text.as_bytes()).unwrap())).unwrap();
            assert!(read.ends_with(text.as_bytes()));
            assert_eq!(read.len(), length + if length > 65_535 { 14 } else { 8 });
        }
    }

    #[test]
    fn a_bomb_and_rubbish_are_refused_with_their_code() {
        let bomb = deflate(&vec![b'x'; LIMIT + 1]).unwrap();
        assert_eq!(inflated(&frame(0xC1, &bomb)), Err(CloseCode::TooBig));
        assert_eq!(inflated(&frame(0xC1, &[0xFF; 9])), Err(CloseCode::NotUtf8));
    }
}
