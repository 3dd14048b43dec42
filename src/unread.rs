//! Requests whose body nobody reads to its end. actix-http reads a chunked one for as long as it comes; it closes the
//! connection instead while somebody still holds what is left. Both programs put this around all of their routes.

use std::{
    cell::RefCell,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use actix_web::{
    Error, HttpMessage,
    body::{BodySize, BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    middleware::Next,
    web::Bytes,
};
use futures_util::{StreamExt, stream::poll_fn};

/// The middleware: after an answer the connection is closed, unless the request has been read.
///
/// # Errors
/// Those of the service inside.
pub async fn is_not_waited_for<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let rest = Rc::new(RefCell::new(request.take_payload()));
    let lent = rest.clone();
    let read = poll_fn(move |context| lent.borrow_mut().poll_next_unpin(context));
    request.set_payload(Payload::Stream {
        payload: Box::pin(read),
    });
    let answer = next.call(request).await?;
    Ok(answer.map_body(|_, body| Answer {
        body: body.boxed(),
        _rest: rest,
    }))
}

/// An answer's body, and what is left of the request's.
struct Answer {
    body: BoxBody,
    _rest: Rc<RefCell<Payload>>,
}

impl MessageBody for Answer {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(context)
    }
}
