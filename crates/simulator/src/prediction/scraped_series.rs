//! The series of an alert, moved and scraped as the simulator and Prometheus would.

use std::time::Duration;

use promql::{Predictor, Sample};

use crate::{
    catalogue::Alert,
    simulation::{baseline_series::baseline_series, series::Series},
};

/// The step of the simulator.
const STEP: Duration = Duration::from_secs(1);
/// The limit of what is played, in scrapes.
const MAX_SCRAPES: u32 = 20_000;

/// A series, and what Prometheus has scraped of it.
pub(crate) struct ScrapedSeries {
    pub(crate) series: Series,
    pub(crate) samples: Vec<Sample>,
    pub(crate) predictor: Predictor,
    interval: Duration,
    pub(crate) now: Duration,
}

impl ScrapedSeries {
    /// The series at its baseline, scraped until the window of the expression is full.
    pub(crate) fn begin(alert: &Alert, predictor: Predictor, interval: Duration) -> Self {
        let mut scraped = Self {
            series: baseline_series(alert, 0),
            samples: Vec::new(),
            interval,
            now: Duration::ZERO,
            predictor,
        };
        let full = scraped.predictor.lookback() + interval * 2;
        scraped.scrape_for(full);
        scraped
    }

    /// Moves on to the next scrape, and returns the value of the expression if it has one.
    pub(crate) fn scrape(&mut self) -> Option<f64> {
        self.step();
        self.predictor.at(&self.samples, self.now)
    }

    /// Moves on for `time` without evaluating the expression.
    pub(crate) fn scrape_for(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            self.step();
        }
    }

    fn step(&mut self) {
        let next = self.now + self.interval;
        while self.now < next {
            let beat = (self.now + STEP).min(next);
            self.series.step(self.now, beat);
            self.now = beat;
        }
        self.samples.push(Sample {
            at: self.now,
            value: self.series.value(),
        });
    }

    /// The time of the first scrape within `limit` whose value passes.
    pub(crate) fn scrape_until(
        &mut self,
        limit: Duration,
        passes: impl Fn(Option<f64>) -> bool,
    ) -> Option<Duration> {
        let end = self.now + limit;
        while self.now < end {
            let value = self.scrape();
            if passes(value) {
                return Some(self.now);
            }
        }
        None
    }

    /// How long to play a series that moves for `moving`: until the window holds nothing else, and ten scrapes more.
    pub(crate) fn time_limit(&self, moving: Duration) -> Duration {
        let window = self.predictor.lookback() * 2 + self.interval * 10;
        (moving + window).min(self.interval * MAX_SCRAPES)
    }
}
