//! What an alert's trigger and recovery do to a value over time, as pure functions: nothing here knows a clock, an actor
//! or a metric.

use std::time::Duration;

/// After ten half-lives a thousandth is left, less than the noise.
const HALF_LIVES: u32 = 10;
/// Longer than anybody waits, and far from an overflow.
const ENDLESS: Duration = Duration::from_secs(u32::MAX as u64);

/// What drives a value away from calm when an alert is triggered. Of a gauge it is the value itself; of a counter it is
/// the rate, in increments per second, save for [`Pattern::Burst`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pattern {
    /// Jumps to `to` and stays.
    Hold {
        /// The value.
        to: f64,
    },
    /// Moves evenly from where it stands to `to`, and stays.
    Ramp {
        /// The value at the end.
        to: f64,
        /// How long it takes.
        over: Duration,
    },
    /// Jumps to `to` at once and decays back to calm.
    Spike {
        /// The value at the start.
        to: f64,
        /// The time in which half of the distance to calm is gone.
        half_life: Duration,
    },
    /// Grows steadily from where it stands: a leak. At `ceiling` the leaking process is restarted: it falls back to calm, and
    /// grows again. Gauges only.
    Growth {
        /// Growth per second.
        per_second: f64,
        /// Where it falls.
        ceiling: f64,
    },
    /// Alternates between `to` and calm, `to` first.
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

/// Where a series is when a pattern begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Start {
    /// Its level.
    pub level: f64,
    /// The level that it would have undisturbed.
    pub calm: f64,
}

impl Pattern {
    /// The value `age` after the start, where it would be `calm` undisturbed. `None` when over. (A burst leaves the rate
    /// alone: see [`Self::events`].)
    pub fn at(self, start: Start, calm: f64, age: Duration) -> Option<f64> {
        match self {
            Self::Hold { to } => Some(to),
            Self::Ramp { to, over } => Some(start.level + (to - start.level) * part(age, over)),
            Self::Growth {
                per_second,
                ceiling,
            } => Some(grown(start, per_second, ceiling, age.as_secs_f64())),
            Self::Flapping { to, every } => {
                let turn = age.as_secs_f64() / every.as_secs_f64();
                Some(if turn.fract() < 0.5 { to } else { calm })
            }
            Self::Burst { .. } => Some(calm),
            Self::Spike { to, half_life } => {
                let left = decayed(age, half_life)?;
                Some(calm + (to - calm).max(0.0) * left)
            }
        }
    }

    /// The events that fall due after `before` (`None`: from the very start) and not after `age`.
    pub fn events(self, before: Option<Duration>, age: Duration) -> f64 {
        let Self::Burst { count, every } = self else {
            return 0.0;
        };
        let bursts = |age: Duration| (age.as_secs_f64() / every.as_secs_f64()).floor() + 1.0;
        count * (bursts(age) - before.map_or(0.0, bursts))
    }

    /// The same with another main number: a value, a growth per second, or a count.
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

    /// How long it moves, from a level of `start`, until it stays, repeats itself (a growth: until it falls) or is over.
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

    /// True where it ends by itself.
    pub fn ends(self) -> bool {
        matches!(self, Self::Spike { .. })
    }
}

/// How a value goes back to calm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Recovery {
    /// At once.
    AtOnce,
    /// Evenly.
    Ramp {
        /// How long it takes.
        over: Duration,
    },
    /// Quickly at first.
    Decay {
        /// The time in which half of the distance is gone.
        half_life: Duration,
    },
}

impl Recovery {
    /// The value `age` after the start, where it stood at `start` and would be `calm` undisturbed. `None` when over.
    pub fn at(self, start: f64, calm: f64, age: Duration) -> Option<f64> {
        let left = match self {
            Self::AtOnce => return None,
            Self::Ramp { over } if age >= over => return None,
            Self::Ramp { over } => 1.0 - part(age, over),
            Self::Decay { half_life } => decayed(age, half_life)?,
        };
        Some(calm + (start - calm) * left)
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

/// The first growth begins where the value stood, each further one at calm. Where calm is not below the ceiling, nothing
/// grows: it stays calm.
fn grown(start: Start, per_second: f64, ceiling: f64, age: f64) -> f64 {
    let takes = |from: f64| ((ceiling - from) / per_second).max(0.0);
    let first = takes(start.level);
    if age < first {
        return start.level + per_second * age;
    }
    let each = takes(start.calm);
    let since = if each > 0.0 {
        (age - first) % each
    } else {
        0.0
    };
    start.calm + per_second * since
}

/// How much of `over` has passed, at most 1.
fn part(age: Duration, over: Duration) -> f64 {
    if age >= over {
        1.0
    } else {
        age.as_secs_f64() / over.as_secs_f64()
    }
}

/// What is left of 1; `None` when that is next to nothing.
fn decayed(age: Duration, half_life: Duration) -> Option<f64> {
    let lives = age.as_secs_f64() / half_life.as_secs_f64();
    (lives <= f64::from(HALF_LIVES)).then(|| 0.5_f64.powf(lives))
}

#[cfg(test)]
#[path = "pattern_tests.rs"]
mod tests;
