//! A WebSocket client that waits for one frame.

use std::{
    net::Ipv4Addr,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    time::{sleep, timeout},
};

use crate::Outcome;

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
    let stream = loop {
        match TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await {
            Ok(stream) => break stream,
            Err(_) => sleep(AGAIN).await,
        }
    };
    let mut stream = BufReader::new(stream);
    let request = format!(
        "GET /ws/instant HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    if !head.starts_with(b"HTTP/1.1 101") {
        return Err(String::from_utf8_lossy(&head).into());
    }
    loop {
        let text = text(&mut stream).await?;
        if text.starts_with(r#"{"type":"instant_metrics""#) {
            return Ok(text);
        }
    }
}

/// The next frame, which is a whole message and not masked, since it comes from a server (RFC 6455 §5.2).
async fn text(stream: &mut BufReader<TcpStream>) -> Outcome<String> {
    let _opcode = stream.read_u8().await?;
    let length = match stream.read_u8().await? {
        126 => stream.read_u16().await?.into(),
        127 => stream.read_u64().await?,
        short => short.into(),
    };
    let mut payload = vec![0; usize::try_from(length)?];
    stream.read_exact(&mut payload).await?;
    Ok(String::from_utf8(payload)?)
}
