//! Gives the errors of actix-cors the envelope of every other error.

use actix_cors::CorsError;
use actix_web::{
    Error,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
};

use crate::api_error::ApiError;

/// Replaces the answer where actix-cors refused the request. A refusal is recognised by its error type, so that the
/// answers of the routes stay as they are.
///
/// # Errors
/// Those of the service inside.
pub async fn cors_error_envelope<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let answer = next.call(request).await?;
    let cause = answer.response().error().and_then(Error::as_error);
    match cause.map(api_error) {
        Some(error) => Ok(answer.error_response(error).map_into_right_body()),
        None => Ok(answer.map_into_left_body()),
    }
}

fn api_error(cause: &CorsError) -> ApiError {
    match cause {
        CorsError::OriginNotAllowed => ApiError::Forbidden(
            "web pages of this origin may not read here; the setting allowed_origins lists those that may"
                .to_owned(),
        ),
        wrong => ApiError::BadData(format!("CORS: {wrong}")),
    }
}
