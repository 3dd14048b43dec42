//! Why a catalogue is refused.

use std::fmt;

use super::expression::NOT_PROMQL;

/// Why a catalogue is refused: a line per error, each with its alert and key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueError {
    file: String,
    errors: Vec<String>,
}

impl CatalogueError {
    /// The errors of `file`.
    pub fn new(file: &str, errors: Vec<String>) -> Self {
        let file = file.to_owned();
        Self { file, errors }
    }

    /// The errors, in the order of the file.
    pub fn errors(&self) -> &[String] {
        &self.errors
    }

    /// The same error with what `locate` says of each expression that has a syntax error, since the parser does not say
    /// where it is.
    #[must_use]
    pub fn with_positions(mut self, locate: impl Fn(&str) -> String) -> Self {
        for error in &mut self.errors {
            let known = error.split_once(NOT_PROMQL);
            let expr = known.and_then(|(_, rest)| rest.strip_prefix(promql::UNLOCATED_ERROR));
            if let Some(expr) = expr.and_then(|rest| rest.strip_prefix(": ")) {
                *error = error.replace(promql::UNLOCATED_ERROR, &locate(expr));
            }
        }
        self
    }
}

impl fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = self.errors.iter();
        let lines: Vec<_> = lines
            .map(|error| format!("{}: {error}", self.file))
            .collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for CatalogueError {}
