//! The keys `trigger` and `recover`: a pattern and its numbers.

use std::time::Duration;

use alerting::parse_duration;
use prometheus_api::exposition::metric_type::MetricType;
use serde::{Deserialize, de::DeserializeOwned};
use toml::Value;

use super::{
    bounds::{check_non_negative, check_number},
    pattern::{Pattern, Recovery},
    schema::{self, ValueType},
    timing::Timing,
};

/// The shortest period: the simulator moves its series once a second.
const SHORTEST_PERIOD: Duration = Duration::from_secs(1);

/// The keys of all patterns.
const KEYS: [(&str, ValueType); 8] = [
    ("pattern", ValueType::Text),
    ("to", ValueType::Number),
    ("over", ValueType::Duration),
    ("half_life", ValueType::Duration),
    ("per_second", ValueType::Number),
    ("ceiling", ValueType::Number),
    ("every", ValueType::Duration),
    ("count", ValueType::Number),
];

/// The key `trigger`. A plain number stands for a hold.
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

/// The key `recover`. Without it, a recovery is immediate.
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
    /// What is wrong, to be shown after the key.
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
    /// What is wrong, to be shown after the key.
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
    if let Some((key, message)) = schema::errors(&value, &KEYS).first() {
        return Err(format!("{key}: {message}"));
    }
    let entry = value.try_into();
    entry.map_err(|error: toml::de::Error| error.message().to_owned())
}

/// Checks that a metric of this type can follow the pattern from its baseline.
///
/// # Errors
/// What the pattern must be.
pub(super) fn check_fits(pattern: Pattern, kind: MetricType, baseline: f64) -> Result<(), String> {
    let other = match pattern {
        Pattern::Growth { .. } if kind == MetricType::Counter => {
            "growth is for gauges: use hold or ramp, whose `to` is a counter's rate per second"
        }
        Pattern::Burst { .. } if kind != MetricType::Counter => {
            "burst is for counters: use hold, spike or flapping, or set type = \"counter\""
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

fn within_bounds(pattern: Pattern, kind: MetricType) -> Result<(), String> {
    let (key, fits) = match pattern {
        Pattern::Hold { to }
        | Pattern::Ramp { to, .. }
        | Pattern::Spike { to, .. }
        | Pattern::Flapping { to, .. } => ("to", check_number(to, kind)),
        Pattern::Burst { count, .. } => ("count", check_non_negative(count, MetricType::Counter)),
        Pattern::Growth {
            per_second,
            ceiling,
        } => match check_non_negative(per_second, kind) {
            Ok(()) => ("ceiling", check_number(ceiling, MetricType::Gauge)),
            error => ("per_second", error),
        },
    };
    fits.map_err(|message| format!("{key} {message}"))
}

fn positive(key: &str, text: &str, timing: &Timing) -> Result<Duration, String> {
    let duration = parse_duration(text).map_err(|message| format!("{key} {message}"))?;
    if duration.is_zero() {
        return Err(format!("{key} must be longer than 0"));
    }
    // A small scale could make it zero.
    Ok(timing.scaled(duration).max(Duration::from_millis(1)))
}

fn period(text: &str, timing: &Timing) -> Result<Duration, String> {
    if parse_duration(text).is_ok_and(|period| !period.is_zero() && period < SHORTEST_PERIOD) {
        return Err("every must be at least 1s".to_owned());
    }
    positive("every", text, timing)
}
