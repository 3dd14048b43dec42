//! One series: its value, how it moves, and what disturbs it.

use std::time::Duration;

use super::{
    change::Change,
    pattern::{Calm, Pattern, noise},
};

/// How a series moves by itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Motion {
    /// The value follows this.
    Rests(Calm),
    /// The value grows by this much per second.
    Counts(Calm),
}

/// A series without its name and labels.
#[derive(Debug)]
pub struct Series {
    value: f64,
    motion: Motion,
    noise: Noise,
    disturbed: Option<Disturbance>,
}

/// Where a series takes its noise from.
#[derive(Debug, Clone, Copy)]
pub struct Noise {
    /// `simulation.seed`.
    pub seed: u64,
    /// The series' own stream.
    pub stream: u64,
}

#[derive(Debug, Clone, Copy)]
struct Disturbance {
    pattern: Pattern,
    start: f64,
    since: Duration,
}

impl Series {
    /// A series as it stands at time zero.
    pub fn new(motion: Motion, noise: Noise) -> Self {
        let mut series = Self {
            value: 0.0,
            motion,
            noise,
            disturbed: None,
        };
        series.step(Duration::ZERO, Duration::ZERO);
        series
    }

    /// A series that changes only when told.
    pub fn still(value: f64) -> Self {
        // Still values take no noise.
        let noise = Noise { seed: 0, stream: 0 };
        Self::new(Motion::Rests(Calm::Still(value)), noise)
    }

    /// The sample's value.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// Moves on from `before` to `now`.
    pub fn step(&mut self, before: Duration, now: Duration) {
        let drawn = noise(self.noise.seed, self.noise.stream, now.as_secs());
        match self.motion {
            Motion::Counts(rate) => {
                let elapsed = now.saturating_sub(before).as_secs_f64();
                self.value += rate.at(now, drawn) * elapsed;
            }
            Motion::Rests(calm) => {
                let calm = calm.at(now, drawn);
                let disturbed = self.disturbed.and_then(|disturbance| {
                    let age = now.saturating_sub(disturbance.since);
                    disturbance.pattern.at(disturbance.start, calm, age)
                });
                if disturbed.is_none() {
                    self.disturbed = None;
                }
                self.value = disturbed.unwrap_or(calm);
            }
        }
    }

    /// Does what a request asks. A value that is set ends a disturbance.
    pub fn apply(&mut self, change: Change) {
        self.disturbed = None;
        self.value = match change {
            Change::To(value) => value,
            Change::Count => self.value + 1.0,
        };
        self.motion = Motion::Rests(Calm::Still(self.value));
    }

    /// Starts a pattern, from where the value stands.
    pub fn disturb(&mut self, pattern: Pattern, now: Duration) {
        self.disturbed = Some(Disturbance {
            pattern,
            start: self.value,
            since: now,
        });
        self.step(now, now);
    }

    /// Ends the pattern: the value is calm again at once.
    pub fn settle(&mut self, now: Duration) {
        self.disturbed = None;
        self.step(now, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOISE: Noise = Noise { seed: 1, stream: 2 };

    fn at(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    #[test]
    fn a_late_timer_neither_loses_nor_doubles_time() {
        let counting = || Series::new(Motion::Counts(Calm::Still(2.0)), NOISE);
        let mut punctual = counting();
        for second in 0..60 {
            punctual.step(at(f64::from(second)), at(f64::from(second + 1)));
        }
        let mut late = counting();
        late.step(at(0.0), at(1.4));
        late.step(at(1.4), at(1.5));
        late.step(at(1.5), at(60.0));
        assert_eq!(punctual.value(), 120.0);
        assert!((late.value() - 120.0).abs() < 1e-9);
    }

    #[test]
    fn a_value_that_is_set_stays_and_ends_a_disturbance() {
        let mut series = Series::still(32.0);
        let spike = Pattern::Spike {
            peak: 97.0,
            half_life: 30.0,
        };
        series.disturb(spike, at(10.0));
        assert_eq!(series.value(), 97.0);
        series.step(at(10.0), at(40.0));
        assert_eq!(series.value(), 64.5);
        series.apply(Change::To(50.0));
        series.step(at(40.0), at(41.0));
        assert_eq!(series.value(), 50.0);
    }

    #[test]
    fn a_disturbance_ends_by_itself_or_when_told() {
        let mut series = Series::still(32.0);
        let spike = Pattern::Spike {
            peak: 97.0,
            half_life: 1.0,
        };
        series.disturb(spike, at(0.0));
        series.step(at(0.0), at(11.0));
        assert_eq!(series.value(), 32.0);
        series.disturb(spike, at(12.0));
        series.settle(at(12.5));
        assert_eq!(series.value(), 32.0);
    }

    #[test]
    fn a_leak_asked_for_twice_goes_on_from_where_it_is() {
        let mut series = Series::still(100.0);
        let leak = Pattern::Growth {
            per_second: 1.0,
            ceiling: 1e9,
        };
        series.disturb(leak, at(0.0));
        series.step(at(0.0), at(10.0));
        series.disturb(leak, at(10.0));
        series.step(at(10.0), at(15.0));
        assert_eq!(series.value(), 115.0);
    }
}
