//! The keys `trigger` and `recover`: a pattern and its numbers.

use std::time::Duration;

use serde::Deserialize;
use toml::Value;

use super::timing::{self, Timing};
use crate::mock::model::pattern::{Pattern, Recovery};

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
            table => table.try_into().map_err(|error| message(&error))?,
        };
        let positive = |key: &str, text: &str| positive(key, text, timing);
        Ok(match entry {
            Self::Hold { to } => Pattern::Hold {
                to: amount("to", to)?,
            },
            Self::Ramp { to, over } => Pattern::Ramp {
                to: amount("to", to)?,
                over: positive("over", &over)?,
            },
            Self::Spike { to, half_life } => Pattern::Spike {
                to: amount("to", to)?,
                half_life: positive("half_life", &half_life)?,
            },
            Self::Growth {
                per_second,
                ceiling,
            } => Pattern::Growth {
                per_second: amount("per_second", per_second)?,
                ceiling: amount("ceiling", ceiling)?,
            },
            Self::Flapping { to, every } => Pattern::Flapping {
                to: amount("to", to)?,
                every: positive("every", &every)?,
            },
            Self::Burst { count, every } => Pattern::Burst {
                count: amount("count", count)?,
                every: positive("every", &every)?,
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
        Ok(match value.try_into().map_err(|error| message(&error))? {
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

fn message(error: &toml::de::Error) -> String {
    error.message().to_owned()
}

fn amount(key: &str, number: f64) -> Result<f64, String> {
    if number.is_finite() && number >= 0.0 {
        Ok(number)
    } else {
        Err(format!(
            "{key} must be a finite number from 0, found {number}"
        ))
    }
}

fn positive(key: &str, text: &str, timing: &Timing) -> Result<Duration, String> {
    let duration = timing::parse(text).map_err(|told| format!("{key} {told}"))?;
    if duration.is_zero() {
        return Err(format!("{key} must be longer than 0"));
    }
    // A scale may shrink it below what the clock can tell.
    Ok(timing.scaled(duration).max(Duration::from_millis(1)))
}
