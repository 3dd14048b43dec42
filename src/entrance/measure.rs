//! Counts and times every request.

use std::time::Instant;

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
    middleware::Next,
    web,
};

use crate::telemetry::Telemetry;

/// The middleware.
///
/// # Errors
/// Those of the service inside.
pub async fn measure(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let began = Instant::now();
    let method = request.method().clone();
    let telemetry = request.app_data::<web::Data<Telemetry>>().cloned();
    let answer = next.call(request).await?;
    if let Some(telemetry) = telemetry {
        let route = answer.request().match_pattern();
        let route = route.as_deref().unwrap_or("unmatched");
        telemetry.request_answered(
            known(&method),
            route,
            answer.status().as_u16(),
            began.elapsed().as_secs_f64(),
        );
    }
    Ok(answer)
}

/// A method's name, as long as it is one of the standard ones: a label must not grow with what clients invent.
pub(crate) fn known(method: &Method) -> &str {
    match *method {
        Method::GET
        | Method::HEAD
        | Method::POST
        | Method::PUT
        | Method::DELETE
        | Method::OPTIONS
        | Method::PATCH
        | Method::CONNECT
        | Method::TRACE => method.as_str(),
        _ => "other",
    }
}
