//! The state of something that the gateway depends on, as `/-/ready` tells it.

use chrono::{DateTime, Utc};
use program::timestamp;
use serde::Serialize;

/// Whether something works, since when, and if not, why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// It works.
    pub ok: bool,
    /// When `ok` last changed.
    #[serde(serialize_with = "timestamp::serialize")]
    pub since: DateTime<Utc>,
    /// Why it does not work.
    pub error: Option<String>,
    /// What is not quite right although it works, a line each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
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
            warnings: vec![],
            known: false,
        }
    }

    /// It works.
    pub fn good() -> Self {
        Self {
            ok: true,
            since: Utc::now(),
            error: None,
            warnings: vec![],
            known: true,
        }
    }

    /// The same, with these warnings.
    pub fn with_warnings(self, warnings: Vec<String>) -> Self {
        Self { warnings, ..self }
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
