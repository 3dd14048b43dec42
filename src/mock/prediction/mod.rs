//! What theory says of one alert: how soon after its trigger the condition holds, for how long, and how soon after the
//! recovery it is gone. Found by playing the catalogue's own pattern to the expression, sample by sample.

mod course;

use std::time::Duration;

use super::{
    catalogue::{Alert, span},
    promql::{Expression, Predictor, Subject},
};
pub(super) use course::Course;

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
/// Why its expression cannot be told from one series, as the rest of a sentence about it.
pub fn predictor(alert: &Alert) -> Result<Predictor, String> {
    Expression::parse(&alert.expr)?.predictor(&Subject {
        metric: &alert.metric,
        labels: &alert.labels,
    })
}

/// Plays an alert's course, scraped at each `interval`.
///
/// # Errors
/// Why there is no such course.
pub fn predict(alert: &Alert, interval: Duration) -> Result<Prediction, Unpredicted> {
    let predictor = predictor(alert).map_err(Unpredicted::Expression)?;
    calm(alert, &predictor, interval)?;
    let rehearsed = alert.hold_for + interval * 2;

    let mut course = Course::begin(alert, predictor, interval);
    course.series.drive(alert.drive(), course.now);
    let triggered = course.now;
    let patience = course.patience(alert.trigger.settles_after(alert.baseline));
    let rose = course.scrape_until(patience, |value| value.is_some());
    let Some(rose) = rose else {
        return Err(Unpredicted::Trigger(format!(
            "does not make the condition hold: {}",
            alert.expr
        )));
    };
    let fell = course.scrape_until(patience, |value| value.is_none());
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
        &course.predictor,
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
    let mut course = Course::begin(alert, predictor.clone(), interval);
    let patience = course.patience(interval * 100);
    if course
        .scrape_until(patience, |value| value.is_some())
        .is_some()
    {
        return Err(holds(course.series.value()));
    }
    if alert.is_counter() {
        return Ok(());
    }
    for edge in [alert.baseline - alert.noise, alert.baseline + alert.noise] {
        let mut course = Course::begin(alert, predictor.clone(), interval);
        for sample in &mut course.samples {
            sample.value = edge.max(0.0);
        }
        if predictor.at(&course.samples, course.now).is_some() {
            return Err(holds(edge));
        }
    }
    Ok(())
}

/// From the recovery, `held` after the trigger, to the first scrape with which the condition is gone for good.
fn fall(
    alert: &Alert,
    predictor: &Predictor,
    interval: Duration,
    held: Duration,
) -> Result<Duration, Unpredicted> {
    let mut course = Course::begin(alert, predictor.clone(), interval);
    course.series.drive(alert.drive(), course.now);
    // One that does not end by itself is watched from its height: the longest way back.
    let height = if alert.trigger.ends() {
        Duration::ZERO
    } else {
        alert.trigger.settles_after(alert.baseline)
    };
    let patience = course.patience(held.max(height));
    course.scrape_until(held.max(height).min(patience), |_| false);
    course.series.recover(alert.recover, course.now);
    let recovered = course.now;
    let mut gone = recovered + interval;
    let patience = course.patience(alert.recover.settles_after());
    let end = course.now + patience;
    while course.now < end {
        let held = course.scrape();
        if held.is_some() {
            gone = course.now + interval;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mock::{catalogue::Catalogue, model::pattern::Pattern};

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
