//! The whole body of an answer, or why there is none. awc takes the end of a connection for the end of an answer; an answer
//! that is shorter than its head says has broken off.

use std::{fmt, io, pin::pin};

use actix_web::{
    HttpMessage,
    http::header::{self, HeaderMap},
};
use awc::{ClientResponse, error::PayloadError};
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};

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
pub async fn read_body<S>(answer: &mut ClientResponse<S>, limit: usize) -> Result<Bytes, BodyError>
where
    S: Stream<Item = Result<Bytes, PayloadError>>,
{
    let promised = content_length(answer.headers());
    if promised.is_some_and(|promised| promised > limit as u64) {
        return Err(BodyError::TooLarge(limit));
    }
    let ends_with_connection =
        promised.is_none() && !answer.headers().contains_key(header::TRANSFER_ENCODING);
    let mut body = BytesMut::new();
    let mut parts = pin!(answer.take_payload());
    while let Some(part) = parts.next().await {
        match part {
            Ok(part) if part.len() > limit - body.len() => return Err(BodyError::TooLarge(limit)),
            Ok(part) => body.extend_from_slice(&part),
            Err(error) if ends_with_connection && is_end(&error) => break,
            Err(error) => return Err(BodyError::BrokeOff(error.to_string())),
        }
    }
    match promised {
        Some(promised) if promised > body.len() as u64 => Err(BodyError::BrokeOff(format!(
            "{} of {promised} bytes came",
            body.len()
        ))),
        _ => Ok(body.freeze()),
    }
}

/// Whether nothing but the end of the connection is wrong.
fn is_end(error: &PayloadError) -> bool {
    let (PayloadError::Io(cause) | PayloadError::Incomplete(Some(cause))) = error else {
        return false;
    };
    cause.kind() == io::ErrorKind::UnexpectedEof
}

/// How long the body is to be, if the head says so.
fn content_length(headers: &HeaderMap) -> Option<u64> {
    let value = headers.get(header::CONTENT_LENGTH)?;
    value.to_str().ok()?.trim().parse().ok()
}
