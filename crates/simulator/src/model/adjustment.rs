//! What a request may change about an alert's trigger: its value, how fast it rises, how long it is held.

use std::{sync::Arc, time::Duration};

use super::{
    change::{Change, Takes, shown},
    drive::Drive,
    levers,
    pattern::Pattern,
};
use crate::{
    catalogue::{self, Alert, Timing},
    prediction::{self, Unpredicted},
};

/// No trigger is asked to take longer, in seconds.
const DAY: f64 = 86_400.0;

/// The keys of a request. Seconds are the catalogue's, before they are scaled.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Adjustment {
    /// Stands for the pattern's own number: `to`, `per_second`, `count`.
    pub value: Option<f64>,
    /// How long the value takes to rise.
    pub ramp_seconds: Option<f64>,
    /// How long it stays, once it has risen, until it recovers by itself.
    pub hold_seconds: Option<f64>,
}

/// Why an adjustment does not fit an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// The key at fault.
    pub key: &'static str,
    /// What it must be, to be told after the key.
    pub must: String,
}

fn misfit(key: &'static str, must: impl Into<String>) -> Misfit {
    let must = must.into();
    Misfit { key, must }
}

impl Adjustment {
    /// The alert's drive, adjusted.
    ///
    /// # Errors
    /// The first key that is out of its bounds, or does not make the condition hold.
    pub fn drive(&self, alert: &Arc<Alert>, timing: &Timing) -> Result<Drive, Misfit> {
        let mut drive = alert.drive();
        if let Some(value) = self.value {
            possible(alert, value)?;
            drive.pattern = drive.pattern.with_value(value);
        }
        if let Some(seconds) = self.ramp_seconds {
            drive.pattern = ramp(alert, drive.pattern, seconds, timing)?;
        }
        if drive.pattern != alert.trigger {
            self.crosses(alert, drive.pattern, timing)?;
        }
        drive.hold = match self.hold_seconds {
            None => None,
            Some(seconds) => Some(rise(drive.pattern) + hold(seconds, timing)?),
        };
        Ok(drive)
    }

    /// Makes sure that the condition comes to hold.
    fn crosses(&self, alert: &Alert, trigger: Pattern, timing: &Timing) -> Result<(), Misfit> {
        let mut adjusted = alert.clone();
        adjusted.trigger = trigger;
        let Err(Unpredicted::Trigger(told)) = prediction::predict(&adjusted, timing.interval)
        else {
            return Ok(());
        };
        let Some(value) = self.value else {
            return Err(misfit("ramp_seconds", told));
        };
        let threshold = alert.threshold.map_or_else(String::new, |threshold| {
            format!(", the threshold {}", shown(threshold))
        });
        let (value, baseline) = (shown(value), shown(alert.baseline));
        let told = format!("{value} {told}; the baseline is {baseline}{threshold}");
        Err(misfit("value", told))
    }
}

/// A value that a metric of the table could not be set to is refused here too.
fn possible(alert: &Alert, value: f64) -> Result<(), Misfit> {
    let is_growth = matches!(alert.trigger, Pattern::Growth { .. });
    let bounds = if is_growth {
        catalogue::size
    } else {
        catalogue::number
    };
    bounds(value, alert.kind).map_err(|must| misfit("value", must))?;
    let is_rate = alert.is_counter() || is_growth;
    match levers::of_metric(&alert.metric) {
        Some(lever) if !is_rate => match lever.takes.read(&shown(value)) {
            Ok(Change::To(_) | Change::Count) => Ok(()),
            Err(must) => Err(misfit("value", must)),
        },
        _ => Ok(()),
    }
}

fn ramp(alert: &Alert, pattern: Pattern, seconds: f64, timing: &Timing) -> Result<Pattern, Misfit> {
    let (Pattern::Hold { to } | Pattern::Ramp { to, .. }) = pattern else {
        let told = "does not fit: only what is held or ramped can be ramped";
        return Err(misfit("ramp_seconds", told));
    };
    if !(0.0..=DAY).contains(&seconds) {
        return Err(misfit("ramp_seconds", "must be from 0 to 86400"));
    }
    let over = timing.scaled(Duration::from_secs_f64(seconds));
    if is_flag(alert) && !over.is_zero() {
        let told = "must be 0: the metric is a flag, and would have fractions";
        return Err(misfit("ramp_seconds", told));
    }
    Ok(Pattern::Ramp { to, over })
}

fn is_flag(alert: &Alert) -> bool {
    levers::of_metric(&alert.metric).is_some_and(|lever| lever.takes == Takes::Flag)
}

fn hold(seconds: f64, timing: &Timing) -> Result<Duration, Misfit> {
    if !(0.0..=DAY).contains(&seconds) || seconds == 0.0 {
        return Err(misfit(
            "hold_seconds",
            "must be more than 0 and at most 86400",
        ));
    }
    let hold = timing.scaled(Duration::from_secs_f64(seconds));
    if hold.is_zero() {
        let told = format!(
            "must be more: at time scale {}, {} s are nothing",
            shown(timing.scale),
            shown(seconds)
        );
        return Err(misfit("hold_seconds", told));
    }
    Ok(hold)
}

/// How long a pattern is on its way to its value.
fn rise(pattern: Pattern) -> Duration {
    match pattern {
        Pattern::Ramp { over, .. } => over,
        _ => Duration::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;

    fn adjusted(alert: &str, adjustment: Adjustment) -> Result<Drive, Misfit> {
        let catalogue = Catalogue::load(None, 0.1).unwrap();
        adjustment.drive(catalogue.alert(alert).unwrap(), &catalogue.timing)
    }

    fn value(value: f64) -> Adjustment {
        Adjustment {
            value: Some(value),
            ..Adjustment::default()
        }
    }

    #[test]
    fn nothing_asked_is_the_catalogue_s_own_drive() {
        let catalogue = Catalogue::load(None, 1.0).unwrap();
        for alert in &catalogue.alerts {
            let drive = Adjustment::default().drive(alert, &catalogue.timing);
            assert_eq!(drive, Ok(alert.drive()), "{}", alert.name);
        }
    }

    #[test]
    fn seconds_are_scaled_and_the_hold_begins_when_the_value_has_risen() {
        let asked = Adjustment {
            value: Some(97.0),
            ramp_seconds: Some(20.0),
            hold_seconds: Some(120.0),
        };
        let drive = adjusted("DiskFull", asked).unwrap();
        let over = Duration::from_secs(2);
        assert_eq!(drive.pattern, Pattern::Ramp { to: 97.0, over });
        assert_eq!(drive.hold, Some(Duration::from_secs(14)));
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
            let told = format!("{:?}", adjusted(alert, value(asked)).unwrap().pattern);
            assert!(told.contains(&format!(": {asked:?}")), "{told}");
        }
    }

    #[test]
    fn what_does_not_fit_is_told_with_its_key() {
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
            let misfit = adjusted(alert, asked).unwrap_err();
            assert_eq!(misfit.key, key, "{alert} {asked:?}: {}", misfit.must);
        }
        assert!(adjusted("DiskFull", hold(0.01)).is_ok());
        assert!(adjusted("DBConnectionFailed", ramp(0.0)).is_ok());
        assert!(adjusted("DBSlowQuery", ramp(5.0)).is_ok(), "a rate");
        assert!(
            adjusted("QueueBacklogHigh", ramp(5.0)).is_ok(),
            "as it does by itself"
        );
        let told = adjusted("DiskFull", value(89.0)).unwrap_err().must;
        assert!(
            told.ends_with("> 90; the baseline is 45, the threshold 90"),
            "{told}"
        );
    }
}
