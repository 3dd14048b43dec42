//! Carries one session's bytes until one of the ends it can have.

use std::{rc::Rc, time::Duration};

use actix_web::Error;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};

use super::{
    close::{CloseCode, CloseReason},
    wire::Wire,
};

/// How long the end of a connection may take.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// Writes what the session's context yields (pings, pongs) and what waits on the wire, until the session ends or the
/// wire is closed, the client takes nothing for `stall`, or `drained` says that the gateway is shutting down; then says
/// good-bye.
#[allow(
    clippy::manual_async_fn,
    reason = "an `async fn` moves its arguments into locals: the context would be in each session's task twice"
)]
pub fn pump(
    wire: Rc<Wire>,
    mut context: impl Stream<Item = Result<Bytes, Error>> + Unpin,
    stall: Duration,
    drained: impl Future<Output = ()>,
) -> impl Future<Output = ()> {
    async move {
        {
            let mut drained = std::pin::pin!(drained);
            // One for the whole session: whoever pings often must not keep it from looking more closely.
            let mut stalled = std::pin::pin!(wire.write_until_stalled(stall));
            loop {
                tokio::select! {
                    bytes = context.next() => match bytes {
                        Some(Ok(bytes)) if wire.closing().is_none() => wire.push_control(bytes),
                        _ => break,
                    },
                    // Nothing that is said after Close is sent; nobody need wait for the client to say more.
                    () = wire.closed() => break,
                    () = &mut stalled => {
                        wire.close(CloseReason::new(CloseCode::NotReading, "you have stopped reading"));
                        break;
                    }
                    () = &mut drained => {
                        wire.close(CloseReason::new(CloseCode::GoingAway, "shutting down, please reconnect"));
                        break;
                    }
                }
            }
        }
        drop(context); // stops the session, which counts why the wire was closed
        let patience = match wire.closing().map(|closing| closing.code) {
            Some(CloseCode::NotReading) => Duration::ZERO,
            _ => CLOSE_TIMEOUT,
        };
        wire.finish(patience).await;
    }
}

#[cfg(test)]
mod tests {
    use std::{
        pin::Pin,
        task::{Context, Poll},
    };

    use actix_web::rt::net::{TcpListener, TcpStream};

    use super::*;

    /// As large as a session's context may be, and silent.
    struct Large([u8; 2048]);

    impl Stream for Large {
        type Item = Result<Bytes, Error>;

        fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            assert_eq!(self.0[0], 0);
            Poll::Pending
        }
    }

    /// Both ends of a connection.
    async fn connection() -> (Rc<Wire>, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (ours, theirs) = tokio::join!(
            listener.accept(),
            TcpStream::connect(listener.local_addr().unwrap())
        );
        (Rc::new(Wire::new(ours.unwrap().0, false)), theirs.unwrap())
    }

    #[actix::test]
    async fn a_session_s_task_holds_its_context_once() {
        let (wire, _peer) = connection().await;
        let task = pump(
            wire,
            Large([0; 2048]),
            CLOSE_TIMEOUT,
            std::future::ready(()),
        );
        let size = size_of_val(&task);
        assert!(size < 2048 + 1024, "{size} bytes");
        task.await;
    }

    #[actix::test]
    async fn a_context_that_panics_ends_its_own_task_alone() {
        let (wire, mut peer) = connection().await;
        let context = futures_util::stream::poll_fn(|_| panic!("a session's bug"));
        let task = actix_web::rt::spawn(pump(wire, context, CLOSE_TIMEOUT, std::future::pending()));
        assert!(task.await.unwrap_err().is_panic());
        let end = tokio::io::AsyncReadExt::read(&mut peer, &mut [0; 8]).await;
        assert_eq!(end.unwrap(), 0, "its connection has ended with it");
    }
}
