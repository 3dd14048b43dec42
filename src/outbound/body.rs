//! The whole body of an answer, or why there is none. awc takes the end of a connection for the end of an answer; an answer
//! that is shorter than its head says has broken off.

use std::fmt;

use actix_web::http::header::{self, HeaderMap};
use awc::{ClientResponse, error::PayloadError};
use bytes::Bytes;
use futures_util::Stream;

/// Why an answer's body is not there as a whole.
#[derive(Debug)]
pub enum BodyError {
    /// It is longer than this many bytes.
    TooLarge(usize),
    /// The connection ended, or broke, within it.
    BrokeOff(String),
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge(limit) => write!(f, "the answer is longer than {limit} bytes"),
            Self::BrokeOff(why) => write!(f, "the answer broke off: {why}"),
        }
    }
}

impl std::error::Error for BodyError {}

/// The body, of `limit` bytes at most.
///
/// # Errors
/// When it is longer, or not whole.
pub async fn whole_body<S>(answer: &mut ClientResponse<S>, limit: usize) -> Result<Bytes, BodyError>
where
    S: Stream<Item = Result<Bytes, PayloadError>>,
{
    let promised = content_length(answer.headers());
    let body = answer
        .body()
        .limit(limit)
        .await
        .map_err(|error| match error {
            PayloadError::Overflow => BodyError::TooLarge(limit),
            other => BodyError::BrokeOff(other.to_string()),
        })?;
    match promised {
        Some(promised) if promised > body.len() as u64 => Err(BodyError::BrokeOff(format!(
            "{} of {promised} bytes came",
            body.len()
        ))),
        _ => Ok(body),
    }
}

/// How long the body is to be, if the head says so.
fn content_length(headers: &HeaderMap) -> Option<u64> {
    let value = headers.get(header::CONTENT_LENGTH)?;
    value.to_str().ok()?.trim().parse().ok()
}
