//! The time scale: scales durations, and keeps them long enough for Prometheus to notice.

use std::time::Duration;

/// The shortest scaled scrape interval.
const SHORTEST_INTERVAL: Duration = Duration::from_secs(1);
/// The fewest scrapes in a scaled window. A rate needs two, and one may be missing at each end.
const SCRAPES_PER_WINDOW: u32 = 4;

/// The time scale, and the scrape interval at it.
///
/// Only durations are scaled. Rates per second are not, since Prometheus measures them in real seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timing {
    /// The factor of all durations: 0.1 is ten times faster.
    pub scale: f64,
    /// The scrape and evaluation interval, scaled.
    pub interval: Duration,
    unscaled: Duration,
}

impl Timing {
    /// Time scaled by `scale`, with the unscaled scrape `interval`.
    pub fn new(scale: f64, interval: Duration) -> Self {
        let scaled = multiply(interval, scale);
        Self {
            scale,
            interval: scaled.max(SHORTEST_INTERVAL.min(interval)),
            unscaled: interval,
        }
    }

    /// A scaled duration of a pattern.
    pub fn scaled(&self, duration: Duration) -> Duration {
        multiply(duration, self.scale)
    }

    /// A scaled window of a rule. It holds at least four scrapes, unless it was shorter unscaled. A window that holds fewer
    /// than two scrapes unscaled does so at every scale.
    pub fn window(&self, window: Duration) -> Duration {
        let scrapes = window.as_secs_f64() / self.unscaled.as_secs_f64();
        if scrapes < 2.0 {
            return multiply(self.interval, scrapes);
        }
        let shortest = self.interval * SCRAPES_PER_WINDOW;
        self.scaled(window).max(shortest.min(window))
    }

    /// A scaled `for` of a rule. It lasts at least one evaluation interval, unless it was shorter unscaled.
    pub fn for_duration(&self, for_duration: Duration) -> Duration {
        self.scaled(for_duration)
            .max(self.interval.min(for_duration))
    }
}

/// Rounded to milliseconds, the resolution of durations in Prometheus.
fn multiply(duration: Duration, scale: f64) -> Duration {
    Duration::from_millis((duration.as_millis() as f64 * scale).round() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(s: u64) -> Duration {
        Duration::from_secs(s)
    }

    #[test]
    fn scaled_time_keeps_four_scrapes_in_a_window_and_an_evaluation_in_a_for() {
        let timing = Timing::new(1.0 / 15.0, seconds(15));
        assert_eq!(timing.interval, seconds(1));
        assert_eq!(timing.window(seconds(300)), seconds(20));
        assert_eq!(timing.window(seconds(30)), seconds(4));
        assert_eq!(timing.window(seconds(27)), Duration::from_millis(1_800));
        assert_eq!(timing.for_duration(seconds(60)), seconds(4));
        assert_eq!(timing.for_duration(seconds(3)), seconds(1));
        assert_eq!(timing.for_duration(seconds(0)), seconds(0));
        assert_eq!(timing.scaled(seconds(3)), Duration::from_millis(200));
    }

    #[test]
    fn time_at_scale_1_is_left_as_it_is() {
        let timing = Timing::new(1.0, seconds(15));
        assert_eq!(timing.interval, seconds(15));
        assert_eq!(timing.window(seconds(30)), seconds(30));
        assert_eq!(timing.window(seconds(20)), seconds(20));
        assert_eq!(timing.for_duration(seconds(5)), seconds(5));
    }
}
