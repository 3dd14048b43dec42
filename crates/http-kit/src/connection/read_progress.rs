//! Whether a client reads its answers fast enough.

use std::time::Duration;

use actix_web::rt::time::Instant;

/// The lowest rate, in bytes per second (64 kbit/s).
const MIN_RATE: f64 = 8.0 * 1024.0;

/// The deadline by which a client must have read more of an answer. It holds from the first byte that the client does not
/// read until it has read all: single bytes do not restart it.
#[derive(Debug, Default)]
pub(super) struct ReadProgress {
    due: Option<Instant>,
    /// Since when there is nothing to read: the clock stands still.
    idle_since: Option<Instant>,
}

impl ReadProgress {
    /// Records that all of the answer so far is sent.
    pub(super) fn all_sent(&mut self) {
        if self.due.is_some() {
            self.idle_since.get_or_insert_with(Instant::now);
        }
    }

    /// Records that more is sent.
    pub(super) fn sending(&mut self) {
        if let (Some(due), Some(since)) = (&mut self.due, self.idle_since.take()) {
            *due += since.elapsed();
        }
    }

    /// Records that the client reads nothing now; returns its deadline.
    pub(super) fn stalled(&mut self, limit: Duration) -> Instant {
        *self.due.get_or_insert_with(|| Instant::now() + limit)
    }

    /// Records bytes that the client has read. They extend the deadline.
    pub(super) fn has_read(&mut self, bytes: usize, limit: Duration) {
        if let Some(due) = &mut self.due {
            let earned = Duration::from_secs_f64(bytes as f64 / MIN_RATE);
            *due = (*due + earned).min(Instant::now() + limit);
        }
    }

    /// Records that the client has read all.
    pub(super) fn finished(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(30);

    #[test]
    fn single_bytes_do_not_restart_the_clock() {
        let mut progress = ReadProgress::default();
        let due = progress.stalled(LIMIT);
        progress.has_read(8 * 1024, LIMIT);
        progress.has_read(1, LIMIT);
        let later = progress.stalled(LIMIT);
        assert!(
            later <= due + Duration::from_millis(1001),
            "{:?}",
            later - due
        );
    }

    #[test]
    fn reading_fast_is_no_credit_for_later() {
        let mut progress = ReadProgress::default();
        progress.stalled(LIMIT);
        progress.has_read(1 << 30, LIMIT);
        assert!(progress.stalled(LIMIT) <= Instant::now() + LIMIT);
    }

    #[test]
    fn our_own_time_to_answer_does_not_count() {
        let mut progress = ReadProgress::default();
        let due = progress.stalled(LIMIT);
        progress.all_sent();
        let since = progress.idle_since.unwrap();
        progress.all_sent();
        assert_eq!(progress.idle_since, Some(since), "it stands already");
        let ours = Duration::from_secs(10);
        progress.idle_since = Some(since - ours);
        progress.sending();
        assert!(progress.stalled(LIMIT) >= due + ours);
        progress.sending();
        assert!(progress.stalled(LIMIT) < due + 2 * ours, "it goes on");
    }

    #[test]
    fn the_next_answer_has_its_own_deadline() {
        let mut progress = ReadProgress::default();
        let due = progress.stalled(Duration::ZERO);
        progress.finished();
        assert!(progress.stalled(LIMIT) >= due + LIMIT);
    }
}
