//! The progress of a stimulus or a recovery of a series. Pure: time is an argument.

use std::time::Duration;

use super::stimulus::Stimulus;
use crate::catalogue::pattern::{Recovery, Start};

/// What a series does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It follows its baseline.
    Baseline,
    /// It follows a stimulus.
    Driven,
    /// It goes back to its baseline.
    Recovering,
}

/// A stimulus or a recovery that is in progress.
#[derive(Debug, Clone, Copy)]
pub struct Playback {
    activity: Activity,
    since: Duration,
    /// The age at which its events were last counted.
    counted: Option<Duration>,
}

#[derive(Debug, Clone, Copy)]
enum Activity {
    Driven(Stimulus, Start),
    /// With the level at its start.
    Recovering(Recovery, f64),
}

impl Playback {
    /// A stimulus that begins `now`.
    pub fn driven(stimulus: Stimulus, start: Start, now: Duration) -> Self {
        Self::new(Activity::Driven(stimulus, start), now)
    }

    /// A recovery that begins `now`, where the level is `start`.
    pub fn recovering(recovery: Recovery, start: f64, now: Duration) -> Self {
        Self::new(Activity::Recovering(recovery, start), now)
    }

    fn new(activity: Activity, since: Duration) -> Self {
        Self {
            activity,
            since,
            counted: None,
        }
    }

    /// Whether it is a stimulus or a recovery.
    pub fn phase(&self) -> Phase {
        match self.activity {
            Activity::Driven(..) => Phase::Driven,
            Activity::Recovering(..) => Phase::Recovering,
        }
    }

    /// The level at `now`, where `baseline` is the undisturbed level. `None` after the end.
    pub fn level(&self, baseline: f64, now: Duration) -> Option<f64> {
        let age = now.saturating_sub(self.since);
        match self.activity {
            Activity::Driven(stimulus, start) => stimulus.pattern.at(start, baseline, age),
            Activity::Recovering(recovery, start) => recovery.at(start, baseline, age),
        }
    }

    /// The events until `now` that were not counted before.
    pub fn count_events(&mut self, now: Duration) -> f64 {
        let age = now.saturating_sub(self.since);
        match self.activity {
            Activity::Driven(stimulus, _) => {
                stimulus.pattern.events(self.counted.replace(age), age)
            }
            Activity::Recovering(..) => 0.0,
        }
    }

    /// The recovery that has begun by `now`, if the hold of the stimulus is over.
    pub fn after_hold(&self, level: f64, now: Duration) -> Option<Self> {
        let Activity::Driven(stimulus, _) = self.activity else {
            return None;
        };
        let end = self.since + stimulus.hold?;
        (now >= end).then(|| Self::recovering(stimulus.recover, level, end))
    }
}
