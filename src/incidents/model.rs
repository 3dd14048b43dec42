//! Incidents, what can be asked about them, and how they are counted: the shapes of `/api/metrics/incidents/*`.

use std::fmt;

use chrono::{DateTime, Utc};
use program::timestamp;
use serde::Serialize;

use super::{cursor::Cursor, seconds::Seconds};

/// What an incident without a source is counted under.
pub const UNKNOWN_SERVICE: &str = "unknown";

/// One incident. What its row does not say is `null`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Incident {
    /// Which it is, as text whatever the column's type.
    pub id: String,
    /// What happened, in a line.
    pub title: Option<String>,
    /// How bad it is, in the platform's words.
    pub severity: Option<String>,
    /// Who reported it, as it stands in the platform.
    pub source: Option<String>,
    /// The service it is counted under: its source, or `unknown`.
    pub service: String,
    /// One of [`Status`], or whatever the platform has invented since.
    pub status: Option<String>,
    /// When it began.
    #[serde(serialize_with = "timestamp::serialize_option")]
    pub created_at: Option<DateTime<Utc>>,
    /// When somebody took it on.
    #[serde(serialize_with = "timestamp::serialize_option")]
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// When it was over.
    #[serde(serialize_with = "timestamp::serialize_option")]
    pub resolved_at: Option<DateTime<Utc>>,
    /// From created to acknowledged; `null` until known, and if it would be negative.
    pub mtta_seconds: Option<Seconds>,
    /// From created to resolved; `null` until known, and if it would be negative.
    pub mttr_seconds: Option<Seconds>,
}

impl Incident {
    /// How much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        let texts = [&self.title, &self.severity, &self.source, &self.status];
        let texts = texts.map(|text| text.as_ref().map_or(0, String::len));
        let texts = texts.iter().sum::<usize>() + self.id.len() + self.service.len();
        size_of::<Self>() + texts
    }
}

/// The states of an incident that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the platform's own words")]
pub enum Status {
    Open,
    Acknowledged,
    Resolved,
    Closed,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Open, Self::Acknowledged, Self::Resolved, Self::Closed];

    /// As the platform's column has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Acknowledged => "acknowledged",
            Self::Resolved => "resolved",
            Self::Closed => "closed",
        }
    }
}

/// A span of `created_at`. An end that is missing is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Period {
    /// From here on.
    pub from: Option<DateTime<Utc>>,
    /// Before this.
    pub to: Option<DateTime<Utc>>,
}

/// Which incidents are asked for, and which page of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IncidentFilter {
    /// Of this service only; `unknown` is also what has no source.
    pub service: Option<String>,
    /// In this state only; without it, all that are not closed.
    pub status: Option<Status>,
    /// Of this severity only.
    pub severity: Option<String>,
    /// Created in this span.
    pub period: Period,
    /// How many at most.
    pub limit: u16,
    /// Those after this one.
    pub cursor: Option<Cursor>,
}

impl IncidentFilter {
    /// How many a page has unless another number is asked for.
    pub const DEFAULT_LIMIT: u16 = 100;
    /// How many a page may have.
    pub const MAX_LIMIT: u16 = 1000;
}

impl Default for IncidentFilter {
    fn default() -> Self {
        Self {
            service: None,
            status: None,
            severity: None,
            period: Period::default(),
            limit: Self::DEFAULT_LIMIT,
            cursor: None,
        }
    }
}

/// A value that a row should have and has not, and which incident that was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oddity {
    /// Where it is missing.
    pub column: &'static str,
    /// What stands there instead.
    pub found: Found,
    /// The incident's id.
    pub incident: String,
}

impl fmt::Display for Oddity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            column,
            found,
            incident,
        } = self;
        let becomes = match *column {
            "id" => "it is left out of details",
            _ => "it is null in details",
        };
        let found = found.as_str();
        write!(
            f,
            "incidents.{column} of incident {incident:?} is {found}: {becomes}"
        )
    }
}

/// What stands where a value should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Found {
    /// NULL.
    Null,
    /// An infinity that says nothing.
    Infinity,
    /// A time before the year 0 or after the year 9999, which RFC 3339 cannot write.
    OutOfRange,
}

impl Found {
    /// A word for counters.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Infinity => "infinity",
            Self::OutOfRange => "out_of_range",
        }
    }
}

/// Incidents, newest first; those that do not say when they were created come before.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// At most as many as asked for.
    pub incidents: Vec<Incident>,
    /// What was missing in them.
    pub oddities: Vec<Oddity>,
    /// Where the next page starts, if there is one.
    pub next: Option<Cursor>,
}

/// How many incidents a service has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServiceCount {
    /// Whose they are.
    pub service: String,
    /// All of them, closed ones too.
    pub total_incidents: i64,
    /// Those nobody has taken on.
    pub open_count: i64,
    /// Those somebody works on.
    pub ack_count: i64,
    /// Those that are over.
    pub resolved_count: i64,
}

/// How fast incidents are answered: overall and by service.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// All services together.
    pub overall: Totals,
    /// Each service, most open first, then by name.
    pub services: Vec<ServiceSummary>,
}

/// [`Totals`] of one service.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ServiceSummary {
    /// Whose they are.
    pub service: String,
    /// Its numbers.
    #[serde(flatten)]
    pub totals: Totals,
}

/// Counts and durations of a set of incidents.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Totals {
    /// All of them, closed ones too.
    pub count: i64,
    /// Those nobody has taken on.
    pub open: i64,
    /// Those somebody works on.
    pub acknowledged: i64,
    /// Those that are over.
    pub resolved: i64,
    /// From created to acknowledged.
    pub mtta: Durations,
    /// From created to resolved.
    pub mttr: Durations,
    /// Incidents with a negative duration, which is left out above.
    pub excluded: i64,
}

/// A distribution of durations; all but `count` are `null` where there are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Durations {
    /// How many are known.
    pub count: i64,
    /// Their arithmetic mean.
    pub mean: Option<Seconds>,
    /// Half of them are at most this, interpolated.
    pub p50: Option<Seconds>,
    /// Nine of ten are at most this, interpolated.
    pub p90: Option<Seconds>,
    /// The longest.
    pub max: Option<Seconds>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incident_is_written_as_the_contract_has_it() {
        let created_at: DateTime<Utc> = "2026-02-09T08:00:00Z".parse().unwrap();
        let incident = Incident {
            id: "00000000-0000-0000-0000-000000000000".into(),
            title: Some("t".into()),
            severity: Some("high".into()),
            source: None,
            service: UNKNOWN_SERVICE.into(),
            status: Some("acknowledged".into()),
            created_at: Some(created_at),
            acknowledged_at: Some("2026-02-09T08:05:30.0004Z".parse().unwrap()),
            resolved_at: None,
            mtta_seconds: Seconds::from_f64(330.0),
            mttr_seconds: None,
        };
        assert_eq!(
            serde_json::to_string(&incident).unwrap(),
            concat!(
                r#"{"id":"00000000-0000-0000-0000-000000000000","title":"t","severity":"high","source":null,"#,
                r#""service":"unknown","status":"acknowledged","created_at":"2026-02-09T08:00:00.000Z","#,
                r#""acknowledged_at":"2026-02-09T08:05:30.000Z","resolved_at":null,"#,
                r#""mtta_seconds":330,"mttr_seconds":null}"#
            )
        );
    }
}
