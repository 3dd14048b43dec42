//! One series: its value and how it moves.

use std::time::Duration;

use super::{
    baseline::{Baseline, noise},
    change::{Change, LARGEST_WHOLE},
    playback::{Phase, Playback},
    stimulus::Stimulus,
};
use crate::catalogue::pattern::{Recovery, Start};

/// How the value of a series follows from its baseline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SeriesModel {
    /// The value is the baseline.
    Gauge(Baseline),
    /// The value grows by the baseline per second.
    Counter(Baseline),
    /// Like `Counter`, in whole events.
    EventCounter(Baseline),
}

/// The noise of a series.
#[derive(Debug, Clone, Copy)]
pub struct Noise {
    /// `simulation.seed`.
    pub seed: u64,
    /// The number of its stream.
    pub stream: u64,
}

/// A series without its name and labels.
#[derive(Debug)]
pub struct Series {
    /// The model to which a recovery and a reset return.
    initial: SeriesModel,
    model: SeriesModel,
    /// The value of a gauge, the exact count of a counter.
    value: f64,
    /// The value of a gauge, or the rate of a counter.
    level: f64,
    noise: Noise,
    playback: Option<Playback>,
}

impl Series {
    /// A series at time zero.
    pub fn new(model: SeriesModel, noise: Noise) -> Self {
        let mut series = Self {
            initial: model,
            model,
            value: 0.0,
            level: 0.0,
            noise,
            playback: None,
        };
        series.step(Duration::ZERO, Duration::ZERO);
        series
    }

    /// A gauge that changes only by requests and stimuli.
    pub fn constant(value: f64) -> Self {
        // A constant has no noise.
        let noise = Noise { seed: 0, stream: 0 };
        Self::new(SeriesModel::Gauge(Baseline::Constant(value)), noise)
    }

    /// A counter that counts only by requests and stimuli.
    pub fn event_counter(count: f64) -> Self {
        let mut series = Self::constant(0.0);
        series.initial = SeriesModel::EventCounter(Baseline::Constant(0.0));
        series.model = series.initial;
        series.value = count;
        series
    }

    /// The value that is exposed.
    pub fn value(&self) -> f64 {
        match self.model {
            SeriesModel::EventCounter(_) => self.value.floor(),
            SeriesModel::Gauge(_) | SeriesModel::Counter(_) => self.value,
        }
    }

    /// What the series does.
    pub fn phase(&self) -> Phase {
        self.playback
            .map_or(Phase::Baseline, |playback| playback.phase())
    }

    /// Moves on from `before` to `now`.
    pub fn step(&mut self, before: Duration, now: Duration) {
        if let Some(playback) = &mut self.playback {
            *playback = playback.after_hold(self.level, now).unwrap_or(*playback);
        }
        let baseline = self.baseline(self.model, now);
        let driven = self
            .playback
            .and_then(|playback| playback.level(baseline, now));
        if driven.is_none() {
            self.playback = None;
        }
        self.level = driven.unwrap_or(baseline);
        let events = self
            .playback
            .as_mut()
            .map(|playback| playback.count_events(now));
        match self.model {
            SeriesModel::Gauge(_) => self.value = self.level,
            SeriesModel::Counter(_) | SeriesModel::EventCounter(_) => {
                self.value += self.level * now.saturating_sub(before).as_secs_f64();
                self.value += events.unwrap_or(0.0);
                // Above, a float cannot count single events.
                self.value = self.value.min(LARGEST_WHOLE);
            }
        }
    }

    /// Applies a request. A value that is set ends a stimulus, and stays.
    pub fn apply(&mut self, change: Change) {
        self.playback = None;
        match (change, self.model) {
            (Change::To(value), SeriesModel::Gauge(_)) => {
                self.model = SeriesModel::Gauge(Baseline::Constant(value));
                self.level = value;
                self.value = value;
            }
            (Change::To(value), _) => self.value = value,
            (Change::Count, _) => self.value += 1.0,
        }
    }

    /// Starts a stimulus from the current value.
    pub fn stimulate(&mut self, stimulus: Stimulus, now: Duration) {
        let start = Start {
            level: self.level,
            baseline: self.baseline(self.initial, now),
        };
        self.play(Playback::driven(stimulus, start, now), now);
    }

    /// Starts a recovery to the baseline, if the series has left it.
    pub fn recover(&mut self, recovery: Recovery, now: Duration) {
        if self.phase() == Phase::Driven || self.model != self.initial {
            self.play(Playback::recovering(recovery, self.level, now), now);
        }
    }

    /// Returns to the baseline at once. Counters keep their counts.
    pub fn reset(&mut self, now: Duration) {
        self.playback = None;
        self.model = self.initial;
        self.step(now, now);
    }

    /// The undisturbed level of a model at `now`.
    fn baseline(&self, model: SeriesModel, now: Duration) -> f64 {
        let drawn = noise(self.noise.seed, self.noise.stream, now.as_secs());
        let (SeriesModel::Gauge(baseline)
        | SeriesModel::Counter(baseline)
        | SeriesModel::EventCounter(baseline)) = model;
        baseline.at(now, drawn)
    }

    fn play(&mut self, playback: Playback, now: Duration) {
        self.playback = Some(playback);
        self.model = self.initial;
        self.step(now, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::pattern::Pattern;

    const NOISE: Noise = Noise { seed: 1, stream: 2 };

    fn at(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    fn without_end(pattern: Pattern) -> Stimulus {
        Stimulus {
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
        let counting = || Series::new(SeriesModel::Counter(Baseline::Constant(2.0)), NOISE);
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
    fn a_value_that_is_set_ends_a_stimulus_and_stays_until_the_recovery() {
        let mut series = Series::constant(32.0);
        series.stimulate(without_end(SPIKE), at(10.0));
        assert_eq!((series.value(), series.phase()), (97.0, Phase::Driven));
        series.step(at(10.0), at(40.0));
        assert_eq!(series.value(), 64.5);
        series.apply(Change::To(50.0));
        series.step(at(40.0), at(41.0));
        assert_eq!((series.value(), series.phase()), (50.0, Phase::Baseline));
        series.recover(Recovery::AtOnce, at(42.0));
        assert_eq!(series.value(), 32.0);
    }

    #[test]
    fn a_spike_ends_by_itself() {
        let mut series = Series::constant(32.0);
        series.stimulate(without_end(SPIKE), at(0.0));
        series.step(at(0.0), at(301.0));
        assert_eq!((series.value(), series.phase()), (32.0, Phase::Baseline));
    }

    #[test]
    fn a_recovery_follows_its_pattern_from_the_current_value() {
        let mut series = Series::constant(32.0);
        series.stimulate(without_end(Pattern::Hold { to: 92.0 }), at(0.0));
        series.recover(Recovery::Ramp { over: at(10.0) }, at(5.0));
        series.step(at(5.0), at(10.0));
        assert_eq!((series.value(), series.phase()), (62.0, Phase::Recovering));
        series.step(at(10.0), at(15.0));
        assert_eq!((series.value(), series.phase()), (32.0, Phase::Baseline));
    }

    #[test]
    fn a_drive_that_is_held_for_a_time_recovers_by_itself() {
        let mut series = Series::constant(32.0);
        let stimulus = Stimulus {
            hold: Some(at(20.0)),
            ..without_end(Pattern::Hold { to: 92.0 })
        };
        series.stimulate(stimulus, at(0.0));
        series.step(at(0.0), at(19.0));
        assert_eq!(series.value(), 92.0);
        // The timer is late: half of the recovery is over.
        series.step(at(19.0), at(25.0));
        assert_eq!((series.value(), series.phase()), (62.0, Phase::Recovering));
        series.step(at(25.0), at(30.0));
        assert_eq!(series.phase(), Phase::Baseline);
    }

    #[test]
    fn a_leak_that_is_triggered_twice_goes_on_from_its_value_and_falls_to_the_baseline() {
        let mut series = Series::constant(100.0);
        let leak = without_end(Pattern::Growth {
            per_second: 1.0,
            ceiling: 120.0,
        });
        series.stimulate(leak, at(0.0));
        series.step(at(0.0), at(10.0));
        series.stimulate(leak, at(10.0));
        series.step(at(10.0), at(15.0));
        assert_eq!(series.value(), 115.0);
        series.step(at(15.0), at(20.0));
        assert_eq!((series.value(), series.phase()), (100.0, Phase::Driven));
    }

    #[test]
    fn a_driven_counter_counts_whole_events_and_keeps_them() {
        let mut series = Series::new(SeriesModel::EventCounter(Baseline::Constant(0.0)), NOISE);
        series.stimulate(without_end(Pattern::Hold { to: 0.4 }), at(0.0));
        series.step(at(0.0), at(4.0));
        assert_eq!(series.value(), 1.0);
        let burst = Pattern::Burst {
            count: 3.0,
            every: at(30.0),
        };
        series.stimulate(without_end(burst), at(4.0));
        assert_eq!(series.value(), 4.0);
        series.step(at(4.0), at(34.0));
        assert_eq!(series.value(), 7.0);
        series.recover(Recovery::AtOnce, at(35.0));
        series.step(at(35.0), at(95.0));
        series.reset(at(96.0));
        assert_eq!((series.value(), series.phase()), (7.0, Phase::Baseline));
    }
}
