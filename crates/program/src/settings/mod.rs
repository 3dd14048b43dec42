//! Settings in layers: built-in defaults, a file, the environment, flags; later wins.
//!
//! Each program has one typed tree, in its own crate, whose defaults are the commented file in `config/`.
//! Loading refuses early: every fault is one line that names its key, before a port is bound.

pub mod connections;
pub mod layers;
pub mod log;
mod secret;
mod tree;
pub mod validator;

pub use layers::{Alias, Program, load};

pub use secret::{Secret, redacted};

use std::fmt;

/// Why the settings were refused: one entry per fault, each naming its key or variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsError(Vec<String>);

impl SettingsError {
    /// One fault.
    pub fn one(fault: impl Into<String>) -> Self {
        Self(vec![fault.into()])
    }

    /// The faults, in the order in which they were found.
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
