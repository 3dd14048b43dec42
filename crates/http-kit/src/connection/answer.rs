//! The body of an answer, in pieces: actix-http copies each part that a body returns into the connection's write buffer.

use std::{
    cell::RefCell,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use actix_web::{
    body::{BodySize, BoxBody, MessageBody},
    dev::Payload,
    web::Bytes,
};

use super::exchange::Exchange;

/// The size of the pieces of a large answer, in bytes.
pub const PIECE: usize = 8 * 1024;
/// An answer up to this size, in bytes, is sent whole to a client that is not behind: each piece costs a system call.
const MAX_WHOLE: usize = 8 * PIECE;

/// A request whose answer has not ended. Dropping it ends the request.
pub(super) struct InFlight(pub(super) Rc<Exchange>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// The body of an answer. The part that is not sent yet is a reference to bytes that answers share.
pub struct AnswerBody {
    body: BoxBody,
    rest: Bytes,
    // Dropped in this order: if the body of the request is not read, the connection is closed after the answer.
    in_flight: Option<InFlight>,
    _unread: Option<Rc<RefCell<Payload>>>,
}

impl AnswerBody {
    pub(super) fn new(
        body: impl MessageBody + 'static,
        in_flight: Option<InFlight>,
        unread: Option<Rc<RefCell<Payload>>>,
    ) -> Self {
        Self {
            body: body.boxed(),
            rest: Bytes::new(),
            in_flight,
            _unread: unread,
        }
    }

    /// The largest part that may be returned at once.
    fn max_part(&self) -> usize {
        let behind =
            (self.in_flight.as_ref()).is_some_and(|InFlight(exchange)| exchange.is_behind());
        if behind { PIECE } else { MAX_WHOLE }
    }

    fn piece(&mut self) -> Bytes {
        let piece = PIECE.min(self.rest.len());
        self.rest.split_to(piece)
    }
}

impl MessageBody for AnswerBody {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        if self.rest.is_empty() {
            match Pin::new(&mut self.body).poll_next(context) {
                Poll::Ready(Some(Ok(bytes))) if bytes.len() > self.max_part() => self.rest = bytes,
                other => return other,
            }
        }
        Poll::Ready(Some(Ok(self.piece())))
    }
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, time::Duration};

    use super::*;

    async fn pieces(bytes: &Bytes) -> Vec<Bytes> {
        pieces_for(bytes, None).await
    }

    async fn pieces_for(bytes: &Bytes, in_flight: Option<InFlight>) -> Vec<Bytes> {
        let mut answer = AnswerBody::new(bytes.clone(), in_flight, None);
        assert_eq!(answer.size(), BodySize::Sized(bytes.len() as u64));
        let mut pieces = Vec::new();
        while let Some(piece) = poll_fn(|context| Pin::new(&mut answer).poll_next(context)).await {
            pieces.push(piece.unwrap());
        }
        pieces
    }

    #[actix::test]
    async fn a_large_body_is_sent_in_pieces_that_share_its_bytes() {
        let bytes = Bytes::from(vec![7; MAX_WHOLE + 1]);
        let pieces = pieces(&bytes).await;
        let sizes: Vec<_> = pieces.iter().map(Bytes::len).collect();
        assert_eq!(sizes, [vec![PIECE; 8], vec![1]].concat());
        let starts = pieces.iter().map(|piece| piece.as_ptr() as usize);
        let expected = (0..9).map(|index| bytes.as_ptr() as usize + index * PIECE);
        assert!(starts.eq(expected), "copied");
    }

    #[actix::test]
    async fn a_small_body_is_sent_whole() {
        let bytes = Bytes::from(vec![7; MAX_WHOLE]);
        assert_eq!(pieces(&bytes).await, [bytes]);
    }

    #[actix::test]
    async fn a_client_that_is_behind_gets_small_pieces() {
        let exchange = Rc::new(Exchange::new(Duration::MAX, false));
        exchange.fall_behind();
        let bytes = Bytes::from(vec![7; 2 * PIECE]);
        let pieces = pieces_for(&bytes, Some(InFlight(exchange))).await;
        assert_eq!(pieces.len(), 2);
    }
}
