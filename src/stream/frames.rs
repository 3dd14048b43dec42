//! The latest frame of a channel, for those who do not hold a socket.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    HttpResponse,
    body::{BodySize, MessageBody},
    http::header::{self, ContentType},
    web::{self, Bytes},
};
use http_kit::{api_error::ApiError, connection::PIECE};
use prometheus::IntCounter;

use super::{hubs::Hubs, socket::pinned::KeepFrom};
use super::{
    messages::{LatestFrame, LentFrame},
    metrics::StreamMetrics,
};
use crate::messages::channel::Channel;

/// `GET /api/metrics/instant`, `/range`, `/alerts`: the same bytes that the WebSocket sends. Who reads them so slowly that
/// old frames are held beyond the budget of the channel is let go, as a session is: the answer breaks off.
pub(crate) async fn latest<C: Channel>(
    hubs: web::Data<Hubs>,
    metrics: web::Data<StreamMetrics>,
) -> Result<HttpResponse, ApiError> {
    let lent = hubs.of::<C>().send(LatestFrame).await?;
    let lent =
        lent.ok_or_else(|| ApiError::Unavailable("Prometheus has not been polled yet".into()))?;
    let evicted = metrics.channel(C::NAME).readers_evicted.clone();
    Ok(HttpResponse::Ok()
        .content_type(ContentType::json())
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(FrameBody::new(&lent, evicted)))
}

/// A frame as the body of an answer.
struct FrameBody {
    rest: Bytes,
    seq: u64,
    keep_from: KeepFrom,
    evicted: IntCounter,
}

impl FrameBody {
    fn new(lent: &LentFrame, evicted: IntCounter) -> Self {
        Self {
            rest: lent.frame.enveloped.payload(),
            seq: lent.frame.seq,
            keep_from: lent.keep_from.clone(),
            evicted,
        }
    }
}

impl MessageBody for FrameBody {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.rest.len() as u64)
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        if self.keep_from.is_after(self.seq) {
            self.rest.clear();
            self.evicted.inc();
            let slow = io::Error::new(io::ErrorKind::TimedOut, "the frame is held for too long");
            return Poll::Ready(Some(Err(slow)));
        }
        let piece = PIECE.min(self.rest.len());
        Poll::Ready(Some(Ok(self.rest.split_to(piece))))
    }
}
