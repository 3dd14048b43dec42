//! Predicts the course of one alert: plays its trigger and recovery, and evaluates its expression at each scrape.

use std::time::Duration;

use alerting::format_duration;
use promql::{Expression, Predictor, SeriesRef};

use super::scraped_series::ScrapedSeries;
use crate::{
    catalogue::{Alert, pattern::Pattern},
    simulation::{baseline::floored, stimulus::Stimulus},
};

/// The longest lookback in scrapes. Each scrape evaluates the whole window.
const MAX_LOOKBACK_SCRAPES: u32 = 5_000;
/// The scrapes for which the condition must not hold at the baseline.
const BASELINE_SCRAPES: u32 = 100;

/// The predicted course of an alert whose trigger comes right after a scrape, which is the latest case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prediction {
    /// The time from the trigger to the first scrape at which the condition holds.
    pub rise: Duration,
    /// How long the condition then holds without a recovery; `None`: longer than was played.
    pub lasts: Option<Duration>,
    /// The time from the recovery of a firing alert to the first scrape from which the condition no longer holds.
    pub fall: Duration,
}

/// Why the course of an alert cannot be predicted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PredictionError {
    /// One series is not enough for the expression. A drill of the alert is still possible.
    Unsupported(String),
    /// The condition already holds at the baseline.
    Baseline(String),
    /// The trigger does not make the condition hold for long enough.
    Trigger(String),
    /// The recovery does not end the condition.
    Recovery(String),
}

/// The prediction for an alert.
pub type PredictionResult = Result<Prediction, PredictionError>;

/// What evaluates the expression of an alert over the samples of its series.
///
/// # Errors
/// Why one series is not enough for the expression, or why it is too expensive, as the rest of a sentence about it.
pub fn predictor(alert: &Alert, interval: Duration) -> Result<Predictor, String> {
    if let Some(other) = &alert.aggregated_with {
        return Err(format!("aggregates {other} with its own series"));
    }
    let predictor = Expression::parse(&alert.expr)?.predictor(&SeriesRef {
        metric: &alert.metric,
        labels: &alert.labels,
    })?;
    let lookback = predictor.lookback();
    if lookback > interval * MAX_LOOKBACK_SCRAPES {
        return Err(format!(
            "looks back {}, which is too far to predict",
            format_duration(lookback)
        ));
    }
    Ok(predictor)
}

/// How far back the expression of an alert looks, also where its course cannot be predicted.
pub fn lookback(alert: &Alert) -> Duration {
    let expression = Expression::parse(&alert.expr);
    expression.map_or(Duration::ZERO, |expression| expression.lookback())
}

/// Predicts the course of an alert, with a scrape at each `interval`.
///
/// # Errors
/// Why it cannot be predicted.
pub fn predict(alert: &Alert, interval: Duration) -> Result<Prediction, PredictionError> {
    let predictor = predictor(alert, interval).map_err(PredictionError::Unsupported)?;
    check_baseline(alert, &predictor, interval)?;
    let needed = alert.for_duration + interval * 2;

    let mut scraped = ScrapedSeries::begin(alert, predictor, interval);
    scraped.series.stimulate(Stimulus::of(alert), scraped.now);
    let triggered = scraped.now;
    let limit = scraped.time_limit(alert.trigger.settles_after(alert.baseline));
    let rose = scraped.scrape_until(limit, |value| value.is_some());
    let Some(rose) = rose else {
        return Err(PredictionError::Trigger(format!(
            "does not make the condition hold: {}",
            alert.expr
        )));
    };
    let fell = scraped.scrape_until(limit, |value| value.is_none());
    let lasts = fell.map(|fell| fell - rose);
    if lasts.is_some_and(|lasts| lasts <= needed) {
        return Err(PredictionError::Trigger(format!(
            "makes the condition hold for {} only, too short for a `for` of {} and two evaluations",
            format_duration(lasts.unwrap_or_default()),
            format_duration(alert.for_duration)
        )));
    }
    let fall = fall(
        alert,
        &scraped.predictor,
        interval,
        rose - triggered + needed,
    )?;
    Ok(Prediction {
        rise: rose - triggered,
        lasts,
        fall,
    })
}

/// Checks that the condition does not hold at the baseline, nor at the extremes of its noise.
fn check_baseline(
    alert: &Alert,
    predictor: &Predictor,
    interval: Duration,
) -> Result<(), PredictionError> {
    let holds = |value: f64| {
        PredictionError::Baseline(format!("already makes the condition hold, at {value}"))
    };
    let mut scraped = ScrapedSeries::begin(alert, predictor.clone(), interval);
    let noticed = scraped.scrape_until(interval * BASELINE_SCRAPES, |value| value.is_some());
    if noticed.is_some() {
        return Err(holds(scraped.series.value()));
    }
    if alert.is_counter() {
        return Ok(());
    }
    for edge in [alert.baseline - alert.noise, alert.baseline + alert.noise] {
        let mut scraped = ScrapedSeries::begin(alert, predictor.clone(), interval);
        for sample in &mut scraped.samples {
            sample.value = floored(alert.baseline, edge);
        }
        if predictor.at(&scraped.samples, scraped.now).is_some() {
            return Err(holds(edge));
        }
    }
    Ok(())
}

/// The time from the recovery to the end of the condition: the longer of a recovery `held` after the trigger and one at the
/// peak of the series. From a peak an average falls late, while a slope ends at once.
fn fall(
    alert: &Alert,
    predictor: &Predictor,
    interval: Duration,
    held: Duration,
) -> Result<Duration, PredictionError> {
    let soon = fall_after(alert, predictor, interval, held)?;
    let peak = peak(alert, interval);
    if peak <= held {
        return Ok(soon);
    }
    let late = fall_after(alert, predictor, interval, peak)?;
    Ok(soon.max(late))
}

fn fall_after(
    alert: &Alert,
    predictor: &Predictor,
    interval: Duration,
    driven: Duration,
) -> Result<Duration, PredictionError> {
    let mut scraped = ScrapedSeries::begin(alert, predictor.clone(), interval);
    scraped.series.stimulate(Stimulus::of(alert), scraped.now);
    let limit = scraped.time_limit(driven);
    scraped.scrape_for(driven.min(limit));
    scraped.series.recover(alert.recover, scraped.now);
    let recovered = scraped.now;
    let mut gone = recovered + interval;
    let limit = scraped.time_limit(alert.recover.settles_after());
    let end = scraped.now + limit;
    while scraped.now < end {
        let held = scraped.scrape();
        if held.is_some() {
            gone = scraped.now + interval;
        }
    }
    if gone > end {
        return Err(PredictionError::Recovery(format!(
            "does not end the condition: {}",
            alert.expr
        )));
    }
    Ok(gone - recovered)
}

/// The time from the trigger to the peak of the series. Zero where the trigger ends by itself.
fn peak(alert: &Alert, interval: Duration) -> Duration {
    let settled = alert.trigger.settles_after(alert.baseline);
    match alert.trigger {
        trigger if trigger.ends() => Duration::ZERO,
        // One scrape later it may have fallen.
        Pattern::Growth { .. } => settled.saturating_sub(interval),
        _ => settled,
    }
}

#[cfg(test)]
#[path = "predict_tests.rs"]
mod tests;
