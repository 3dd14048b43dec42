//! What actix-cors refuses, in the envelope of every other error. Both programs put it around their CORS answers.

use actix_cors::CorsError;
use actix_web::{
    Error,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
};

use crate::api_error::ApiError;

/// The middleware. It knows a refusal by its error, so that answers of the routes stay as they are.
///
/// # Errors
/// Those of the service inside.
pub async fn in_the_envelope<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let answer = next.call(request).await?;
    let refusal = answer.response().error().and_then(Error::as_error);
    match refusal.map(told) {
        Some(refused) => Ok(answer.error_response(refused).map_into_right_body()),
        None => Ok(answer.map_into_left_body()),
    }
}

fn told(refusal: &CorsError) -> ApiError {
    match refusal {
        CorsError::OriginNotAllowed => ApiError::Forbidden(
            "web pages of this origin may not read here; the setting allowed_origins lists those that may"
                .to_owned(),
        ),
        wrong => ApiError::BadData(format!("CORS: {wrong}")),
    }
}
