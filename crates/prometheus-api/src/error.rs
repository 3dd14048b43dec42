//! Why a question to a server has no answer.

use std::{fmt, time::Duration};

use actix_web::http::StatusCode;
use serde::Serialize;

/// Why a question has no answer, as the rest of a sentence that begins with the server's name. None of these holds the
/// address, which may hold a password.
#[derive(Debug)]
pub enum UpstreamError {
    /// No connection, or it broke.
    Unreachable(String),
    /// The answer was not complete after this long.
    TimedOut(Duration),
    /// An HTTP status, without the API's own error.
    Status(StatusCode),
    /// A redirect, which is not followed, and where to: its host and path.
    Redirected(StatusCode, String),
    /// The API's own error: its type and text.
    Refused {
        /// `bad_data`, `execution`, `timeout`, …
        error_type: String,
        /// Its text.
        error: String,
    },
    /// Longer than is accepted.
    TooLarge(usize),
    /// Not what the API answers: the text says how.
    Malformed(String),
}

impl UpstreamError {
    /// A word for counters.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "unreachable",
            Self::TimedOut(_) => "timeout",
            Self::Status(_) | Self::Redirected(..) => "status",
            Self::Refused { .. } => "refused",
            Self::TooLarge(_) => "too_large",
            Self::Malformed(_) => "malformed",
        }
    }
}

impl fmt::Display for UpstreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(why) => write!(f, "cannot be reached: {why}"),
            Self::TimedOut(limit) => write!(f, "took longer than {limit:?}"),
            Self::Status(status) => write!(f, "answered {status}"),
            Self::Redirected(status, target) => write!(
                f,
                "answered {status} with the address {target}, which is not followed: set the address that answers by itself"
            ),
            Self::Refused { error_type, error } => {
                write!(f, "refused the query: {error_type}: {error}")
            }
            Self::TooLarge(limit) => write!(f, "sent an answer longer than {limit} bytes"),
            Self::Malformed(why) => write!(f, "sent an answer not in its format: {why}"),
        }
    }
}

impl std::error::Error for UpstreamError {}

/// Why a query has no answer, as it stands in a frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QueryError {
    /// What a person can act on.
    pub error: String,
    /// Prometheus' own error type, or one of the contract's.
    pub error_type: String,
}

impl From<UpstreamError> for QueryError {
    /// What a frame says of a query to Prometheus.
    fn from(error: UpstreamError) -> Self {
        let error_type = match &error {
            UpstreamError::Refused { error_type, .. } => error_type.clone(),
            UpstreamError::TimedOut(_) => "timeout".into(),
            UpstreamError::Unreachable(_)
            | UpstreamError::Status(_)
            | UpstreamError::Redirected(..) => "unavailable".into(),
            UpstreamError::TooLarge(_) | UpstreamError::Malformed(_) => "bad_data".into(),
        };
        Self {
            error: format!("Prometheus {error}"),
            error_type,
        }
    }
}
