//! How many bytes of old frames readers still hold: a frame lives until its slowest reader has taken it, and readers who
//! are slow in different beats hold a frame each.

use std::sync::{
    Arc, Weak,
    atomic::{AtomicU64, Ordering},
};

use bytes::Bytes;

/// The buffers of a channel's frames that somebody may still hold.
#[derive(Debug)]
pub struct PinnedFrames {
    budget: usize,
    keep_from: KeepFrom,
    /// By ascending `seq`.
    watched: Vec<Watched>,
}

#[derive(Debug)]
struct Watched {
    seq: u64,
    bytes: usize,
    alive: Weak<()>,
}

/// A buffer, and that it is still there.
struct Buffer {
    bytes: Bytes,
    _alive: Arc<()>,
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// What is held of frames before the latest, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pinned {
    /// All in all.
    pub bytes: usize,
    /// The oldest frame that may stay, by its `seq`: without those before it the budget is kept.
    pub keep_from: u64,
}

/// The oldest frame of a channel that may stay, as of the last beat; clones share it.
#[derive(Debug, Clone, Default)]
pub struct KeepFrom(Arc<AtomicU64>);

impl KeepFrom {
    /// Whether readers who are still at the frame `seq` must go.
    pub fn is_after(&self, seq: u64) -> bool {
        self.0.load(Ordering::Relaxed) > seq
    }
}

impl PinnedFrames {
    /// Frames before the latest may hold `budget` bytes.
    pub fn new(budget: usize) -> Self {
        Self {
            budget,
            keep_from: KeepFrom::default(),
            watched: Vec::new(),
        }
    }

    /// What [`Self::before`] last said, for readers that get no beat.
    pub fn keep_from(&self) -> KeepFrom {
        self.keep_from.clone()
    }

    /// Watches a buffer of the frame `seq`: clones and slices of what is returned count as that frame.
    pub fn watch(&mut self, seq: u64, bytes: Bytes) -> Bytes {
        let alive = Arc::new(());
        self.watched.push(Watched {
            seq,
            bytes: bytes.len(),
            alive: Arc::downgrade(&alive),
        });
        Bytes::from_owner(Buffer {
            bytes,
            _alive: alive,
        })
    }

    /// What is held of frames before `latest`.
    pub fn before(&mut self, latest: u64) -> Pinned {
        self.watched.retain(|frame| frame.alive.strong_count() > 0);
        let old = self.watched.iter().filter(|frame| frame.seq < latest);
        let bytes = old.clone().map(|frame| frame.bytes).sum();
        let (mut left, mut keep_from) = (bytes, 0);
        for frame in old {
            if left <= self.budget && frame.seq >= keep_from {
                break;
            }
            left -= frame.bytes;
            keep_from = frame.seq + 1;
        }
        self.keep_from.0.store(keep_from, Ordering::Relaxed);
        Pinned { bytes, keep_from }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_holds_does_not_count() {
        let mut frames = PinnedFrames::new(10);
        let first = frames.watch(1, vec![1; 30].into());
        let rest = first.slice(29..);
        let _second = frames.watch(2, vec![2; 30].into());
        let kept = |bytes| Pinned {
            bytes,
            keep_from: 0,
        };
        assert_eq!(frames.before(1), kept(0), "the latest does not count");
        drop(first);
        assert_eq!(rest, [1][..]);
        let over = Pinned {
            bytes: 30,
            keep_from: 2,
        };
        assert_eq!(frames.before(2), over, "a byte of it holds all of it");
        let keep_from = frames.keep_from();
        assert!(keep_from.is_after(1) && !keep_from.is_after(2));
        drop(rest);
        assert_eq!(frames.before(2), kept(0));
        assert!(!keep_from.is_after(1));
    }

    #[test]
    fn the_oldest_go_until_the_rest_is_within_the_budget() {
        let mut frames = PinnedFrames::new(20);
        let held: Vec<_> = (1..=5)
            .map(|seq| frames.watch(seq, vec![0; 10].into()))
            .collect();
        assert_eq!(
            frames.before(5),
            Pinned {
                bytes: 40,
                keep_from: 3
            }
        );
        // Its other form goes with a frame.
        let mut frames = PinnedFrames::new(20);
        let forms = [1, 1, 2, 3].map(|seq| frames.watch(seq, vec![0; 10].into()));
        assert_eq!(
            frames.before(4),
            Pinned {
                bytes: 40,
                keep_from: 2
            }
        );
        drop((held, forms));
    }
}
