//! The state of something that the gateway depends on, as `/-/ready` tells it.

use chrono::{DateTime, Utc};
use serde::Serialize;

/// Whether something works, since when, and if not, why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// It works.
    pub ok: bool,
    /// When `ok` last changed.
    #[serde(serialize_with = "rfc3339")]
    pub since: DateTime<Utc>,
    /// Why it does not work.
    pub error: Option<String>,
    #[serde(skip)]
    known: bool,
}

impl Check {
    /// Nothing is known yet: not ok, and the text says what is awaited.
    pub fn unknown(awaited: &str) -> Self {
        Self {
            ok: false,
            since: Utc::now(),
            error: Some(awaited.to_owned()),
            known: false,
        }
    }

    /// It works.
    pub fn good() -> Self {
        Self {
            ok: true,
            since: Utc::now(),
            error: None,
            known: true,
        }
    }

    /// Takes the latest result. True when it is news, the first or another than the last: the moment to log, once, and
    /// not at every beat.
    pub fn update(&mut self, result: Result<(), String>) -> bool {
        let news = !self.known || self.ok != result.is_ok();
        if news {
            self.since = Utc::now();
        }
        self.known = true;
        self.ok = result.is_ok();
        self.error = result.err();
        news
    }
}

/// Serializes as RFC 3339, UTC, with milliseconds and `Z`: the one form of a timestamp in all JSON.
///
/// # Errors
/// Whatever the serializer says.
pub fn rfc3339<S: serde::Serializer>(time: &DateTime<Utc>, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(&timestamp(time))
}

/// RFC 3339, UTC, with milliseconds and `Z`.
pub fn timestamp(time: &DateTime<Utc>) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_change_is_news() {
        let mut check = Check::unknown("no answer yet");
        assert!(check.update(Err("refused".into())));
        let since = check.since;
        assert!(!check.update(Err("still refused".into())));
        assert_eq!(
            (check.since, check.error.as_deref()),
            (since, Some("still refused"))
        );
        assert!(check.update(Ok(())));
        assert!(!check.update(Ok(())));
        assert_eq!((check.ok, check.error), (true, None));
    }
}
