//! How fast time runs: durations scaled, and the bounds below which Prometheus could not follow.

use std::time::Duration;

use promql_parser::util::parse_duration;

/// Prometheus scrapes and evaluates no more often than this in a scaled world.
const SHORTEST_INTERVAL: Duration = Duration::from_secs(1);
/// A window that holds fewer scrapes says nothing about a rate.
const SCRAPES_PER_WINDOW: u32 = 4;

/// How fast time runs, and how often Prometheus looks then.
///
/// Durations are scaled; rates per second and amounts are not, since Prometheus measures them in seconds of the clock.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timing {
    /// 0.1 is ten times faster.
    pub scale: f64,
    /// How often Prometheus scrapes and evaluates, scaled.
    pub interval: Duration,
    unscaled: Duration,
}

impl Timing {
    /// Time scaled by `scale`, where Prometheus scrapes at each `interval` of unscaled time.
    pub fn new(scale: f64, interval: Duration) -> Self {
        let scaled = shrunk(interval, scale);
        Self {
            scale,
            interval: scaled.max(SHORTEST_INTERVAL.min(interval)),
            unscaled: interval,
        }
    }

    /// A pattern's duration.
    pub fn scaled(&self, duration: Duration) -> Duration {
        shrunk(duration, self.scale)
    }

    /// A rule's window: never fewer than four scrapes, unless it was shorter unscaled. One that holds fewer than two
    /// unscaled does so at every scale.
    pub fn window(&self, window: Duration) -> Duration {
        let scrapes = window.as_secs_f64() / self.unscaled.as_secs_f64();
        if scrapes < 2.0 {
            return shrunk(self.interval, scrapes);
        }
        let shortest = self.interval * SCRAPES_PER_WINDOW;
        self.scaled(window).max(shortest.min(window))
    }

    /// A rule's `for`: never shorter than an evaluation, unless it was shorter unscaled.
    pub fn hold_for(&self, hold_for: Duration) -> Duration {
        self.scaled(hold_for).max(self.interval.min(hold_for))
    }
}

/// To the millisecond, which is what Prometheus' durations can say.
fn shrunk(duration: Duration, scale: f64) -> Duration {
    Duration::from_millis((duration.as_millis() as f64 * scale).round() as u64)
}

/// Reads a duration as Prometheus writes it; zero is `0s`.
///
/// # Errors
/// What it must be, to be told after its key.
pub(super) fn parse(text: &str) -> Result<Duration, String> {
    let must = || format!("must be a duration such as 15s, 5m or 1h30m, found {text:?}");
    if ["0s", "0m", "0ms"].contains(&text) {
        return Ok(Duration::ZERO);
    }
    // The parser also takes bare numbers, whose unit nobody sees.
    if text.parse::<f64>().is_ok() {
        return Err(must());
    }
    let read = parse_duration(text).map_err(|_| must())?;
    if read > Duration::from_secs(366 * 86_400) {
        return Err("must be at most a year".to_owned());
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(s: u64) -> Duration {
        Duration::from_secs(s)
    }

    #[test]
    fn a_fast_world_keeps_four_scrapes_in_a_window_and_an_evaluation_in_a_for() {
        let timing = Timing::new(1.0 / 15.0, seconds(15));
        assert_eq!(timing.interval, seconds(1));
        assert_eq!(timing.window(seconds(300)), seconds(20));
        assert_eq!(timing.window(seconds(30)), seconds(4));
        assert_eq!(timing.window(seconds(27)), Duration::from_millis(1_800));
        assert_eq!(timing.hold_for(seconds(60)), seconds(4));
        assert_eq!(timing.hold_for(seconds(3)), seconds(1));
        assert_eq!(timing.hold_for(seconds(0)), seconds(0));
        assert_eq!(timing.scaled(seconds(3)), Duration::from_millis(200));
    }

    #[test]
    fn an_unscaled_world_is_left_as_it_is() {
        let timing = Timing::new(1.0, seconds(15));
        assert_eq!(timing.interval, seconds(15));
        assert_eq!(timing.window(seconds(30)), seconds(30));
        assert_eq!(timing.window(seconds(20)), seconds(20));
        assert_eq!(timing.hold_for(seconds(5)), seconds(5));
    }

    #[test]
    fn a_duration_needs_its_unit() {
        assert_eq!(parse("1h30m"), Ok(seconds(5_400)));
        assert_eq!(parse("0s"), Ok(seconds(0)));
        for text in [
            "", "0", "5", "1.5", "1e300", "5 m", "-5m", "m", "5x", "999999y",
        ] {
            assert!(parse(text).is_err(), "{text:?}");
        }
    }
}
