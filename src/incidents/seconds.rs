//! Durations of incidents, as JSON has them.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Serialize, Serializer};

/// A duration that is never negative, to the millisecond. JSON has it in seconds: `330`, `330.25`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seconds {
    millis: i64,
}

impl Seconds {
    /// The time from `start` to `end`, if both are known; nothing if `end` came first, since that says only that a
    /// clock was wrong.
    pub fn between(start: Option<DateTime<Utc>>, end: Option<DateTime<Utc>>) -> Option<Self> {
        let elapsed = end? - start?;
        (elapsed >= TimeDelta::zero()).then(|| {
            let micros = elapsed.num_microseconds().unwrap_or(i64::MAX - 500);
            Self {
                millis: (micros + 500) / 1000,
            }
        })
    }

    /// From a number of seconds; nothing if it is negative or not a number.
    pub fn from_f64(seconds: f64) -> Option<Self> {
        #[allow(clippy::cast_possible_truncation, reason = "`as` saturates")]
        (seconds >= 0.0).then(|| Self {
            millis: (seconds * 1000.0).round() as i64,
        })
    }
}

impl Serialize for Seconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.millis % 1000 == 0 {
            serializer.serialize_i64(self.millis / 1000)
        } else {
            #[allow(clippy::cast_precision_loss, reason = "exact below 285,000 years")]
            serializer.serialize_f64(self.millis as f64 / 1000.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(value: impl Serialize) -> String {
        serde_json::to_string(&value).unwrap()
    }

    #[test]
    fn whole_seconds_have_no_fraction_and_others_have_milliseconds() {
        assert_eq!(json(Seconds::from_f64(330.0)), "330");
        assert_eq!(json(Seconds::from_f64(330.25)), "330.25");
        assert_eq!(json(Seconds::from_f64(0.000_6)), "0.001");
        assert_eq!(json(Seconds::from_f64(0.0)), "0");
    }

    #[test]
    fn a_negative_or_senseless_duration_is_none() {
        assert_eq!(Seconds::from_f64(-0.001), None);
        assert_eq!(Seconds::from_f64(f64::NAN), None);
        let now = Utc::now();
        assert_eq!(
            Seconds::between(Some(now), Some(now - TimeDelta::microseconds(1))),
            None
        );
        assert_eq!(json(Seconds::between(Some(now), Some(now))), "0");
        assert_eq!(Seconds::between(None, Some(now)), None);
    }
}
