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
    /// Grows steadily from where it stands, up to `ceiling`: a leak. Gauges only.
    Growth {
        /// Growth per second.
        per_second: f64,
        /// Where it ends.
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

impl Pattern {
    /// The value `age` after the start, where it stood at `start` and would be `calm` undisturbed. `None` when over.
    /// (A burst leaves the rate alone: see [`Self::events`].)
    pub fn at(self, start: f64, calm: f64, age: Duration) -> Option<f64> {
        match self {
            Self::Hold { to } => Some(to),
            Self::Ramp { to, over } => Some(start + (to - start) * part(age, over)),
            Self::Growth {
                per_second,
                ceiling,
            } => Some((start + per_second * age.as_secs_f64()).min(ceiling.max(start))),
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

    /// How long it moves, from a value of `start`, until it stays, repeats itself or is over.
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
mod tests {
    use super::*;

    fn seconds(s: u64) -> Duration {
        Duration::from_secs(s)
    }

    #[test]
    fn a_leak_grows_by_the_same_amount_each_second_up_to_its_ceiling() {
        let leak = Pattern::Growth {
            per_second: 2.0,
            ceiling: 100.0,
        };
        let at = |s| leak.at(10.0, 10.0, seconds(s)).unwrap();
        assert_eq!((at(0), at(1), at(20), at(45)), (10.0, 12.0, 50.0, 100.0));
        assert_eq!(at(4_000), 100.0);
        assert_eq!(leak.at(150.0, 10.0, seconds(5)), Some(150.0));
    }

    #[test]
    fn a_spike_jumps_at_once_halves_and_ends() {
        let spike = Pattern::Spike {
            to: 96.0,
            half_life: seconds(30),
        };
        let at = |s| spike.at(40.0, 32.0, seconds(s));
        assert_eq!(
            (at(0), at(30), at(60)),
            (Some(96.0), Some(64.0), Some(48.0))
        );
        assert_eq!(at(301), None);
        // Already higher than the peak: a spike never pulls down.
        assert_eq!(spike.at(99.0, 99.0, seconds(0)), Some(99.0));
    }

    #[test]
    fn a_hold_jumps_and_a_ramp_arrives_when_it_should() {
        assert_eq!(
            Pattern::Hold { to: 9.0 }.at(1.0, 1.0, seconds(0)),
            Some(9.0)
        );
        let ramp = Pattern::Ramp {
            to: 50.0,
            over: seconds(20),
        };
        let at = |s| ramp.at(10.0, 10.0, seconds(s)).unwrap();
        assert_eq!((at(0), at(5), at(20), at(900)), (10.0, 20.0, 50.0, 50.0));
        let at_once = Pattern::Ramp {
            to: 50.0,
            over: seconds(0),
        };
        assert_eq!(at_once.at(10.0, 10.0, seconds(0)), Some(50.0));
    }

    #[test]
    fn flapping_is_up_for_the_first_half_of_each_period() {
        let flapping = Pattern::Flapping {
            to: 1.0,
            every: seconds(20),
        };
        let up = |s| flapping.at(0.0, 0.0, seconds(s)).unwrap() > 0.5;
        assert!(up(0) && up(9) && !up(10) && !up(19) && up(20) && !up(30));
    }

    #[test]
    fn a_burst_counts_each_event_once_whatever_the_steps() {
        let burst = Pattern::Burst {
            count: 3.0,
            every: seconds(30),
        };
        let counted = |ages: &[u64]| {
            let mut before = None;
            let mut all = 0.0;
            for age in ages {
                all += burst.events(before, seconds(*age));
                before = Some(seconds(*age));
            }
            all
        };
        assert_eq!(counted(&[0]), 3.0);
        assert_eq!(counted(&[0, 1, 29]), 3.0);
        assert_eq!(counted(&[0, 30, 31, 59, 60]), 9.0);
        assert_eq!(counted(&[61]), 9.0);
    }

    #[test]
    fn a_recovery_ends_at_calm_and_never_jumps_but_when_told() {
        assert_eq!(Recovery::AtOnce.at(97.0, 32.0, seconds(0)), None);
        let ramp = Recovery::Ramp { over: seconds(10) };
        assert_eq!(ramp.at(97.0, 32.0, seconds(0)), Some(97.0));
        assert_eq!(ramp.at(97.0, 32.0, seconds(5)), Some(64.5));
        assert_eq!(ramp.at(97.0, 32.0, seconds(10)), None);
        let decay = Recovery::Decay {
            half_life: seconds(10),
        };
        assert_eq!(decay.at(96.0, 32.0, seconds(10)), Some(64.0));
        assert_eq!(decay.at(96.0, 32.0, seconds(101)), None);
    }
}
