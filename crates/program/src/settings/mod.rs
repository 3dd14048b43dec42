//! Settings in layers: built-in defaults, a file, the environment, flags. Later layers win.
//!
//! A program deserializes all layers into one typed tree. Its defaults are the commented file in `config/`. Every mistake is
//! reported at once, one line each with its key, before a port is bound.

pub mod connections;
pub mod layers;
pub mod log;
mod secret;
pub mod section;
mod tree;
pub mod validator;

pub use layers::{Alias, Program, load};

pub use secret::{Secret, redacted};

use std::fmt;

/// Why the settings are refused: one message per mistake, each with its key or variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsError(Vec<String>);

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
