//! Finished WebSocket frames (RFC 6455 §5.2). A published frame is encoded once and shared: a session costs a
//! reference count, not a copy.

use bytes::Bytes;
use http_kit::envelope::write_json;
use program::timestamp;
use serde::Serialize;

use super::{
    deflate::deflate,
    header::{FIN, HEADER, header},
    inflate::COMPRESSED,
    pinned::PinnedFrames,
};
use crate::messages::{
    channel::{Channel, ChannelName},
    snapshot::Snapshot,
};

const TEXT: u8 = 0x1;

/// A text message, header and payload in one buffer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextFrame {
    wire: Bytes,
    header: usize,
    /// The same message, compressed, where it is worth it.
    deflated: Option<Bytes>,
}

impl TextFrame {
    /// Encodes what `write` appends. `capacity` is a guess at the payload's length.
    pub fn encode(capacity: usize, write: impl FnOnce(&mut Vec<u8>)) -> Self {
        let mut buffer = Vec::with_capacity(HEADER + capacity);
        buffer.resize(HEADER, 0);
        write(&mut buffer);
        let (header, length) = header(FIN | TEXT, buffer.len() - HEADER);
        let start = HEADER - length;
        buffer[start..HEADER].copy_from_slice(&header[..length]);
        Self {
            wire: Bytes::from(buffer).slice(start..),
            header: length,
            deflated: None,
        }
    }

    /// Adds the compressed form. Takes its time where the payload is large.
    pub fn deflate(&mut self) {
        self.deflated = deflate(&self.wire[self.header..]).map(|packed| {
            let (header, length) = header(FIN | COMPRESSED | TEXT, packed.len());
            [&header[..length], &packed].concat().into()
        });
    }

    /// Header and payload, as they leave through the socket.
    pub fn wire(&self) -> &Bytes {
        &self.wire
    }

    /// The same for a client with which permessage-deflate was negotiated.
    pub fn deflated_wire(&self) -> &Bytes {
        self.deflated.as_ref().unwrap_or(&self.wire)
    }

    /// Lets `pinned` watch its buffers.
    fn watch(&mut self, seq: u64, pinned: &mut PinnedFrames) {
        self.wire = pinned.watch(seq, std::mem::take(&mut self.wire));
        if let Some(deflated) = &mut self.deflated {
            *deflated = pinned.watch(seq, std::mem::take(deflated));
        }
    }

    /// The length of both forms, if there is a compressed one.
    pub fn lengths(&self) -> Option<(usize, usize)> {
        let deflated = self.deflated.as_ref()?;
        Some((self.wire.len(), deflated.len()))
    }

    /// The payload alone.
    pub fn payload(&self) -> Bytes {
        self.wire.slice(self.header..)
    }
}

/// A channel's frame of one beat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The channel.
    pub channel: ChannelName,
    /// Its number; a heartbeat has that of the frame that it repeats.
    pub seq: u64,
    /// Readers who are still at a frame of the channel before this one, by its `seq`, must go.
    pub keep_from: u64,
    /// `{"type":…,"timestamp":…,"seq":…,"data":…}`, of alerts with what Alertmanager does with them.
    pub enveloped: TextFrame,
    /// The `data` alone, for `/ws/metrics`.
    pub bare: Option<TextFrame>,
    /// Where what it says begins in the payload: its warnings, if there are any, and its `data`; none in a heartbeat.
    content: Option<usize>,
}

impl Frame {
    /// Encodes a snapshot as the `seq`-th frame of channel `C`.
    pub fn encode<C: Channel>(snapshot: &Snapshot, seq: u64) -> Self {
        let bare = (C::NAME == ChannelName::Metrics)
            .then(|| TextFrame::encode(256, |out| C::write_data(snapshot, out)));
        let mut content = 0;
        let enveloped = TextFrame::encode(snapshot.raw_len() + 256, |out| {
            out.extend_from_slice(b"{\"type\":");
            write_json(C::FRAME_TYPE, out);
            out.extend_from_slice(b",\"timestamp\":");
            write_json(&timestamp::format(&snapshot.taken_at), out);
            out.extend_from_slice(b",\"seq\":");
            write_json(&seq, out);
            if C::TELLS_STALE {
                out.extend_from_slice(b",\"stale\":");
                write_json(&snapshot.is_stale(), out);
            }
            content = out.len() - HEADER;
            snapshot.write_warnings(out);
            out.extend_from_slice(b",\"data\":");
            match &bare {
                Some(bare) => out.extend_from_slice(&bare.payload()),
                None => C::write_data(snapshot, out),
            }
            C::write_beside(snapshot, out);
            out.push(b'}');
        });
        Self {
            channel: C::NAME,
            seq,
            keep_from: 0,
            enveloped,
            bare,
            content: Some(content),
        }
    }

    /// Says that the beat has brought the same `data` as the frame `seq`.
    pub fn heartbeat<C: Channel>(snapshot: &Snapshot, seq: u64) -> Self {
        let heartbeat = Heartbeat {
            kind: "heartbeat",
            channel: C::NAME.as_str(),
            timestamp: timestamp::format(&snapshot.taken_at),
            seq,
            stale: C::TELLS_STALE.then(|| snapshot.is_stale()),
        };
        Self {
            channel: C::NAME,
            seq,
            keep_from: 0,
            enveloped: TextFrame::encode(128, |out| write_json(&heartbeat, out)),
            bare: None,
            content: None,
        }
    }

    /// Whether it only says that nothing is new.
    pub fn is_heartbeat(&self) -> bool {
        self.content.is_none()
    }

    /// What it says but for time and sequence, up to the end of the payload; none in a heartbeat.
    pub fn content(&self) -> Option<Bytes> {
        Some(self.enveloped.payload().slice(self.content?..))
    }

    /// Lets `pinned` watch its buffers.
    pub fn watch(&mut self, pinned: &mut PinnedFrames) {
        self.enveloped.watch(self.seq, pinned);
        if let Some(bare) = &mut self.bare {
            bare.watch(self.seq, pinned);
        }
    }

    /// Adds the compressed forms.
    pub fn deflate(&mut self) {
        self.enveloped.deflate();
        if let Some(bare) = &mut self.bare {
            bare.deflate();
        }
    }
}

#[derive(Serialize)]
struct Heartbeat {
    #[serde(rename = "type")]
    kind: &'static str,
    channel: &'static str,
    timestamp: String,
    seq: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    stale: Option<bool>,
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::messages::{
        channel::{Instant, Metrics},
        snapshot::Answer,
    };

    #[test]
    fn lengths_are_written_in_the_shortest_form() {
        for (length, expected) in [
            (0, vec![0x81, 0]),
            (125, vec![0x81, 125]),
            (126, vec![0x81, 126, 0, 126]),
            (65_535, vec![0x81, 126, 0xFF, 0xFF]),
            (65_536, vec![0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] {
            let frame = TextFrame::encode(0, |out| out.resize(out.len() + length, b'x'));
            assert_eq!(&frame.wire()[..expected.len()], expected);
            assert_eq!(frame.wire().len(), expected.len() + length);
            assert_eq!(frame.payload(), vec![b'x'; length]);
        }
    }

    fn snapshot() -> Snapshot {
        let raw = r#"{"resultType":"vector","result":[{"metric":{},"value":[1,"7"]}]}"#;
        let taken_at = DateTime::from_timestamp_millis(1_770_701_722_447).unwrap();
        Snapshot {
            alertmanager: None,
            taken_at,
            answers: vec![Answer {
                name: "q".into(),
                outcome: Ok(raw.into()),
                warnings: vec![],
            }],
        }
    }

    #[test]
    fn an_instant_frame_is_the_contract_s() {
        let frame = Frame::encode::<Instant>(&snapshot(), 17);
        let expected = concat!(
            r#"{"type":"instant_metrics","timestamp":"2026-02-10T05:35:22.447Z","seq":17,"stale":false,"#,
            r#""data":{"q":{"resultType":"vector","result":[{"metric":{},"value":[1,"7"]}]}}}"#
        );
        assert_eq!(frame.enveloped.payload(), expected);
        assert_eq!(frame.bare, None);
    }

    #[test]
    fn a_metrics_frame_also_has_a_bare_form() {
        let frame = Frame::encode::<Metrics>(&snapshot(), 3);
        let expected =
            r#"{"type":"metrics","timestamp":"2026-02-10T05:35:22.447Z","seq":3,"data":{"q":7}}"#;
        assert_eq!(frame.enveloped.payload(), expected);
        assert_eq!(frame.bare.unwrap().payload(), r#"{"q":7}"#);
    }

    #[test]
    fn a_frame_knows_its_data_and_a_heartbeat_has_none() {
        let frame = Frame::encode::<Instant>(&snapshot(), 17);
        let raw = r#"{"q":{"resultType":"vector","result":[{"metric":{},"value":[1,"7"]}]}}"#;
        assert_eq!(frame.content().unwrap(), format!(r#","data":{raw}}}"#));
        let bare = Frame::encode::<Metrics>(&snapshot(), 3);
        assert_eq!(bare.content().unwrap(), r#","data":{"q":7}}"#);

        let heartbeat = Frame::heartbeat::<Instant>(&snapshot(), 17);
        assert!(heartbeat.is_heartbeat() && !frame.is_heartbeat());
        let expected = concat!(
            r#"{"type":"heartbeat","channel":"instant","timestamp":"2026-02-10T05:35:22.447Z","#,
            r#""seq":17,"stale":false}"#
        );
        assert_eq!(heartbeat.enveloped.payload(), expected);
    }

    #[test]
    fn only_a_large_frame_has_a_compressed_form() {
        let mut small = Frame::encode::<Instant>(&snapshot(), 1);
        small.deflate();
        assert_eq!(small.enveloped.deflated_wire(), small.enveloped.wire());

        let mut large = TextFrame::encode(0, |out| out.resize(out.len() + 100_000, b'x'));
        large.deflate();
        let wire = large.deflated_wire();
        assert_eq!((wire[0], usize::from(wire[1])), (0xC1, wire.len() - 2));
        assert_eq!(large.lengths(), Some((100_010, wire.len())));
    }
}
