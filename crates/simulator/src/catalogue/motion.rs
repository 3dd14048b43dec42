//! The keys `trigger` and `recover`: a pattern and its numbers.

use std::time::Duration;

use serde::{Deserialize, de::DeserializeOwned};
use toml::Value;

use super::{
    keys::{self, Form},
    timing::{self, Timing},
};
use crate::model::{
    exposition::Kind,
    pattern::{Pattern, Recovery},
};

/// Events per second, or at once, that a counter counts at most.
const MOST_EVENTS: f64 = 1e6;
/// More than anything measures, and far from where sums of squares overflow.
const MOST: f64 = 1e30;
/// What repeats itself does so no more often than the simulator moves.
const SHORTEST_PERIOD: Duration = Duration::from_secs(1);

/// The keys of all patterns.
const KEYS: [(&str, Form); 8] = [
    ("pattern", Form::Text),
    ("to", Form::Number),
    ("over", Form::Duration),
    ("half_life", Form::Duration),
    ("per_second", Form::Number),
    ("ceiling", Form::Number),
    ("every", Form::Duration),
    ("count", Form::Number),
];

/// The key `trigger`. (A plain number is short for a hold.)
#[derive(Debug, Deserialize)]
#[serde(tag = "pattern", rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum TriggerEntry {
    Hold { to: f64 },
    Ramp { to: f64, over: String },
    Spike { to: f64, half_life: String },
    Growth { per_second: f64, ceiling: f64 },
    Flapping { to: f64, every: String },
    Burst { count: f64, every: String },
}

/// The key `recover`; left out, it is at once.
#[derive(Debug, Deserialize)]
#[serde(tag = "pattern", rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum RecoverEntry {
    Hold {},
    Ramp { over: String },
    Decay { half_life: String },
}

impl TriggerEntry {
    /// Reads the key.
    ///
    /// # Errors
    /// What is wrong, to be told after the key.
    pub(super) fn read(value: Value, timing: &Timing) -> Result<Pattern, String> {
        let entry = match value {
            Value::Integer(to) => Self::Hold { to: to as f64 },
            Value::Float(to) => Self::Hold { to },
            table => pattern(table)?,
        };
        let positive = |key: &str, text: &str| positive(key, text, timing);
        Ok(match entry {
            Self::Hold { to } => Pattern::Hold { to },
            Self::Ramp { to, over } => Pattern::Ramp {
                to,
                over: positive("over", &over)?,
            },
            Self::Spike { to, half_life } => Pattern::Spike {
                to,
                half_life: positive("half_life", &half_life)?,
            },
            Self::Growth {
                per_second,
                ceiling,
            } => Pattern::Growth {
                per_second,
                ceiling,
            },
            Self::Flapping { to, every } => Pattern::Flapping {
                to,
                every: period(&every, timing)?,
            },
            Self::Burst { count, every } => Pattern::Burst {
                count,
                every: period(&every, timing)?,
            },
        })
    }
}

impl RecoverEntry {
    /// Reads the key.
    ///
    /// # Errors
    /// What is wrong, to be told after the key.
    pub(super) fn read(value: Option<Value>, timing: &Timing) -> Result<Recovery, String> {
        let Some(value) = value else {
            return Ok(Recovery::AtOnce);
        };
        Ok(match pattern(value)? {
            Self::Hold {} => Recovery::AtOnce,
            Self::Ramp { over } => Recovery::Ramp {
                over: positive("over", &over, timing)?,
            },
            Self::Decay { half_life } => Recovery::Decay {
                half_life: positive("half_life", &half_life, timing)?,
            },
        })
    }
}

fn pattern<Entry: DeserializeOwned>(value: Value) -> Result<Entry, String> {
    if let Some((key, told)) = keys::faults(&value, &KEYS).first() {
        return Err(format!("{key}: {told}"));
    }
    let entry = value.try_into();
    entry.map_err(|error: toml::de::Error| error.message().to_owned())
}

/// Of a gauge any number that can be reckoned with, of a counter events per second.
///
/// # Errors
/// What it must be.
pub fn number(number: f64, kind: Kind) -> Result<(), String> {
    match kind {
        Kind::Counter => size(number, kind),
        _ if number.abs() <= MOST => Ok(()),
        _ => Err(format!(
            "must be from -{MOST:e} to {MOST:e}, found {number:e}"
        )),
    }
}

/// The same, and not below 0.
///
/// # Errors
/// What it must be.
pub fn size(number: f64, kind: Kind) -> Result<(), String> {
    let (most, what) = match kind {
        Kind::Counter => (MOST_EVENTS, ", as a counter's events"),
        _ => (MOST, ""),
    };
    if (0.0..=most).contains(&number) {
        return Ok(());
    }
    Err(format!(
        "must be from 0 to {most:e}{what}, found {number:e}"
    ))
}

/// Whether a metric of this type can move so from its baseline.
///
/// # Errors
/// What the pattern must be.
pub(super) fn fits(pattern: Pattern, kind: Kind, baseline: f64) -> Result<(), String> {
    let other = match pattern {
        Pattern::Growth { .. } if kind == Kind::Counter => {
            "growth is for gauges: take hold or ramp, whose `to` is a counter's rate per second"
        }
        Pattern::Burst { .. } if kind != Kind::Counter => {
            "burst is for counters: take hold, spike or flapping, or say type = \"counter\""
        }
        Pattern::Growth { ceiling, .. } if ceiling <= baseline => {
            let must = "ceiling must be above the baseline";
            return Err(format!("{must}, which is {baseline}, found {ceiling}"));
        }
        _ => return within_bounds(pattern, kind),
    };
    Err(format!(
        "the metric is of type {}, and {other}",
        kind.name()
    ))
}

fn within_bounds(pattern: Pattern, kind: Kind) -> Result<(), String> {
    let (key, fits) = match pattern {
        Pattern::Hold { to }
        | Pattern::Ramp { to, .. }
        | Pattern::Spike { to, .. }
        | Pattern::Flapping { to, .. } => ("to", number(to, kind)),
        Pattern::Burst { count, .. } => ("count", size(count, Kind::Counter)),
        Pattern::Growth {
            per_second,
            ceiling,
        } => match size(per_second, kind) {
            Ok(()) => ("ceiling", number(ceiling, Kind::Gauge)),
            refused => ("per_second", refused),
        },
    };
    fits.map_err(|told| format!("{key} {told}"))
}

fn positive(key: &str, text: &str, timing: &Timing) -> Result<Duration, String> {
    let duration = timing::parse(text).map_err(|told| format!("{key} {told}"))?;
    if duration.is_zero() {
        return Err(format!("{key} must be longer than 0"));
    }
    // A scale may shrink it below what the clock can tell.
    Ok(timing.scaled(duration).max(Duration::from_millis(1)))
}

fn period(text: &str, timing: &Timing) -> Result<Duration, String> {
    if timing::parse(text).is_ok_and(|period| !period.is_zero() && period < SHORTEST_PERIOD) {
        return Err("every must be at least 1s".to_owned());
    }
    positive("every", text, timing)
}
