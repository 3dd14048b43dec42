//! The section `[log]`, the same in every program.

use serde::Deserialize;

use super::rules::Faults;

/// The section `[log]`, the same in every program.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// What is logged, in `RUST_LOG`'s form: `info`, `service_metrics=debug,warn`.
    pub filter: String,
    /// `text` or `json`.
    pub format: String,
}

impl Log {
    pub(super) fn check(&self, faults: &mut Faults) {
        if let Err(error) = env_filter::Builder::new().try_parse(&self.filter) {
            faults.add("log.filter", error);
        }
        let known = matches!(self.format.as_str(), "text" | "json");
        faults.expect(
            known,
            "log.format",
            format_args!("must be text or json, found {:?}", self.format),
        );
    }
}
