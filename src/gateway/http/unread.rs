//! Answers to requests whose body has not been read to its end. actix-http reads a chunked body that nobody wants for as
//! long as it comes; it closes the connection instead while somebody still holds what is left.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    HttpResponse,
    body::{BodySize, BoxBody, MessageBody},
    web::{Bytes, Payload},
};

/// An answer's body, and what is left of the request's.
struct Unread {
    body: BoxBody,
    _rest: Payload,
}

/// `answer`, after which the connection is closed unless `rest` has been read.
pub(super) fn answer(answer: HttpResponse, rest: Payload) -> HttpResponse {
    let hold = |body| Unread { body, _rest: rest };
    answer.map_body(|_, body| BoxBody::new(hold(body)))
}

impl MessageBody for Unread {
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
