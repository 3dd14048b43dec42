//! What theory says of one alert: how soon after its trigger the condition holds, for how long, and how soon after the
//! recovery it is gone. Found by playing the catalogue's own pattern to the expression, sample by sample.

mod playback;

use std::time::Duration;

use alerting::span;
use promql::{Expression, Predictor, SeriesRef};

use crate::{
    catalogue::Alert,
    model::{calm::floored, pattern::Pattern},
};
pub(super) use playback::Playback;

/// A window is walked through at each scrape: one that holds more is not played.
const MOST_SCRAPES_BACK: u32 = 5_000;
/// For so many scrapes it is made sure that noise alone does not make a condition hold.
const CALM_SCRAPES: u32 = 100;

/// What theory says of one alert whose trigger comes right after a scrape: the worst moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prediction {
    /// From the trigger to the first scrape with which the condition holds.
    pub rise: Duration,
    /// For how long it holds then without a recovery; `None`: for as long as it was watched.
    pub lasts: Option<Duration>,
    /// From the recovery, of a condition that has held for its `for`, to the first scrape with which it is gone for good.
    pub fall: Duration,
}

/// Why an alert cannot be rehearsed, or its course not be told beforehand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unpredicted {
    /// The expression is more than one series can tell; it may be rehearsed all the same.
    Expression(String),
    /// The condition holds at the baseline.
    Baseline(String),
    /// The trigger does not make it hold, or not for long enough.
    Trigger(String),
    /// The recovery does not end it.
    Recovery(String),
}

/// What tells an alert's condition from the samples of its series.
///
/// # Errors
/// Why its expression cannot be told from one series, or not in time, as the rest of a sentence about it.
pub fn predictor(alert: &Alert, interval: Duration) -> Result<Predictor, String> {
    if let Some(other) = &alert.with {
        return Err(format!("aggregates {other} with its own series"));
    }
    let predictor = Expression::parse(&alert.expr)?.predictor(&SeriesRef {
        metric: &alert.metric,
        labels: &alert.labels,
    })?;
    let reach = predictor.lookback();
    if reach > interval * MOST_SCRAPES_BACK {
        return Err(format!("looks back {}, too far to be played", span(reach)));
    }
    Ok(predictor)
}

/// How far back an alert's expression looks, whether or not its course can be told.
pub fn reach(alert: &Alert) -> Duration {
    let expression = Expression::parse(&alert.expr);
    expression.map_or(Duration::ZERO, |expression| expression.lookback())
}

/// Plays an alert's course, scraped at each `interval`.
///
/// # Errors
/// Why there is no such playback.
pub fn predict(alert: &Alert, interval: Duration) -> Result<Prediction, Unpredicted> {
    let predictor = predictor(alert, interval).map_err(Unpredicted::Expression)?;
    calm(alert, &predictor, interval)?;
    let rehearsed = alert.hold_for + interval * 2;

    let mut playback = Playback::begin(alert, predictor, interval);
    playback.series.drive(alert.drive(), playback.now);
    let triggered = playback.now;
    let patience = playback.patience(alert.trigger.settles_after(alert.baseline));
    let rose = playback.scrape_until(patience, |value| value.is_some());
    let Some(rose) = rose else {
        return Err(Unpredicted::Trigger(format!(
            "does not make the condition hold: {}",
            alert.expr
        )));
    };
    let fell = playback.scrape_until(patience, |value| value.is_none());
    let lasts = fell.map(|fell| fell - rose);
    if lasts.is_some_and(|lasts| lasts <= rehearsed) {
        return Err(Unpredicted::Trigger(format!(
            "makes the condition hold for {} only, too short for a `for` of {} and two evaluations",
            span(lasts.unwrap_or_default()),
            span(alert.hold_for)
        )));
    }
    let fall = fall(
        alert,
        &playback.predictor,
        interval,
        rose - triggered + rehearsed,
    )?;
    Ok(Prediction {
        rise: rose - triggered,
        lasts,
        fall,
    })
}

/// Makes sure that the condition does not hold at the baseline, nor at the edges of its noise.
fn calm(alert: &Alert, predictor: &Predictor, interval: Duration) -> Result<(), Unpredicted> {
    let holds =
        |value: f64| Unpredicted::Baseline(format!("makes the condition hold already, at {value}"));
    let mut playback = Playback::begin(alert, predictor.clone(), interval);
    let noticed = playback.scrape_until(interval * CALM_SCRAPES, |value| value.is_some());
    if noticed.is_some() {
        return Err(holds(playback.series.value()));
    }
    if alert.is_counter() {
        return Ok(());
    }
    for edge in [alert.baseline - alert.noise, alert.baseline + alert.noise] {
        let mut playback = Playback::begin(alert, predictor.clone(), interval);
        for sample in &mut playback.samples {
            sample.value = floored(alert.baseline, edge);
        }
        if predictor.at(&playback.samples, playback.now).is_some() {
            return Err(holds(edge));
        }
    }
    Ok(())
}

/// From the recovery, `held` after the trigger or at the series' height, whichever way is longer, to the first scrape with
/// which the condition is gone for good. (From a height an average falls late, but a slope breaks at once.)
fn fall(
    alert: &Alert,
    predictor: &Predictor,
    interval: Duration,
    held: Duration,
) -> Result<Duration, Unpredicted> {
    let soon = fall_after(alert, predictor, interval, held)?;
    let height = height(alert, interval);
    if height <= held {
        return Ok(soon);
    }
    let late = fall_after(alert, predictor, interval, height)?;
    Ok(soon.max(late))
}

fn fall_after(
    alert: &Alert,
    predictor: &Predictor,
    interval: Duration,
    driven: Duration,
) -> Result<Duration, Unpredicted> {
    let mut playback = Playback::begin(alert, predictor.clone(), interval);
    playback.series.drive(alert.drive(), playback.now);
    let patience = playback.patience(driven);
    playback.scrape_unseen(driven.min(patience));
    playback.series.recover(alert.recover, playback.now);
    let recovered = playback.now;
    let mut gone = recovered + interval;
    let patience = playback.patience(alert.recover.settles_after());
    let end = playback.now + patience;
    while playback.now < end {
        let held = playback.scrape();
        if held.is_some() {
            gone = playback.now + interval;
        }
    }
    if gone > end {
        return Err(Unpredicted::Recovery(format!(
            "does not end the condition: {}",
            alert.expr
        )));
    }
    Ok(gone - recovered)
}

/// How long after the trigger the series is at its height, from which the way back is longest. Nobody waits for it where the
/// trigger ends by itself.
fn height(alert: &Alert, interval: Duration) -> Duration {
    let settled = alert.trigger.settles_after(alert.baseline);
    match alert.trigger {
        trigger if trigger.ends() => Duration::ZERO,
        // A scrape later it may have fallen.
        Pattern::Growth { .. } => settled.saturating_sub(interval),
        _ => settled,
    }
}

#[cfg(test)]
#[path = "prediction_tests.rs"]
mod tests;
