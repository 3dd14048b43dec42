//! What a request may change about an alert's trigger: its value, how fast it rises, how long it is held.

use std::{sync::Arc, time::Duration};

use super::predict::{PredictionError, predict};
use crate::{
    catalogue::{Alert, Timing, check_non_negative, check_number, pattern::Pattern},
    simulation::{
        change::{Change, LeverInput},
        levers,
        number::format_number,
        stimulus::Stimulus,
    },
};

/// The longest ramp and hold, in seconds.
const DAY: f64 = 86_400.0;

/// The keys of a request. Seconds are unscaled, as in the catalogue.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Adjustment {
    /// Replaces the main number of the pattern: `to`, `per_second` or `count`.
    pub value: Option<f64>,
    /// The duration of the rise.
    pub ramp_seconds: Option<f64>,
    /// The time from the end of the rise until the series recovers by itself.
    pub hold_seconds: Option<f64>,
}

/// Why an adjustment does not fit an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidAdjustment {
    /// The wrong key.
    pub key: &'static str,
    /// What it must be, to be shown after the key.
    pub must: String,
}

fn invalid(key: &'static str, must: impl Into<String>) -> InvalidAdjustment {
    let must = must.into();
    InvalidAdjustment { key, must }
}

impl Adjustment {
    /// The adjusted stimulus of an alert.
    ///
    /// # Errors
    /// The first key that is out of its bounds, or with which the condition does not come to hold.
    pub fn stimulus(
        &self,
        alert: &Arc<Alert>,
        timing: &Timing,
    ) -> Result<Stimulus, InvalidAdjustment> {
        let mut stimulus = Stimulus::of(alert);
        if let Some(value) = self.value {
            check_value(alert, value)?;
            stimulus.pattern = stimulus.pattern.with_value(value);
        }
        if let Some(seconds) = self.ramp_seconds {
            stimulus.pattern = ramp(alert, stimulus.pattern, seconds, timing)?;
        }
        if stimulus.pattern != alert.trigger {
            self.check_condition(alert, stimulus.pattern, timing)?;
        }
        stimulus.hold = match self.hold_seconds {
            None => None,
            Some(seconds) => Some(rise(stimulus.pattern) + hold(seconds, timing)?),
        };
        Ok(stimulus)
    }

    /// Checks that the condition comes to hold.
    fn check_condition(
        &self,
        alert: &Alert,
        trigger: Pattern,
        timing: &Timing,
    ) -> Result<(), InvalidAdjustment> {
        let mut adjusted = alert.clone();
        adjusted.trigger = trigger;
        let Err(PredictionError::Trigger(message)) = predict(&adjusted, timing.interval) else {
            return Ok(());
        };
        let Some(value) = self.value else {
            return Err(invalid("ramp_seconds", message));
        };
        let threshold = alert.threshold.map_or_else(String::new, |threshold| {
            format!(", the threshold {}", format_number(threshold))
        });
        let (value, baseline) = (format_number(value), format_number(alert.baseline));
        let message = format!("{value} {message}; the baseline is {baseline}{threshold}");
        Err(invalid("value", message))
    }
}

/// Checks the bounds of a value, and those of the lever of its metric.
fn check_value(alert: &Alert, value: f64) -> Result<(), InvalidAdjustment> {
    let is_growth = matches!(alert.trigger, Pattern::Growth { .. });
    let bounds = if is_growth {
        check_non_negative
    } else {
        check_number
    };
    bounds(value, alert.kind).map_err(|must| invalid("value", must))?;
    let is_rate = alert.is_counter() || is_growth;
    match levers::of_metric(&alert.metric) {
        Some(lever) if !is_rate => match lever.input.read(&format_number(value)) {
            Ok(Change::To(_) | Change::Count) => Ok(()),
            Err(must) => Err(invalid("value", must)),
        },
        _ => Ok(()),
    }
}

fn ramp(
    alert: &Alert,
    pattern: Pattern,
    seconds: f64,
    timing: &Timing,
) -> Result<Pattern, InvalidAdjustment> {
    let (Pattern::Hold { to } | Pattern::Ramp { to, .. }) = pattern else {
        let message = "does not apply: only the patterns hold and ramp can be ramped";
        return Err(invalid("ramp_seconds", message));
    };
    if !(0.0..=DAY).contains(&seconds) {
        return Err(invalid("ramp_seconds", "must be from 0 to 86400"));
    }
    let over = timing.scaled(Duration::from_secs_f64(seconds));
    if is_flag(alert) && !over.is_zero() {
        let message = "must be 0: the metric is a flag, which has no values between 0 and 1";
        return Err(invalid("ramp_seconds", message));
    }
    Ok(Pattern::Ramp { to, over })
}

fn is_flag(alert: &Alert) -> bool {
    levers::of_metric(&alert.metric).is_some_and(|lever| lever.input == LeverInput::Flag)
}

fn hold(seconds: f64, timing: &Timing) -> Result<Duration, InvalidAdjustment> {
    if !(0.0..=DAY).contains(&seconds) || seconds == 0.0 {
        return Err(invalid(
            "hold_seconds",
            "must be more than 0 and at most 86400",
        ));
    }
    let hold = timing.scaled(Duration::from_secs_f64(seconds));
    if hold.is_zero() {
        let message = format!(
            "must be more: at time scale {}, {} s are less than a millisecond",
            format_number(timing.scale),
            format_number(seconds)
        );
        return Err(invalid("hold_seconds", message));
    }
    Ok(hold)
}

/// The time in which a pattern reaches its value.
fn rise(pattern: Pattern) -> Duration {
    match pattern {
        Pattern::Ramp { over, .. } => over,
        _ => Duration::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::CheckedCatalogue;

    fn adjusted(alert: &str, adjustment: Adjustment) -> Result<Stimulus, InvalidAdjustment> {
        let catalogue = CheckedCatalogue::load(None, 0.1).unwrap();
        adjustment.stimulus(catalogue.alert(alert).unwrap(), &catalogue.timing)
    }

    fn value(value: f64) -> Adjustment {
        Adjustment {
            value: Some(value),
            ..Adjustment::default()
        }
    }

    #[test]
    fn an_empty_adjustment_gives_the_stimulus_of_the_catalogue() {
        let catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
        for alert in &catalogue.alerts {
            let stimulus = Adjustment::default().stimulus(alert, &catalogue.timing);
            assert_eq!(stimulus, Ok(Stimulus::of(alert)), "{}", alert.name);
        }
    }

    #[test]
    fn seconds_are_scaled_and_the_hold_begins_when_the_value_has_risen() {
        let asked = Adjustment {
            value: Some(97.0),
            ramp_seconds: Some(20.0),
            hold_seconds: Some(120.0),
        };
        let stimulus = adjusted("DiskFull", asked).unwrap();
        let over = Duration::from_secs(2);
        assert_eq!(stimulus.pattern, Pattern::Ramp { to: 97.0, over });
        assert_eq!(stimulus.hold, Some(Duration::from_secs(14)));
    }

    #[test]
    fn a_value_stands_for_the_main_number_of_every_pattern() {
        for (alert, asked) in [
            ("ServiceDown", 0.0),
            ("MemoryLeakDetected", 2e6),
            ("CPUSpikeDetected", 99.0),
            ("PacketLoss", 50.0),
            ("DiskReadError", 9.0),
            ("DBSlowQuery", 7.5),
        ] {
            let message = format!("{:?}", adjusted(alert, value(asked)).unwrap().pattern);
            assert!(message.contains(&format!(": {asked:?}")), "{message}");
        }
    }

    #[test]
    fn an_invalid_adjustment_names_its_key() {
        let ramp = |seconds| Adjustment {
            ramp_seconds: Some(seconds),
            ..Adjustment::default()
        };
        let hold = |seconds| Adjustment {
            hold_seconds: Some(seconds),
            ..Adjustment::default()
        };
        for (alert, asked, key) in [
            ("DiskFull", value(89.0), "value"),
            ("DiskFull", value(100.5), "value"),
            ("DiskFull", value(-1.0), "value"),
            ("DiskFull", value(f64::NAN), "value"),
            ("DiskFull", value(f64::INFINITY), "value"),
            ("DBConnectionFailed", value(0.5), "value"),
            ("QueueBacklogHigh", value(2000.5), "value"),
            ("ConnectionDrops", value(0.1), "value"),
            ("MemoryLeakDetected", value(1_000.0), "value"),
            ("PacketLoss", ramp(5.0), "ramp_seconds"),
            ("DiskReadError", ramp(5.0), "ramp_seconds"),
            ("DBConnectionFailed", ramp(5.0), "ramp_seconds"),
            ("DiskFull", ramp(-1.0), "ramp_seconds"),
            ("DiskFull", ramp(f64::NAN), "ramp_seconds"),
            ("DiskFull", ramp(86_401.0), "ramp_seconds"),
            ("DiskFull", hold(0.0), "hold_seconds"),
            ("DiskFull", hold(0.004), "hold_seconds"), // less than a millisecond, scaled
            ("DiskFull", hold(-1.0), "hold_seconds"),
            ("DiskFull", hold(1e300), "hold_seconds"),
        ] {
            let invalid = adjusted(alert, asked).unwrap_err();
            assert_eq!(invalid.key, key, "{alert} {asked:?}: {}", invalid.must);
        }
        assert!(adjusted("DiskFull", hold(0.01)).is_ok());
        assert!(adjusted("DBConnectionFailed", ramp(0.0)).is_ok());
        assert!(adjusted("DBSlowQuery", ramp(5.0)).is_ok(), "a rate");
        assert!(
            adjusted("QueueBacklogHigh", ramp(5.0)).is_ok(),
            "as it does by itself"
        );
        let message = adjusted("DiskFull", value(89.0)).unwrap_err().must;
        assert!(
            message.ends_with("> 90; the baseline is 45, the threshold 90"),
            "{message}"
        );
    }
}
