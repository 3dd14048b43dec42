//! Predictions of alerts, and errors where there is none.

use super::*;
use crate::{catalogue::pattern::Recovery, lint::CheckedCatalogue};

const SCRAPE: Duration = Duration::from_secs(15);

fn seconds(s: u64) -> Duration {
    Duration::from_secs(s)
}

/// One alert of the built-in catalogue, made different.
fn of(name: &str, change: impl Fn(&mut Alert)) -> Result<Prediction, PredictionError> {
    let catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
    let mut alert = Alert::clone(catalogue.alert(name).unwrap());
    change(&mut alert);
    predict(&alert, SCRAPE)
}

#[test]
fn every_built_in_alert_rises_and_falls_at_every_scale() {
    for scale in [1.0, 0.2, 1.0 / 15.0] {
        let catalogue = CheckedCatalogue::load(None, scale).unwrap();
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
fn an_alert_that_cannot_be_rehearsed_has_an_error() {
    let low = of("DiskFull", |alert| {
        alert.trigger = Pattern::Hold { to: 89.0 }
    });
    assert!(matches!(low, Err(PredictionError::Trigger(_))), "{low:?}");
    let exact = of("DiskFull", |alert| {
        alert.trigger = Pattern::Hold { to: 90.0 }
    });
    assert!(
        matches!(exact, Err(PredictionError::Trigger(_))),
        "{exact:?}"
    );
    let short = of("CPUSpikeDetected", |alert| {
        alert.trigger = Pattern::Spike {
            to: 97.0,
            half_life: seconds(10),
        };
    });
    assert!(
        matches!(short, Err(PredictionError::Trigger(_))),
        "{short:?}"
    );
    let high = of("DiskFull", |alert| alert.baseline = 91.0);
    assert!(
        matches!(high, Err(PredictionError::Baseline(_))),
        "{high:?}"
    );
    let noisy = of("DiskFull", |alert| alert.noise = 46.0);
    assert!(
        matches!(noisy, Err(PredictionError::Baseline(_))),
        "{noisy:?}"
    );
    let other = of("DiskFull", |alert| alert.expr = "a / b > 1".to_owned());
    assert!(
        matches!(other, Err(PredictionError::Unsupported(_))),
        "{other:?}"
    );
}
