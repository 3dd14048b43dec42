//! What a series has been lately: the samples by which its alert's condition is judged.

use std::time::Duration;

use promql::Sample;

/// How far apart samples are, unless that were too many.
const BEAT: Duration = Duration::from_secs(1);
/// Beyond, the samples of a long window lie further apart.
const MOST_BEATS: u32 = 3_600;

/// The samples of one series, oldest first; never more than two a beat, and two hours of them.
#[derive(Debug)]
pub struct History {
    spacing: Duration,
    keep: Duration,
    samples: Vec<Sample>,
}

impl History {
    /// One that goes back as far as `reach`.
    pub fn of(reach: Duration) -> Self {
        let spacing = BEAT.max(reach / MOST_BEATS);
        Self {
            spacing,
            // One more beat at each end: a window may begin between two of them.
            keep: reach + spacing * 2,
            samples: Vec::new(),
        }
    }

    /// The value at `now`, which is not before the one told last.
    pub fn push(&mut self, now: Duration, value: f64) {
        // The newest sample is the present; it becomes history when the next beat comes.
        let before = self.samples.iter().rev().nth(1);
        if before.is_some_and(|before| now < before.at + self.spacing) {
            self.samples.pop();
        }
        self.samples.push(Sample { at: now, value });
        let old = self
            .samples
            .partition_point(|sample| sample.at + self.keep < now);
        self.samples.drain(..old);
    }

    /// By time.
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(reach: u64, times: impl Iterator<Item = Duration>) -> Vec<Duration> {
        let mut history = History::of(Duration::from_secs(reach));
        for time in times {
            history.push(time, 0.0);
        }
        history.samples().iter().map(|sample| sample.at).collect()
    }

    #[test]
    fn it_reaches_back_as_far_as_it_must_and_is_bounded_whatever_comes() {
        let seconds = (0..1_000).map(Duration::from_secs);
        assert_eq!(after(0, seconds.clone()).len(), 3);
        let minutes = after(300, seconds);
        assert_eq!((minutes.len(), minutes[0]), (303, Duration::from_secs(697)));

        let bursts = (0..10_000).map(Duration::from_millis);
        assert!(after(300, bursts).len() <= 12);
        let week = (0..100_000).map(|s| Duration::from_secs(s * 7));
        assert!(after(7 * 86_400, week).len() <= 7_210);
    }

    #[test]
    fn the_present_is_always_the_last() {
        let times = [0, 1_000, 1_300, 1_900, 2_100].map(Duration::from_millis);
        let kept = after(60, times.into_iter());
        assert_eq!(kept, [0, 1_000, 1_900, 2_100].map(Duration::from_millis));
    }
}
