//! An answer's body, in pieces: actix-http copies what a body gives at once into the connection's write buffer, whole.

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

/// The most that a connection is given of a large answer at once.
pub const PIECE: usize = 8 * 1024;
/// An answer that is not large goes out whole: each piece costs a call of the kernel.
const WHOLE: usize = 4 * PIECE;

/// A request that is under way; its end is that of its answer.
pub(super) struct InFlight(pub(super) Rc<Exchange>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// The body of an answer. What waits to be sent is a reference to the bytes that all answers share.
pub struct Answer {
    body: BoxBody,
    rest: Bytes,
    // Dropped in this order: a connection whose request has a body that somebody still holds is closed behind the answer.
    _in_flight: Option<InFlight>,
    _unread: Option<Rc<RefCell<Payload>>>,
}

impl Answer {
    pub(super) fn new(
        body: impl MessageBody + 'static,
        in_flight: Option<InFlight>,
        unread: Option<Rc<RefCell<Payload>>>,
    ) -> Self {
        Self {
            body: body.boxed(),
            rest: Bytes::new(),
            _in_flight: in_flight,
            _unread: unread,
        }
    }

    fn piece(&mut self) -> Bytes {
        let piece = PIECE.min(self.rest.len());
        self.rest.split_to(piece)
    }
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
        if self.rest.is_empty() {
            match Pin::new(&mut self.body).poll_next(context) {
                Poll::Ready(Some(Ok(bytes))) if bytes.len() > WHOLE => self.rest = bytes,
                other => return other,
            }
        }
        Poll::Ready(Some(Ok(self.piece())))
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    async fn pieces(bytes: &Bytes) -> Vec<Bytes> {
        let mut answer = Answer::new(bytes.clone(), None, None);
        assert_eq!(answer.size(), BodySize::Sized(bytes.len() as u64));
        let mut pieces = Vec::new();
        while let Some(piece) = poll_fn(|context| Pin::new(&mut answer).poll_next(context)).await {
            pieces.push(piece.unwrap());
        }
        pieces
    }

    #[actix::test]
    async fn a_large_body_is_given_in_pieces_that_share_its_bytes() {
        let bytes = Bytes::from(vec![7; WHOLE + 1]);
        let pieces = pieces(&bytes).await;
        let sizes: Vec<_> = pieces.iter().map(Bytes::len).collect();
        assert_eq!(sizes, [PIECE, PIECE, PIECE, PIECE, 1]);
        let starts = pieces.iter().map(|piece| piece.as_ptr() as usize);
        let expected = (0..5).map(|index| bytes.as_ptr() as usize + index * PIECE);
        assert!(starts.eq(expected), "copied");
    }

    #[actix::test]
    async fn a_small_one_is_given_whole() {
        let bytes = Bytes::from(vec![7; WHOLE]);
        assert_eq!(pieces(&bytes).await, [bytes]);
    }
}
