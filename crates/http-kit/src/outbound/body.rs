//! Reads the body of an answer. awc accepts the end of a connection as the end of the body; here, a body that is shorter
//! than its head declares is an error.

use std::{fmt, io, pin::pin};

use actix_web::{
    HttpMessage,
    http::header::{self, HeaderMap},
};
use awc::{ClientResponse, error::PayloadError};
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};

/// Why the body of an answer cannot be read.
#[derive(Debug)]
pub enum BodyError {
    /// It is longer than the limit, in bytes.
    TooLarge(usize),
    /// The connection ended within it.
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

/// Reads a body of at most `limit` bytes.
///
/// # Errors
/// If it is longer or incomplete.
pub async fn read_body<S>(answer: &mut ClientResponse<S>, limit: usize) -> Result<Bytes, BodyError>
where
    S: Stream<Item = Result<Bytes, PayloadError>>,
{
    let declared = content_length(answer.headers());
    if declared.is_some_and(|declared| declared > limit as u64) {
        return Err(BodyError::TooLarge(limit));
    }
    let ends_with_connection =
        declared.is_none() && !answer.headers().contains_key(header::TRANSFER_ENCODING);
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
    match declared {
        Some(declared) if declared > body.len() as u64 => Err(BodyError::BrokeOff(format!(
            "{} of {declared} bytes came",
            body.len()
        ))),
        _ => Ok(body.freeze()),
    }
}

/// Whether the error is the end of the connection.
fn is_end(error: &PayloadError) -> bool {
    let (PayloadError::Io(cause) | PayloadError::Incomplete(Some(cause))) = error else {
        return false;
    };
    cause.kind() == io::ErrorKind::UnexpectedEof
}

/// The declared length of the body.
fn content_length(headers: &HeaderMap) -> Option<u64> {
    let value = headers.get(header::CONTENT_LENGTH)?;
    value.to_str().ok()?.trim().parse().ok()
}
