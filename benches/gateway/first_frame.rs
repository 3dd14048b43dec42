//! The first frame of a gateway that has just been started.

use std::time::{Duration, Instant};

use tokio::time::{sleep, timeout};

use crate::{Outcome, socket::Socket};

const PATIENCE: Duration = Duration::from_secs(30);
const AGAIN: Duration = Duration::from_millis(2);

/// Seconds from `began` until a client that keeps trying has a frame of the channel `instant` with fresh data in it.
pub(crate) async fn seconds_since(began: Instant, port: u16) -> Outcome<f64> {
    let frame = timeout(PATIENCE, frame(port)).await??;
    let seconds = began.elapsed().as_secs_f64();
    if !frame.contains(r#""stale":false"#) {
        return Err(format!("the first frame has no data: {frame}").into());
    }
    Ok(seconds)
}

async fn frame(port: u16) -> Outcome<String> {
    let mut socket = loop {
        match Socket::connect(port).await {
            Ok(socket) => break socket,
            Err(_) => sleep(AGAIN).await,
        }
    };
    socket.join("instant").await?;
    loop {
        let text = socket.text().await?;
        if text.starts_with(r#"{"type":"instant_metrics""#) {
            return Ok(text);
        }
    }
}
