//! Reads the body of a request up to a limit.

use std::io;

use actix_web::{
    Error,
    error::PayloadError,
    http::header::{self, HeaderMap},
    web::{Bytes, BytesMut, Payload},
};
use futures_util::StreamExt;

use crate::api_error::ApiError;

/// Refuses a body whose `Content-Length` is over `limit` bytes, before any of it is read.
///
/// # Errors
/// 413.
pub fn check_declared_length(headers: &HeaderMap, limit: usize) -> Result<(), ApiError> {
    let declared = headers.get(header::CONTENT_LENGTH);
    let declared = declared.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    match declared {
        Some(length) if length > limit as u64 => Err(too_large(limit)),
        _ => Ok(()),
    }
}

/// Reads a body of at most `limit` bytes. `on_part` is called with the length of each part as it arrives.
///
/// # Errors
/// 413 for a longer body, 408 for one that is late, 400 for one that breaks off.
pub async fn read(
    mut body: Payload,
    limit: usize,
    mut on_part: impl FnMut(usize),
) -> Result<Bytes, ApiError> {
    let mut whole = BytesMut::new();
    while let Some(part) = body.next().await {
        let part = part.map_err(|error| incomplete(&error.into()))?;
        if whole.len() + part.len() > limit {
            return Err(too_large(limit));
        }
        on_part(part.len());
        whole.extend_from_slice(&part);
    }
    Ok(whole.freeze())
}

fn too_large(limit: usize) -> ApiError {
    ApiError::TooLarge(format!("the body is larger than {limit} bytes"))
}

/// [`crate::connection::track_request`] ends a late body with [`io::ErrorKind::TimedOut`].
fn incomplete(error: &Error) -> ApiError {
    match error.as_error() {
        Some(PayloadError::Io(late)) if late.kind() == io::ErrorKind::TimedOut => {
            ApiError::TooSlow("the body took too long".into())
        }
        _ => ApiError::BadData(format!("the body broke off: {error}")),
    }
}
