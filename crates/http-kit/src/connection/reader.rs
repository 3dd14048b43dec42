//! How fast a client reads its answers.

use std::time::Duration;

use actix_web::rt::time::Instant;

/// The pace that is asked for, in bytes a second (64 kbit/s).
const SLOWEST: f64 = 8.0 * 1024.0;

/// When the reader of an answer must have taken more of it. Kept from the first byte that it leaves until the last one is
/// taken: a trickle does not start the clock anew.
#[derive(Debug, Default)]
pub(super) struct Reader {
    due: Option<Instant>,
    /// Since then there is nothing that it could take: the clock stands.
    waited_for_us: Option<Instant>,
}

impl Reader {
    /// It has been given all that there is so far.
    pub(super) fn has_all(&mut self) {
        if self.due.is_some() {
            self.waited_for_us.get_or_insert_with(Instant::now);
        }
    }

    /// It is given more.
    pub(super) fn gets_more(&mut self) {
        if let (Some(due), Some(since)) = (&mut self.due, self.waited_for_us.take()) {
            *due += since.elapsed();
        }
    }

    /// It takes nothing just now; gives when that will have been too long.
    pub(super) fn waits(&mut self, limit: Duration) -> Instant {
        *self.due.get_or_insert_with(|| Instant::now() + limit)
    }

    /// It has taken bytes, which earn it time.
    pub(super) fn took(&mut self, bytes: usize, limit: Duration) {
        if let Some(due) = &mut self.due {
            let earned = Duration::from_secs_f64(bytes as f64 / SLOWEST);
            *due = (*due + earned).min(Instant::now() + limit);
        }
    }

    /// It owes nothing.
    pub(super) fn is_done(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(30);

    #[test]
    fn a_trickle_does_not_start_the_clock_anew() {
        let mut reader = Reader::default();
        let due = reader.waits(LIMIT);
        reader.took(8 * 1024, LIMIT);
        reader.took(1, LIMIT);
        let later = reader.waits(LIMIT);
        assert!(
            later <= due + Duration::from_millis(1001),
            "{:?}",
            later - due
        );
    }

    #[test]
    fn what_is_taken_fast_is_no_credit_for_later() {
        let mut reader = Reader::default();
        reader.waits(LIMIT);
        reader.took(1 << 30, LIMIT);
        assert!(reader.waits(LIMIT) <= Instant::now() + LIMIT);
    }

    #[test]
    fn what_we_take_to_answer_is_not_its_slowness() {
        let mut reader = Reader::default();
        let due = reader.waits(LIMIT);
        reader.has_all();
        let since = reader.waited_for_us.unwrap();
        reader.has_all();
        assert_eq!(reader.waited_for_us, Some(since), "it stands already");
        let ours = Duration::from_secs(10);
        reader.waited_for_us = Some(since - ours);
        reader.gets_more();
        assert!(reader.waits(LIMIT) >= due + ours);
        reader.gets_more();
        assert!(reader.waits(LIMIT) < due + 2 * ours, "it goes on");
    }

    #[test]
    fn the_next_answer_has_its_own_time() {
        let mut reader = Reader::default();
        let due = reader.waits(Duration::ZERO);
        reader.is_done();
        assert!(reader.waits(LIMIT) >= due + LIMIT);
    }
}
