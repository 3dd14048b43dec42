//! Why a query to Prometheus has no answer.

use std::{fmt, time::Duration};

use actix_web::http::StatusCode;

use crate::gateway::model::snapshot::QueryFault;

/// Why a query has no answer. None of these holds the address, which may hold a password.
#[derive(Debug)]
pub enum PromError {
    /// No connection, or it broke.
    Unreachable(String),
    /// The answer was not complete after this long.
    TimedOut(Duration),
    /// An HTTP status without Prometheus' envelope, redirects included.
    Status(StatusCode),
    /// Prometheus' own error: its type and text.
    Refused {
        /// `bad_data`, `execution`, `timeout`, …
        error_type: String,
        /// Its text.
        error: String,
    },
    /// Longer than is accepted.
    TooLarge(usize),
    /// Not Prometheus' envelope: the text says how.
    Malformed(String),
}

impl PromError {
    /// A word for counters.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "unreachable",
            Self::TimedOut(_) => "timeout",
            Self::Status(_) => "status",
            Self::Refused { .. } => "refused",
            Self::TooLarge(_) => "too_large",
            Self::Malformed(_) => "malformed",
        }
    }
}

impl fmt::Display for PromError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(why) => write!(f, "Prometheus cannot be reached: {why}"),
            Self::TimedOut(limit) => write!(f, "Prometheus took longer than {limit:?}"),
            Self::Status(status) => write!(f, "Prometheus answered {status}"),
            Self::Refused { error_type, error } => {
                write!(f, "Prometheus refused the query: {error_type}: {error}")
            }
            Self::TooLarge(limit) => write!(f, "Prometheus' answer is longer than {limit} bytes"),
            Self::Malformed(why) => write!(f, "Prometheus' answer is not in its format: {why}"),
        }
    }
}

impl std::error::Error for PromError {}

impl From<PromError> for QueryFault {
    fn from(error: PromError) -> Self {
        let error_type = match &error {
            PromError::Refused { error_type, .. } => error_type.clone(),
            PromError::TimedOut(_) => "timeout".into(),
            PromError::Unreachable(_) | PromError::Status(_) => "unavailable".into(),
            PromError::TooLarge(_) | PromError::Malformed(_) => "bad_data".into(),
        };
        Self {
            error: error.to_string(),
            error_type,
        }
    }
}
