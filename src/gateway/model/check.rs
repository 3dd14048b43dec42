//! The state of something the gateway depends on, as `/-/ready` reports it.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::answer::timestamp;

/// Whether something works, since when, and why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// It works.
    pub ok: bool,
    /// When `ok` last changed.
    #[serde(serialize_with = "timestamp")]
    pub since: DateTime<Utc>,
    /// Why not, while it does not.
    pub error: Option<String>,
}

impl Check {
    /// The error of a check that has not been made yet.
    pub const UNKNOWN: &str = "not checked yet";

    /// Nothing is known yet, so it does not count as working.
    pub fn unknown() -> Self {
        Self {
            ok: false,
            since: Utc::now(),
            error: Some(Self::UNKNOWN.to_owned()),
        }
    }

    /// Takes the latest finding (`None`: it works) and tells whether `ok` has changed.
    pub fn observe(&mut self, error: Option<String>) -> bool {
        let changed = self.ok != error.is_none();
        if changed {
            self.since = Utc::now();
        }
        self.ok = error.is_none();
        self.error = error;
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn since_moves_only_when_the_state_changes() {
        let mut check = Check::unknown();
        let start = check.since;
        assert!(!check.observe(Some("refused".into())));
        assert_eq!(
            (check.since, check.error.as_deref()),
            (start, Some("refused"))
        );
        assert!(check.observe(None));
        assert!(check.ok && check.error.is_none());
        assert!(!check.observe(None));
        assert!(check.observe(Some("gone".into())));
    }
}
