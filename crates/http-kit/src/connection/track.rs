//! The middleware that records in the [`Exchange`] what a connection waits for, and closes a connection whose request body
//! is not read to its end: actix-http would go on reading a chunked body without limit.

use std::{cell::RefCell, io, pin::Pin, rc::Rc, task::Poll};

use actix_http::ConnectionType;
use actix_web::{
    Error, HttpMessage, ResponseError,
    body::MessageBody,
    dev::{Payload, ServiceRequest, ServiceResponse},
    error::PayloadError,
    middleware::Next,
    rt::time::{Sleep, sleep},
};
use futures_util::{FutureExt, Stream, StreamExt, stream::poll_fn};

use super::{
    answer::{AnswerBody, InFlight},
    exchange::{Exchange, Phase},
};
use crate::api_error::ApiError;

/// Paths that are answered on a connection above the limit.
const PROBES: [&str; 4] = ["/health", "/-/healthy", "/-/ready", "/metrics"];

/// The middleware; it must be the outermost.
///
/// # Errors
/// Those of the service inside.
pub async fn track_request<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<AnswerBody>, Error> {
    let exchange = request.conn_data::<Rc<Exchange>>().cloned();
    let payload = match request.take_payload() {
        Payload::None => None,
        body => Some(Rc::new(RefCell::new(body))),
    };
    let in_flight = exchange.clone().map(|exchange| {
        exchange.begin(payload.is_some());
        InFlight(exchange)
    });
    if let Some(body) = payload.clone() {
        let body = watched(body, exchange.clone());
        request.set_payload(Payload::Stream {
            payload: Box::pin(body),
        });
    }
    let for_probes = exchange
        .as_ref()
        .is_some_and(|exchange| exchange.for_probes());
    if for_probes && !PROBES.contains(&request.path()) {
        let full = ApiError::Unavailable("all connections are taken".into());
        let mut answer = request.into_response(full.error_response());
        answer
            .response_mut()
            .head_mut()
            .set_connection_type(ConnectionType::Close);
        return Ok(answer.map_body(|_, body| AnswerBody::new(body, in_flight, payload)));
    }
    let mut answer = next.call(request).await?;
    let unread = payload.filter(|body| !is_read(body, exchange.as_deref()));
    if let Some(exchange) = &exchange {
        exchange.answered();
    }
    if unread.is_some() || for_probes {
        answer
            .response_mut()
            .head_mut()
            .set_connection_type(ConnectionType::Close);
    }
    Ok(answer.map_body(|_, body| AnswerBody::new(body, in_flight, unread)))
}

/// The body of a request, recording in `exchange` when it is read and when it ends. A late body ends with
/// [`io::ErrorKind::TimedOut`].
fn watched(
    body: Rc<RefCell<Payload>>,
    exchange: Option<Rc<Exchange>>,
) -> impl Stream<Item = <Payload as Stream>::Item> {
    let mut deadline: Option<Pin<Box<Sleep>>> = None;
    poll_fn(move |context| {
        let part = body.borrow_mut().poll_next_unpin(context);
        let Some(exchange) = &exchange else {
            return part;
        };
        match &part {
            Poll::Ready(None) => exchange.body_ended(),
            Poll::Ready(Some(_)) => exchange.body_wanted(),
            Poll::Pending => {
                exchange.body_wanted();
                let limit = exchange.body_deadline();
                let deadline = deadline.get_or_insert_with(|| Box::pin(sleep(limit)));
                if deadline.poll_unpin(context).is_ready() {
                    let late = PayloadError::Io(io::ErrorKind::TimedOut.into());
                    return Poll::Ready(Some(Err(late)));
                }
            }
        }
        part
    })
}

/// Whether all of the body has arrived. Discards what is left of it.
fn is_read(body: &RefCell<Payload>, exchange: Option<&Exchange>) -> bool {
    if exchange.is_some_and(|exchange| exchange.phase() != Phase::Body) {
        return true;
    }
    let mut body = body.borrow_mut();
    loop {
        match body.next().now_or_never() {
            Some(Some(Ok(_))) => {}
            Some(None) => {
                if let Some(exchange) = exchange {
                    exchange.body_ended();
                }
                return true;
            }
            // After an error, what follows cannot be distinguished from a request.
            Some(Some(Err(_))) | None => return false,
        }
    }
}
