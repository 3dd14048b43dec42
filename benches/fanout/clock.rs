//! Moments that processes on one machine can compare.

use std::time::{Duration, SystemTime};

/// Microseconds since 1970.
pub(crate) type Moment = u64;

/// This moment.
pub(crate) fn now() -> Moment {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    Moment::try_from(since.unwrap_or(Duration::ZERO).as_micros()).unwrap_or(Moment::MAX)
}
