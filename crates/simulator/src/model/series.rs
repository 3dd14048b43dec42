//! One series: its value, how it moves, and what drives it.

use std::time::Duration;

use super::{
    calm::{Calm, noise},
    change::{Change, LARGEST_WHOLE},
    drive::{Course, Drive, Phase},
    pattern::{Recovery, Start},
};

/// How a series moves by itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Motion {
    /// The value follows this.
    Rests(Calm),
    /// The value grows by this much per second.
    Counts(Calm),
    /// Like `Counts`, in whole events.
    Events(Calm),
}

/// Where a series takes its noise from.
#[derive(Debug, Clone, Copy)]
pub struct Noise {
    /// `simulation.seed`.
    pub seed: u64,
    /// The series' own stream.
    pub stream: u64,
}

/// A series without its name and labels.
#[derive(Debug)]
pub struct Series {
    /// How it moves at the baseline, to which a reset returns.
    home: Motion,
    motion: Motion,
    /// The value of a gauge, the exact count of a counter.
    value: f64,
    /// What the motion says: a gauge's value, a counter's rate.
    level: f64,
    noise: Noise,
    course: Option<Course>,
}

impl Series {
    /// A series as it stands at time zero.
    pub fn new(motion: Motion, noise: Noise) -> Self {
        let mut series = Self {
            home: motion,
            motion,
            value: 0.0,
            level: 0.0,
            noise,
            course: None,
        };
        series.step(Duration::ZERO, Duration::ZERO);
        series
    }

    /// A gauge that changes only when told.
    pub fn still(value: f64) -> Self {
        // Still values take no noise.
        let noise = Noise { seed: 0, stream: 0 };
        Self::new(Motion::Rests(Calm::Still(value)), noise)
    }

    /// A counter that counts only when told.
    pub fn tally(count: f64) -> Self {
        let mut series = Self::still(0.0);
        series.home = Motion::Events(Calm::Still(0.0));
        series.motion = series.home;
        series.value = count;
        series
    }

    /// The sample's value.
    pub fn value(&self) -> f64 {
        match self.motion {
            Motion::Events(_) => self.value.floor(),
            Motion::Rests(_) | Motion::Counts(_) => self.value,
        }
    }

    /// Whether it is disturbed.
    pub fn phase(&self) -> Phase {
        self.course.map_or(Phase::Calm, |course| course.phase())
    }

    /// Moves on from `before` to `now`.
    pub fn step(&mut self, before: Duration, now: Duration) {
        if let Some(course) = &mut self.course {
            *course = course.after_hold(self.level, now).unwrap_or(*course);
        }
        let calm = self.calm(self.motion, now);
        let driven = self.course.and_then(|course| course.level(calm, now));
        if driven.is_none() {
            self.course = None;
        }
        self.level = driven.unwrap_or(calm);
        let events = self.course.as_mut().map(|course| course.count_events(now));
        match self.motion {
            Motion::Rests(_) => self.value = self.level,
            Motion::Counts(_) | Motion::Events(_) => {
                self.value += self.level * now.saturating_sub(before).as_secs_f64();
                self.value += events.unwrap_or(0.0);
                // Beyond, an event more would not be seen.
                self.value = self.value.min(LARGEST_WHOLE);
            }
        }
    }

    /// Does what a request asks. A value that is set ends a drive, and stays.
    pub fn apply(&mut self, change: Change) {
        self.course = None;
        match (change, self.motion) {
            (Change::To(value), Motion::Rests(_)) => {
                self.motion = Motion::Rests(Calm::Still(value));
                self.level = value;
                self.value = value;
            }
            (Change::To(value), _) => self.value = value,
            (Change::Count, _) => self.value += 1.0,
        }
    }

    /// Starts a pattern, from where the value stands.
    pub fn drive(&mut self, drive: Drive, now: Duration) {
        let start = Start {
            level: self.level,
            calm: self.calm(self.home, now),
        };
        self.begin(Course::driven(drive, start, now), now);
    }

    /// Goes back to the baseline, from whatever it was told.
    pub fn recover(&mut self, recovery: Recovery, now: Duration) {
        if self.phase() == Phase::Driven || self.motion != self.home {
            self.begin(Course::recovering(recovery, self.level, now), now);
        }
    }

    /// At the baseline at once, whatever it was told. What has been counted stays counted: counters do not fall.
    pub fn reset(&mut self, now: Duration) {
        self.course = None;
        self.motion = self.home;
        self.step(now, now);
    }

    /// The level at `now` of a series that moves so undisturbed.
    fn calm(&self, motion: Motion, now: Duration) -> f64 {
        let drawn = noise(self.noise.seed, self.noise.stream, now.as_secs());
        let (Motion::Rests(calm) | Motion::Counts(calm) | Motion::Events(calm)) = motion;
        calm.at(now, drawn)
    }

    fn begin(&mut self, course: Course, now: Duration) {
        self.course = Some(course);
        self.motion = self.home;
        self.step(now, now);
    }
}

#[cfg(test)]
mod tests {
    use super::super::pattern::Pattern;
    use super::*;

    const NOISE: Noise = Noise { seed: 1, stream: 2 };

    fn at(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    fn until_told(pattern: Pattern) -> Drive {
        Drive {
            pattern,
            hold: None,
            recover: Recovery::Ramp { over: at(10.0) },
        }
    }

    const SPIKE: Pattern = Pattern::Spike {
        to: 97.0,
        half_life: Duration::from_secs(30),
    };

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
    fn a_value_that_is_set_stays_and_ends_a_drive_until_the_reset() {
        let mut series = Series::still(32.0);
        series.drive(until_told(SPIKE), at(10.0));
        assert_eq!((series.value(), series.phase()), (97.0, Phase::Driven));
        series.step(at(10.0), at(40.0));
        assert_eq!(series.value(), 64.5);
        series.apply(Change::To(50.0));
        series.step(at(40.0), at(41.0));
        assert_eq!((series.value(), series.phase()), (50.0, Phase::Calm));
        series.recover(Recovery::AtOnce, at(42.0));
        assert_eq!(series.value(), 32.0);
    }

    #[test]
    fn a_spike_ends_by_itself() {
        let mut series = Series::still(32.0);
        series.drive(until_told(SPIKE), at(0.0));
        series.step(at(0.0), at(301.0));
        assert_eq!((series.value(), series.phase()), (32.0, Phase::Calm));
    }

    #[test]
    fn a_recovery_goes_the_way_it_was_told_from_where_the_value_stands() {
        let mut series = Series::still(32.0);
        series.drive(until_told(Pattern::Hold { to: 92.0 }), at(0.0));
        series.recover(Recovery::Ramp { over: at(10.0) }, at(5.0));
        series.step(at(5.0), at(10.0));
        assert_eq!((series.value(), series.phase()), (62.0, Phase::Recovering));
        series.step(at(10.0), at(15.0));
        assert_eq!((series.value(), series.phase()), (32.0, Phase::Calm));
    }

    #[test]
    fn a_drive_that_is_held_for_a_time_recovers_by_itself() {
        let mut series = Series::still(32.0);
        let drive = Drive {
            hold: Some(at(20.0)),
            ..until_told(Pattern::Hold { to: 92.0 })
        };
        series.drive(drive, at(0.0));
        series.step(at(0.0), at(19.0));
        assert_eq!(series.value(), 92.0);
        // The timer is late: half of the recovery is over.
        series.step(at(19.0), at(25.0));
        assert_eq!((series.value(), series.phase()), (62.0, Phase::Recovering));
        series.step(at(25.0), at(30.0));
        assert_eq!(series.phase(), Phase::Calm);
    }

    #[test]
    fn a_leak_asked_for_twice_goes_on_from_where_it_is_and_falls_to_the_baseline() {
        let mut series = Series::still(100.0);
        let leak = until_told(Pattern::Growth {
            per_second: 1.0,
            ceiling: 120.0,
        });
        series.drive(leak, at(0.0));
        series.step(at(0.0), at(10.0));
        series.drive(leak, at(10.0));
        series.step(at(10.0), at(15.0));
        assert_eq!(series.value(), 115.0);
        series.step(at(15.0), at(20.0));
        assert_eq!((series.value(), series.phase()), (100.0, Phase::Driven));
    }

    #[test]
    fn a_driven_counter_counts_whole_events_and_keeps_them() {
        let mut series = Series::new(Motion::Events(Calm::Still(0.0)), NOISE);
        series.drive(until_told(Pattern::Hold { to: 0.4 }), at(0.0));
        series.step(at(0.0), at(4.0));
        assert_eq!(series.value(), 1.0);
        let burst = Pattern::Burst {
            count: 3.0,
            every: at(30.0),
        };
        series.drive(until_told(burst), at(4.0));
        assert_eq!(series.value(), 4.0);
        series.step(at(4.0), at(34.0));
        assert_eq!(series.value(), 7.0);
        series.recover(Recovery::AtOnce, at(35.0));
        series.step(at(35.0), at(95.0));
        series.reset(at(96.0));
        assert_eq!((series.value(), series.phase()), (7.0, Phase::Calm));
    }
}
