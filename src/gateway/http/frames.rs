//! The latest frame of a channel, for those who do not hold a socket.

use actix::Addr;
use actix_web::{
    HttpResponse,
    http::header::{self, ContentType},
    web,
};

use crate::{
    api_error::ApiError,
    gateway::{
        actors::{hub::Hub, messages::LatestFrame},
        model::channel::Channel,
    },
};

/// `GET /api/metrics/instant`, `/range`, `/alerts`: the same bytes that the WebSocket sends.
pub(super) async fn latest<C: Channel>(
    hub: web::Data<Addr<Hub<C>>>,
) -> Result<HttpResponse, ApiError> {
    let frame = hub.send(LatestFrame).await?;
    let frame =
        frame.ok_or_else(|| ApiError::Unavailable("Prometheus has not been polled yet".into()))?;
    Ok(HttpResponse::Ok()
        .content_type(ContentType::json())
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(frame.enveloped.payload()))
}
