//! An alert's series on its way through trigger and recovery, scraped as Prometheus would.

use std::time::Duration;

use promql::{Predictor, Sample};

use crate::{catalogue::Alert, model::series::Series};

/// How often the simulator's series move.
const BEAT: Duration = Duration::from_secs(1);
/// Nothing is played for longer than so many scrapes.
const MOST_SCRAPES: u32 = 20_000;

/// A series on its way, and what Prometheus has scraped of it.
pub(crate) struct Playback {
    pub(crate) series: Series,
    pub(crate) samples: Vec<Sample>,
    pub(crate) predictor: Predictor,
    interval: Duration,
    pub(crate) now: Duration,
}

impl Playback {
    /// At the baseline, for so long that the expression's window is full.
    pub(crate) fn begin(alert: &Alert, predictor: Predictor, interval: Duration) -> Self {
        let mut playback = Self {
            series: alert.at_rest(0),
            samples: Vec::new(),
            interval,
            now: Duration::ZERO,
            predictor,
        };
        let full = playback.predictor.lookback() + interval * 2;
        playback.scrape_unseen(full);
        playback
    }

    /// Moves on to the next scrape, and gives the value while the condition holds.
    pub(crate) fn scrape(&mut self) -> Option<f64> {
        self.step();
        self.predictor.at(&self.samples, self.now)
    }

    /// Moves on for `time`; nobody asks for the condition meanwhile.
    pub(crate) fn scrape_unseen(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            self.step();
        }
    }

    fn step(&mut self) {
        let next = self.now + self.interval;
        while self.now < next {
            let beat = (self.now + BEAT).min(next);
            self.series.step(self.now, beat);
            self.now = beat;
        }
        self.samples.push(Sample {
            at: self.now,
            value: self.series.value(),
        });
    }

    /// The moment of the first scrape whose value passes, if there is one in time.
    pub(crate) fn scrape_until(
        &mut self,
        patience: Duration,
        passes: impl Fn(Option<f64>) -> bool,
    ) -> Option<Duration> {
        let end = self.now + patience;
        while self.now < end {
            let value = self.scrape();
            if passes(value) {
                return Some(self.now);
            }
        }
        None
    }

    /// How long something is watched that moves for `moving`: until the window holds nothing else, and some more.
    pub(crate) fn patience(&self, moving: Duration) -> Duration {
        let window = self.predictor.lookback() * 2 + self.interval * 10;
        (moving + window).min(self.interval * MOST_SCRAPES)
    }
}
