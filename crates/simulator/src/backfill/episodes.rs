//! Plans which alerts are triggered and recovered in a generated history, and when. The plan depends only on the seed.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use crate::{
    catalogue::Alert,
    lint::CheckedCatalogue,
    prediction::Prediction,
    simulation::baseline::{noise, stream},
};

/// The shortest slot. An alert has at most one episode per slot, which ends within the slot.
const SHORTEST_SLOT: Duration = Duration::from_secs(2 * 3_600);
/// The shortest and longest time in seconds for which an alert keeps firing.
const FIRING: (f64, f64) = (300.0, 1_500.0);
/// The share of slots with an episode.
const SHARE: f64 = 1.0 / 3.0;

/// An alert and its prediction.
type Predicted<'a> = (&'a Arc<Alert>, Prediction);

/// From a trigger to its recovery.
#[derive(Debug, Clone)]
pub(super) struct Episode {
    pub(super) alert: Arc<Alert>,
    /// The trigger, since the start of the history.
    pub(super) from: Duration,
    /// The recovery, since the start of the history.
    pub(super) until: Duration,
}

/// The episodes of a history of this `length`, sorted by their triggers. All series are back at their baselines at its end.
/// Alerts on the same series take turns. An alert that cannot be predicted has no episode.
pub(super) fn plan(catalogue: &CheckedCatalogue, seed: u64, length: Duration) -> Vec<Episode> {
    let mut episodes: Vec<Episode> = by_series(catalogue)
        .values()
        .flat_map(|alerts| take_turns(alerts, seed, length))
        .collect();
    episodes.sort_by_key(|episode| episode.from);
    episodes
}

/// The length of the shortest history with an episode; `None`: no history has one.
pub(super) fn shortest(catalogue: &CheckedCatalogue) -> Option<Duration> {
    let by_series = by_series(catalogue);
    let slots = by_series.values().map(|alerts| slot(alerts).0);
    slots.min().map(|slot| slot * 2)
}

/// The alerts that can be predicted, by their series.
fn by_series(catalogue: &CheckedCatalogue) -> BTreeMap<(&str, String), Vec<Predicted<'_>>> {
    let mut by_series: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (alert, prediction) in catalogue.predicted() {
        if let Ok(predicted) = prediction {
            let series = (alert.metric.as_str(), alert.series());
            by_series
                .entry(series)
                .or_default()
                .push((alert, *predicted));
        }
    }
    by_series
}

/// The length of a slot for alerts on one series, and of their longest episode.
fn slot(alerts: &[Predicted<'_>]) -> (Duration, Duration) {
    let course = |(alert, predicted): &Predicted<'_>| {
        predicted.rise + alert.for_duration + predicted.fall + Duration::from_secs_f64(FIRING.1)
    };
    let longest = alerts.iter().map(course).max().unwrap_or_default();
    // Twice, so that an episode has left every window before the next one.
    (SHORTEST_SLOT.max(longest * 2), longest)
}

/// The episodes of alerts on one series.
fn take_turns(alerts: &[Predicted<'_>], seed: u64, length: Duration) -> Vec<Episode> {
    let (slot, longest) = slot(alerts);
    // The last slot stays empty, so that all series are at their baselines at the end.
    let slots = (length.as_secs_f64() / slot.as_secs_f64()) as u32;
    let mut episodes = Vec::new();
    for number in 0..slots.saturating_sub(1) {
        let (alert, predicted) = &alerts[number as usize % alerts.len()];
        let draw = |what: &str| {
            let drawn = noise(seed, stream(&alert.name) ^ stream(what), u64::from(number));
            (drawn + 1.0) / 2.0
        };
        // Each alert has an episode in its first turn.
        if number as usize >= alerts.len() && draw("whether") > SHARE {
            continue;
        }
        let free = slot - longest;
        let from = slot * number + free.mul_f64(draw("when"));
        let firing = FIRING.0 + (FIRING.1 - FIRING.0) * draw("how long");
        let held = predicted.rise + alert.for_duration + Duration::from_secs_f64(firing);
        episodes.push(Episode {
            alert: (*alert).clone(),
            from,
            until: from + held,
        });
    }
    episodes
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    fn of(seed: u64) -> Vec<Episode> {
        plan(&CheckedCatalogue::load(None, 1.0).unwrap(), seed, DAY)
    }

    #[test]
    fn in_a_day_every_alert_has_an_episode_that_ends_early_enough() {
        let catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
        let episodes = of(1);
        for alert in &catalogue.alerts {
            let own = episodes
                .iter()
                .filter(|episode| episode.alert.name == alert.name);
            assert!(own.count() >= 1, "{}", alert.name);
        }
        let last = episodes.iter().map(|episode| episode.until).max().unwrap();
        assert!(last + Duration::from_secs(1_800) < DAY, "{last:?}");
    }

    #[test]
    fn alerts_of_one_series_never_meet() {
        let episodes = of(1);
        for (index, one) in episodes.iter().enumerate() {
            for other in &episodes[index + 1..] {
                let same = one.alert.metric == other.alert.metric
                    && one.alert.labels == other.alert.labels;
                assert!(!same || one.until < other.from, "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_episodes() {
        let story = |seed| {
            of(seed)
                .iter()
                .map(|episode| episode.from)
                .collect::<Vec<_>>()
        };
        assert_eq!(story(1), story(1));
        assert_ne!(story(1), story(2));
    }

    #[test]
    fn a_short_history_has_no_episodes() {
        let catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
        let shortest = shortest(&catalogue).unwrap();
        assert!(plan(&catalogue, 1, shortest - Duration::from_secs(1)).is_empty());
        assert!(!plan(&catalogue, 1, shortest).is_empty());
    }
}
