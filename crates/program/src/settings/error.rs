//! Why settings are refused.

use std::fmt;

/// Why the settings are refused: one message per mistake, each with its key or variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsError(pub(super) Vec<String>);

impl SettingsError {
    /// A single message.
    pub fn one(message: impl Into<String>) -> Self {
        Self(vec![message.into()])
    }

    /// The messages, in the order in which the mistakes were found.
    pub fn faults(&self) -> &[String] {
        &self.0
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for SettingsError {}
