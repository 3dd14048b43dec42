//! What has happened before the simulator was started: a made-up past, played on its application.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::episodes;
use crate::{
    lint::CheckedCatalogue,
    simulation::{application::Application, stimulus::Stimulus},
};

/// A past that a simulator goes on from. The same seed, span and catalogue give the same past, wherever it is played.
#[derive(Debug)]
pub struct Past {
    /// The catalogue at the scale 1: nobody waits for what is past.
    pub unscaled: CheckedCatalogue,
    /// `simulation.seed`.
    pub seed: u64,
    /// How long it lasts.
    pub span: Duration,
    /// Where it ends.
    pub until: DateTime<Utc>,
}

impl Past {
    /// Plays it on application that are just born, and shows them after each scrape interval.
    pub fn play(&self, application: &mut Application, mut scraped: impl FnMut(&Application)) {
        let episodes = episodes::plan(&self.unscaled, self.seed, self.span);
        let mut episodes = episodes.into_iter().peekable();
        let mut now = Duration::ZERO;
        while now < self.span {
            now = (now + self.unscaled.timing.interval).min(self.span);
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

    /// Says that no alert is set off in it, if so.
    pub(super) fn without_alerts(&self) -> Option<String> {
        let episodes = episodes::plan(&self.unscaled, self.seed, self.span);
        if !episodes.is_empty() {
            return None;
        }
        let hours = |span: Duration| span.as_secs().div_ceil(3_600);
        let told = match episodes::shortest(&self.unscaled) {
            Some(shortest) => format!("the first one would be with --hours {}", hours(shortest)),
            None => "theory can tell the course of none".to_owned(),
        };
        let asked = hours(self.span);
        Some(format!(
            "no alert is set off in the {asked} h of this history: {told}"
        ))
    }

    /// Its age at `now`: that of an application that was born with it.
    pub fn age(&self, now: DateTime<Utc>) -> Duration {
        self.span + (now - self.until).to_std().unwrap_or_default()
    }
}
