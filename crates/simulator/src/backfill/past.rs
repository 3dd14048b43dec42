//! The generated past of the simulated application.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::episodes;
use crate::{
    lint::CheckedCatalogue,
    simulation::{application::Application, stimulus::Stimulus},
};

/// A generated past. The same seed, length and catalogue give the same past.
#[derive(Debug)]
pub struct Past {
    /// The catalogue at the time scale 1.
    pub unscaled: CheckedCatalogue,
    /// `simulation.seed`.
    pub seed: u64,
    /// The length of the past.
    pub length: Duration,
    /// The end of the past.
    pub until: DateTime<Utc>,
}

impl Past {
    /// Plays the past on an application of age zero. `scraped` is called after each scrape interval.
    pub fn play(&self, application: &mut Application, mut scraped: impl FnMut(&Application)) {
        let episodes = episodes::plan(&self.unscaled, self.seed, self.length);
        let mut episodes = episodes.into_iter().peekable();
        let mut now = Duration::ZERO;
        while now < self.length {
            now = (now + self.unscaled.timing.interval).min(self.length);
            while let Some(episode) = episodes.next_if(|episode| episode.from <= now) {
                let stimulus = Stimulus {
                    hold: Some(episode.until - episode.from),
                    ..Stimulus::of(&episode.alert)
                };
                for family in application.families_mut() {
                    family.trigger(now, &episode.alert.name, stimulus);
                }
            }
            application.step(now);
            scraped(application);
        }
    }

    /// A warning if no alert fires in this past.
    pub(super) fn without_alerts(&self) -> Option<String> {
        let episodes = episodes::plan(&self.unscaled, self.seed, self.length);
        if !episodes.is_empty() {
            return None;
        }
        let hours = |length: Duration| length.as_secs().div_ceil(3_600);
        let hint = match episodes::shortest(&self.unscaled) {
            Some(shortest) => format!(
                "the shortest history with an alert has --hours {}",
                hours(shortest)
            ),
            None => "the course of no alert can be predicted".to_owned(),
        };
        let length = hours(self.length);
        Some(format!(
            "no alert fires in the {length} h of this history: {hint}"
        ))
    }

    /// The age at `now` of an application that began with this past.
    pub fn age(&self, now: DateTime<Utc>) -> Duration {
        self.length + (now - self.until).to_std().unwrap_or_default()
    }
}
