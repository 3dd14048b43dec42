//! What still has to leave through a session's socket, and in which order.
//!
//! Latest wins: a short queue for control frames, the frame being written, and one slot per channel. A slow reader
//! skips beats and never accumulates them.

use std::{collections::VecDeque, time::Instant};

use bytes::Bytes;

use crate::messages::channel::ChannelName;

/// Control frames that may wait. Whoever asks for more answers than this without reading them is flooding.
const CONTROL_FRAMES: usize = 64;
/// Their bytes, besides the frame that is being written: an acknowledgement repeats the request's `type`, which may be as
/// long as a message.
const CONTROL_BYTES: usize = 16 * 1024;

/// The result of pushing a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// Written, or queued.
    Taken,
    /// Queued in place of an older frame, which is skipped.
    ReplacedOlder,
    /// Dropped: the session is closing.
    AlreadyClosing,
}

/// A channel's frame that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Waiting {
    pub(super) seq: u64,
    pub(super) bytes: Bytes,
}

/// What one session has still to write.
#[derive(Default)]
pub(super) struct Outbox {
    /// The rest of the frame being written: its start moves, its bytes are shared.
    pub(super) current: Bytes,
    /// Where that belongs: a slot's index and the frame's `seq`; none for control frames.
    current_is: Option<(usize, u64)>,
    /// Answers, pings, pongs, Close.
    pub(super) control: VecDeque<Bytes>,
    /// What is the latest, by [`ChannelName::index`].
    pub(super) slots: [Option<Waiting>; ChannelName::ALL.len()],
    /// The slot that was written last: the others' turn comes first.
    turn: usize,
    /// Since when the socket has taken nothing although there was something to write.
    pub(super) stuck_since: Option<Instant>,
}

impl Outbox {
    /// The next frame to write; control frames go first, a frame once begun is finished before anything. Channels take
    /// turns: one that is renewed faster than the client reads must not keep the others from him.
    fn next(&mut self) -> Option<Bytes> {
        self.current_is = None;
        if let Some(frame) = self.control.pop_front() {
            return Some(frame);
        }
        for _ in 0..self.slots.len() {
            self.turn = (self.turn + 1) % self.slots.len();
            if let Some(frame) = self.slots[self.turn].take() {
                self.current_is = Some((self.turn, frame.seq));
                return Some(frame.bytes);
            }
        }
        None
    }

    /// Makes sure that there is something to write; false when there is nothing.
    pub(super) fn refill(&mut self) -> bool {
        while self.current.is_empty() {
            let Some(frame) = self.next() else {
                return false;
            };
            self.current = frame;
        }
        true
    }

    /// Whether a frame of `channel` before `seq` is being written.
    pub(super) fn is_before(&self, channel: ChannelName, seq: u64) -> bool {
        let index = channel.index();
        self.current_is
            .is_some_and(|(slot, current)| slot == index && current < seq)
            && !self.current.is_empty()
    }

    /// True when more answers wait than anyone leaves unread who reads at all.
    pub(super) fn answers_too_much(&self) -> bool {
        self.control.len() > CONTROL_FRAMES
            || self.control.iter().map(Bytes::len).sum::<usize>() > CONTROL_BYTES
    }

    /// Forgets all that there was to write.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(text: &'static str, seq: u64) -> Option<Waiting> {
        let bytes = text.into();
        Some(Waiting { seq, bytes })
    }

    #[test]
    fn a_channel_that_is_always_renewed_does_not_keep_the_others_waiting() {
        let mut outbox = Outbox::default();
        outbox.slots[ChannelName::Instant.index()] = waiting("instant", 1);
        outbox.slots[ChannelName::Range.index()] = waiting("range", 1);
        let mut written = Vec::new();
        for _ in 0..4 {
            written.push(outbox.next().unwrap());
            outbox.slots[ChannelName::Instant.index()] = waiting("instant", 1);
        }
        assert!(written.contains(&Bytes::from("range")), "{written:?}");
    }

    #[test]
    fn what_is_being_written_is_known_by_channel_and_number() {
        let mut outbox = Outbox::default();
        let before = |outbox: &Outbox, seq| {
            let channels = [ChannelName::Instant, ChannelName::Range];
            channels.map(|channel| outbox.is_before(channel, seq))
        };
        outbox.slots[ChannelName::Range.index()] = waiting("range", 7);
        assert_eq!(before(&outbox, 9), [false, false], "nothing has begun");
        assert!(outbox.refill());
        assert_eq!(before(&outbox, 8), [false, true]);
        assert_eq!(before(&outbox, 7), [false, false]);
        outbox.current.clear();
        assert_eq!(before(&outbox, 9), [false, false], "it is done");
        outbox.control.push_back("pong".into());
        assert!(outbox.refill());
        assert_eq!(before(&outbox, 9), [false, false], "an answer is no frame");
    }

    #[test]
    fn answers_that_wait_are_bounded_in_number_and_in_bytes() {
        let mut outbox = Outbox::default();
        outbox.control.extend(vec![Bytes::new(); CONTROL_FRAMES]);
        assert!(!outbox.answers_too_much());
        outbox.control.push_back(Bytes::new());
        assert!(outbox.answers_too_much());

        outbox.clear();
        outbox.control.push_back(vec![0; CONTROL_BYTES].into());
        assert!(!outbox.answers_too_much());
        outbox.control.push_back("x".into());
        assert!(outbox.answers_too_much());
    }
}
