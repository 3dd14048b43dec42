//! Patterns: how a trigger and a recovery move a value over time. Pure functions of time.

use std::time::Duration;

/// The length of a decay. After ten half-lives a thousandth is left, less than the noise.
const HALF_LIVES: u32 = 10;
/// Stands for an unbounded time, without overflows.
const ENDLESS: Duration = Duration::from_secs(u32::MAX as u64);

/// How a trigger moves a series. The numbers are values of a gauge, or increments per second of a counter, except for
/// [`Pattern::Burst`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pattern {
    /// Jumps to `to` and stays.
    Hold {
        /// The value.
        to: f64,
    },
    /// Moves evenly from its value to `to`, and stays.
    Ramp {
        /// The value at the end.
        to: f64,
        /// How long it takes.
        over: Duration,
    },
    /// Jumps to `to` and decays to the baseline.
    Spike {
        /// The value at the start.
        to: f64,
        /// The time in which the distance to the baseline halves.
        half_life: Duration,
    },
    /// Grows steadily from its value, like a leak. At `ceiling` it falls to the baseline, as by a restart, and grows again.
    /// Gauges only.
    Growth {
        /// Growth per second.
        per_second: f64,
        /// The value at which it falls.
        ceiling: f64,
    },
    /// Alternates between `to` and the baseline, `to` first.
    Flapping {
        /// The value in the first half of each period.
        to: f64,
        /// The period.
        every: Duration,
    },
    /// Counts `count` events at once, and again after each period. Counters only.
    Burst {
        /// Events at a time.
        count: f64,
        /// The period.
        every: Duration,
    },
}

/// The state of a series when a pattern begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Start {
    /// Its level.
    pub level: f64,
    /// Its undisturbed level.
    pub baseline: f64,
}

impl Pattern {
    /// The value `age` after the start, where `baseline` is the undisturbed value. `None` after the end. A burst does not
    /// change the rate: see [`Self::events`].
    pub fn at(self, start: Start, baseline: f64, age: Duration) -> Option<f64> {
        match self {
            Self::Hold { to } => Some(to),
            Self::Ramp { to, over } => Some(start.level + (to - start.level) * part(age, over)),
            Self::Growth {
                per_second,
                ceiling,
            } => Some(grown(start, per_second, ceiling, age.as_secs_f64())),
            Self::Flapping { to, every } => {
                let turn = age.as_secs_f64() / every.as_secs_f64();
                Some(if turn.fract() < 0.5 { to } else { baseline })
            }
            Self::Burst { .. } => Some(baseline),
            Self::Spike { to, half_life } => {
                let left = decayed(age, half_life)?;
                Some(baseline + (to - baseline).max(0.0) * left)
            }
        }
    }

    /// The events after `before` (`None`: since the start, inclusive) and until `age`.
    pub fn events(self, before: Option<Duration>, age: Duration) -> f64 {
        let Self::Burst { count, every } = self else {
            return 0.0;
        };
        let bursts = |age: Duration| (age.as_secs_f64() / every.as_secs_f64()).floor() + 1.0;
        count * (bursts(age) - before.map_or(0.0, bursts))
    }

    /// The same pattern with another main number: `to`, `per_second` or `count`.
    #[must_use]
    pub fn with_value(mut self, value: f64) -> Self {
        match &mut self {
            Self::Hold { to }
            | Self::Ramp { to, .. }
            | Self::Spike { to, .. }
            | Self::Flapping { to, .. } => *to = value,
            Self::Growth { per_second, .. } => *per_second = value,
            Self::Burst { count, .. } => *count = value,
        }
        self
    }

    /// The time from the level `start` until the pattern stays, repeats or ends. A growth: until it falls first.
    pub fn settles_after(self, start: f64) -> Duration {
        match self {
            Self::Hold { .. } => Duration::ZERO,
            Self::Ramp { over, .. } => over,
            Self::Spike { half_life, .. } => half_life * HALF_LIVES,
            Self::Flapping { every, .. } | Self::Burst { every, .. } => every * 3,
            Self::Growth {
                per_second,
                ceiling,
            } => {
                let seconds = ((ceiling - start) / per_second).max(0.0);
                Duration::try_from_secs_f64(seconds).unwrap_or(ENDLESS)
            }
        }
    }

    /// True where the pattern ends by itself.
    pub fn ends(self) -> bool {
        matches!(self, Self::Spike { .. })
    }
}

/// How a series goes back to its baseline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Recovery {
    /// At once.
    AtOnce,
    /// Evenly.
    Ramp {
        /// How long it takes.
        over: Duration,
    },
    /// Exponentially.
    Decay {
        /// The time in which the distance halves.
        half_life: Duration,
    },
}

impl Recovery {
    /// The value `age` after a start at `start`, where `baseline` is the undisturbed value. `None` after the end.
    pub fn at(self, start: f64, baseline: f64, age: Duration) -> Option<f64> {
        let left = match self {
            Self::AtOnce => return None,
            Self::Ramp { over } if age >= over => return None,
            Self::Ramp { over } => 1.0 - part(age, over),
            Self::Decay { half_life } => decayed(age, half_life)?,
        };
        Some(baseline + (start - baseline) * left)
    }

    /// How long it takes.
    pub fn settles_after(self) -> Duration {
        match self {
            Self::AtOnce => Duration::ZERO,
            Self::Ramp { over } => over,
            Self::Decay { half_life } => half_life * HALF_LIVES,
        }
    }
}

/// The first growth begins at the level of the start, each later one at the baseline. Where the baseline is not below the
/// ceiling, nothing grows.
fn grown(start: Start, per_second: f64, ceiling: f64, age: f64) -> f64 {
    let takes = |from: f64| ((ceiling - from) / per_second).max(0.0);
    let first = takes(start.level);
    if age < first {
        return start.level + per_second * age;
    }
    let each = takes(start.baseline);
    let since = if each > 0.0 {
        (age - first) % each
    } else {
        0.0
    };
    start.baseline + per_second * since
}

/// How much of `over` has passed, at most 1.
fn part(age: Duration, over: Duration) -> f64 {
    if age >= over {
        1.0
    } else {
        age.as_secs_f64() / over.as_secs_f64()
    }
}

/// The remaining part, from 1 down; `None` after [`HALF_LIVES`].
fn decayed(age: Duration, half_life: Duration) -> Option<f64> {
    let lives = age.as_secs_f64() / half_life.as_secs_f64();
    (lives <= f64::from(HALF_LIVES)).then(|| 0.5_f64.powf(lives))
}

#[cfg(test)]
#[path = "pattern_tests.rs"]
mod tests;
