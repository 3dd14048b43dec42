//! The latest samples of a series, for the evaluation of its alert's expression.

use std::time::Duration;

use promql::Sample;

/// The usual distance of samples.
const STEP: Duration = Duration::from_secs(1);
/// The most samples of a window. Those of a longer window are further apart.
const MAX_SAMPLES: u32 = 3_600;

/// The samples of one series, oldest first. Their number is bounded.
#[derive(Debug)]
pub struct SampleHistory {
    spacing: Duration,
    keep: Duration,
    samples: Vec<Sample>,
}

impl SampleHistory {
    /// A history of the length `lookback`.
    pub fn of(lookback: Duration) -> Self {
        let spacing = STEP.max(lookback / MAX_SAMPLES);
        Self {
            spacing,
            // One more step at each end, since a window may begin between two samples.
            keep: lookback + spacing * 2,
            samples: Vec::new(),
        }
    }

    /// Adds the value at `now`, which is not before the last one.
    pub fn push(&mut self, now: Duration, value: f64) {
        // The newest sample is replaced until a full step has passed.
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

    /// Sorted by time.
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(reach: u64, times: impl Iterator<Item = Duration>) -> Vec<Duration> {
        let mut history = SampleHistory::of(Duration::from_secs(reach));
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
