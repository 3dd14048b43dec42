//! What theory says of one alert: how soon after its trigger the condition holds, for how long, and how soon after the
//! recovery it is gone. Found by playing the catalogue's own pattern to the expression, sample by sample.

mod playback;

use std::time::Duration;

use super::{
    catalogue::{Alert, span},
    model::{calm::floored, pattern::Pattern},
    promql::{Expression, Predictor, Subject},
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
    let predictor = Expression::parse(&alert.expr)?.predictor(&Subject {
        metric: &alert.metric,
        labels: &alert.labels,
    })?;
    let reach = predictor.reach();
    if reach > interval * MOST_SCRAPES_BACK {
        return Err(format!("looks back {}, too far to be played", span(reach)));
    }
    Ok(predictor)
}

/// How far back an alert's expression looks, whether or not its course can be told.
pub fn reach(alert: &Alert) -> Duration {
    let expression = Expression::parse(&alert.expr);
    expression.map_or(Duration::ZERO, |expression| expression.reach())
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
mod tests {
    use super::*;
    use crate::mock::{catalogue::Catalogue, model::pattern::Recovery};

    const SCRAPE: Duration = Duration::from_secs(15);

    fn seconds(s: u64) -> Duration {
        Duration::from_secs(s)
    }

    /// One alert of the built-in catalogue, made different.
    fn of(name: &str, change: impl Fn(&mut Alert)) -> Result<Prediction, Unpredicted> {
        let catalogue = Catalogue::load(None, 1.0).unwrap();
        let mut alert = Alert::clone(catalogue.alert(name).unwrap());
        change(&mut alert);
        predict(&alert, SCRAPE)
    }

    #[test]
    fn every_built_in_alert_rises_and_falls_at_every_scale() {
        for scale in [1.0, 0.2, 1.0 / 15.0] {
            let catalogue = Catalogue::load(None, scale).unwrap();
            for alert in &catalogue.alerts {
                let predicted = predict(alert, catalogue.timing.interval);
                assert!(
                    predicted.is_ok(),
                    "{} at {scale}: {predicted:?}",
                    alert.name
                );
            }
        }
    }

    #[test]
    fn a_flag_rises_and_falls_with_the_next_scrape() {
        let flag = Prediction {
            rise: SCRAPE,
            lasts: None,
            fall: SCRAPE,
        };
        assert_eq!(of("ServiceDown", |_| ()), Ok(flag));
    }

    #[test]
    fn a_ramp_crosses_on_its_way_and_a_window_drains_after_the_last_error() {
        let full = of("DiskFull", |alert| {
            alert.noise = 0.0;
            alert.trigger = Pattern::Ramp {
                to: 95.0,
                over: seconds(100),
            };
        });
        // 45 to 95 in 100 s: beyond 90 after 90 s, seen by the scrape after that.
        assert_eq!(full.unwrap().rise, seconds(105));
        let errors = of("DiskReadError", |_| ()).unwrap();
        assert!(
            errors.fall >= seconds(105) && errors.fall <= seconds(135),
            "{errors:?}"
        );
    }

    #[test]
    fn a_growth_holds_until_it_falls_and_is_recovered_from_its_height() {
        let grown = of("DiskFull", |alert| {
            alert.noise = 0.0;
            alert.trigger = Pattern::Growth {
                per_second: 0.1,
                ceiling: 145.0,
            };
            alert.recover = Recovery::Ramp { over: seconds(95) };
        });
        // Beyond 90 after 450 s, and falls after 1000 s: from 144 it is back at 90 after 52 s.
        let expected = Prediction {
            rise: seconds(465),
            lasts: Some(seconds(540)),
            fall: seconds(60),
        };
        assert_eq!(grown, Ok(expected));
    }

    #[test]
    fn what_cannot_be_rehearsed_is_told() {
        let low = of("DiskFull", |alert| {
            alert.trigger = Pattern::Hold { to: 89.0 }
        });
        assert!(matches!(low, Err(Unpredicted::Trigger(_))), "{low:?}");
        let exact = of("DiskFull", |alert| {
            alert.trigger = Pattern::Hold { to: 90.0 }
        });
        assert!(matches!(exact, Err(Unpredicted::Trigger(_))), "{exact:?}");
        let short = of("CPUSpikeDetected", |alert| {
            alert.trigger = Pattern::Spike {
                to: 97.0,
                half_life: seconds(10),
            };
        });
        assert!(matches!(short, Err(Unpredicted::Trigger(_))), "{short:?}");
        let high = of("DiskFull", |alert| alert.baseline = 91.0);
        assert!(matches!(high, Err(Unpredicted::Baseline(_))), "{high:?}");
        let noisy = of("DiskFull", |alert| alert.noise = 46.0);
        assert!(matches!(noisy, Err(Unpredicted::Baseline(_))), "{noisy:?}");
        let other = of("DiskFull", |alert| alert.expr = "a / b > 1".to_owned());
        assert!(
            matches!(other, Err(Unpredicted::Expression(_))),
            "{other:?}"
        );
    }
}
