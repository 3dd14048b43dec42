//! Refuses requests to a host that this server does not answer to.

use actix_web::{
    Error,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web::Data,
};

use crate::host::KnownHosts;

/// Checks the host of every request that is no WebSocket upgrade against the [`KnownHosts`] in the application's data.
///
/// # Errors
/// Those of the service inside.
pub async fn check_host<B: MessageBody + 'static>(
    known: Data<KnownHosts>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    match known.check(request.head()) {
        Ok(()) => Ok(next.call(request).await?.map_into_left_body()),
        Err(refused) => Ok(request.error_response(refused).map_into_right_body()),
    }
}
