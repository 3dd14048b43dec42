//! Moments, and how durations and time scales are written for people.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// A moment of the wall clock, as `activeAt` is one.
pub(crate) type Moment = DateTime<Utc>;

/// A time scale is written as a fraction `1/n` for n up to this.
const MAX_DIVISOR: u32 = 100;
/// How far a time scale may be from a fraction to be written as one.
const FRACTION_TOLERANCE: f64 = 1e-9;

/// The moment `duration` after `moment`.
pub(crate) fn after(moment: Moment, duration: Duration) -> Moment {
    moment + TimeDelta::from_std(duration).unwrap_or_default()
}

/// `13:05:09 UTC`.
pub(crate) fn format_time(moment: Moment) -> String {
    moment.format("%H:%M:%S UTC").to_string()
}

/// `1/15` for 0.0666…, `0.3` for 0.3.
pub(crate) fn format_time_scale(scale: f64) -> String {
    let is_fraction = |n: &u32| (scale * f64::from(*n) - 1.0).abs() < FRACTION_TOLERANCE;
    match (2..=MAX_DIVISOR).find(is_fraction) {
        Some(n) => format!("1/{n}"),
        None => scale.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_scale_is_written_as_a_fraction_where_it_is_one() {
        let scales = [
            1.0 / 15.0,
            0.066_666_666_666_666_7,
            0.1,
            1.0,
            2.0,
            0.3,
            0.067,
        ];
        let written = scales.map(format_time_scale);
        assert_eq!(written, ["1/15", "1/15", "1/10", "1", "2", "0.3", "0.067"]);
    }
}
