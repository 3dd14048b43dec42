//! Carries one session's bytes until one of the ends it can have.

use std::{rc::Rc, time::Duration};

use actix_web::Error;
use bytes::Bytes;
use futures_util::{Stream, StreamExt};

use super::{
    close::{CloseCode, Closing},
    wire::Wire,
};

/// How long the end of a connection may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Writes what the session's context yields (pings, pongs) and what waits on the wire, until the session ends, the
/// client takes nothing for `stall`, or `drained` says that the gateway is shutting down; then says good-bye.
pub fn pump(
    wire: Rc<Wire>,
    mut context: impl Stream<Item = Result<Bytes, Error>> + Unpin,
    stall: Duration,
    drained: impl Future<Output = ()>,
) -> impl Future<Output = ()> {
    // Not an `async fn`, and `context` is polled where it is: moved into a local it would be there twice.
    async move {
        {
            let mut drained = std::pin::pin!(drained);
            loop {
                tokio::select! {
                    bytes = context.next() => match bytes {
                        Some(Ok(bytes)) if wire.closing().is_none() => wire.push_control(bytes),
                        _ => break,
                    },
                    () = wire.write_until_stalled(stall) => {
                        wire.close(Closing::new(CloseCode::NotReading, "you have stopped reading"));
                        break;
                    }
                    () = &mut drained => {
                        wire.close(Closing::new(CloseCode::GoingAway, "shutting down, please reconnect"));
                        break;
                    }
                }
            }
        }
        drop(context); // stops the session, which counts why the wire was closed
        let patience = match wire.closing().map(|closing| closing.code) {
            Some(CloseCode::NotReading) => Duration::ZERO,
            _ => PATIENCE,
        };
        wire.finish(patience).await;
    }
}
