//! Values as PostgreSQL has them and not everybody expects them: text that is not UTF-8, and times that are infinite or
//! that RFC 3339 cannot write.

use chrono::{DateTime, Datelike, Utc};
use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    pg::{Pg, PgValue, data_types::PgTimestamp},
    sql_types::Text,
};

/// Microseconds from 1970 to 2000, where PostgreSQL begins to count.
const EPOCH_MICROS: i64 = 946_684_800_000_000;

/// The first and the last instant that RFC 3339 can write, in SQL.
pub(super) const FIRST_TIME: &str = "'0001-01-01 00:00:00+00 BC'";
/// See [`FIRST_TIME`].
pub(super) const LAST_TIME: &str = "'9999-12-31 23:59:59.999999+00'";

/// Text; what is not UTF-8 in it is replaced by U+FFFD.
#[derive(Debug, Clone, FromSqlRow)]
pub(super) struct AnyText(pub(super) String);

impl FromSql<Text, Pg> for AnyText {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(String::from_utf8_lossy(value.as_bytes()).into_owned()))
    }
}

/// What a time is worth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Time {
    /// An instant of the years 0 to 9999.
    At(DateTime<Utc>),
    /// `infinity`: not in any time.
    Never,
    /// `-infinity`.
    Always,
    /// Before the year 0 or after the year 9999.
    OutOfRange,
}

/// Reads a time.
pub(super) fn time(PgTimestamp(micros): PgTimestamp) -> Time {
    match micros {
        i64::MAX => return Time::Never,
        i64::MIN => return Time::Always,
        _ => {}
    }
    let time = micros
        .checked_add(EPOCH_MICROS)
        .and_then(DateTime::from_timestamp_micros)
        .filter(|time| (0..=9999).contains(&time.year()));
    time.map_or(Time::OutOfRange, Time::At)
}

/// A time as PostgreSQL has it, to the microsecond. Of those that it cannot have, the nearest.
pub(super) fn pg_time(time: DateTime<Utc>) -> PgTimestamp {
    /// 4713 BC: before it PostgreSQL has `-infinity` only. No time of chrono's is after its end.
    const FIRST: i64 = -211_813_488_000_000_000;
    PgTimestamp((time.timestamp_micros() - EPOCH_MICROS).max(FIRST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_survives_to_the_microsecond() {
        for text in [
            "2026-02-09T08:00:00.123457Z",
            "0000-01-01T00:00:00Z",
            "9999-12-31T23:59:59.999999Z",
        ] {
            let there: DateTime<Utc> = text.parse().unwrap();
            assert_eq!(time(pg_time(there)), Time::At(there));
        }
    }

    #[test]
    fn what_is_no_time_of_ours_is_told_apart() {
        assert_eq!(time(PgTimestamp(i64::MAX)), Time::Never);
        assert_eq!(time(PgTimestamp(i64::MIN)), Time::Always);
        let year_290000 = 9_088_290_000_000_000_000;
        for micros in [year_290000, i64::MAX - 1, -211_813_488_000_000_000] {
            assert_eq!(time(PgTimestamp(micros)), Time::OutOfRange);
        }
    }
}
