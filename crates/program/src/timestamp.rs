//! The form of a timestamp in all JSON, logs and reports: RFC 3339, UTC, milliseconds, `Z`.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serializer;

/// Formats `time`, such as `2026-02-10T05:35:22.447Z`.
pub fn format(time: &DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Serializes what [`format()`] gives, for serde's `serialize_with`.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer>(time: &DateTime<Utc>, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(&format(time))
}

/// Like [`serialize`]; `None` becomes `null`.
///
/// # Errors
/// Those of the serializer.
pub fn serialize_option<S: Serializer>(
    time: &Option<DateTime<Utc>>,
    out: S,
) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => serialize(time, out),
        None => out.serialize_none(),
    }
}
