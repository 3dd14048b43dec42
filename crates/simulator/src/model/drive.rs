//! A series' way from its trigger to its recovery and back to calm. Pure: time is an argument.

use std::time::Duration;

use super::pattern::{Pattern, Recovery, Start};

/// Whether a series is disturbed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It moves by itself.
    Calm,
    /// A pattern drives it.
    Driven,
    /// It is on its way back to calm.
    Recovering,
}

/// What drives a series, and how that ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drive {
    /// What it does.
    pub pattern: Pattern,
    /// When it recovers by itself, counted from its start; `None`: when told.
    pub hold: Option<Duration>,
    /// How it goes back then.
    pub recover: Recovery,
}

/// A drive or a recovery on its way.
#[derive(Debug, Clone, Copy)]
pub struct Course {
    doing: Doing,
    since: Duration,
    /// Up to which age its events have been counted.
    counted: Option<Duration>,
}

#[derive(Debug, Clone, Copy)]
enum Doing {
    Driven(Drive, Start),
    /// From this level.
    Recovering(Recovery, f64),
}

impl Course {
    /// A drive that begins `now`.
    pub fn driven(drive: Drive, start: Start, now: Duration) -> Self {
        Self::new(Doing::Driven(drive, start), now)
    }

    /// A recovery that begins `now`, where the level is `start`.
    pub fn recovering(recovery: Recovery, start: f64, now: Duration) -> Self {
        Self::new(Doing::Recovering(recovery, start), now)
    }

    fn new(doing: Doing, since: Duration) -> Self {
        Self {
            doing,
            since,
            counted: None,
        }
    }

    /// What it is.
    pub fn phase(&self) -> Phase {
        match self.doing {
            Doing::Driven(..) => Phase::Driven,
            Doing::Recovering(..) => Phase::Recovering,
        }
    }

    /// The level at `now`, where it would be `calm` undisturbed. `None` when it is over.
    pub fn level(&self, calm: f64, now: Duration) -> Option<f64> {
        let age = now.saturating_sub(self.since);
        match self.doing {
            Doing::Driven(drive, start) => drive.pattern.at(start, calm, age),
            Doing::Recovering(recovery, start) => recovery.at(start, calm, age),
        }
    }

    /// The events that have fallen due by `now` and were not counted before.
    pub fn count_events(&mut self, now: Duration) -> f64 {
        let age = now.saturating_sub(self.since);
        match self.doing {
            Doing::Driven(drive, _) => drive.pattern.events(self.counted.replace(age), age),
            Doing::Recovering(..) => 0.0,
        }
    }

    /// The recovery that has begun by `now`, if a drive was to be held for a time that is over.
    pub fn after_hold(&self, level: f64, now: Duration) -> Option<Self> {
        let Doing::Driven(drive, _) = self.doing else {
            return None;
        };
        let end = self.since + drive.hold?;
        (now >= end).then(|| Self::recovering(drive.recover, level, end))
    }
}
