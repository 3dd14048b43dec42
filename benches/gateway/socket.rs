//! The smallest WebSocket client: it joins one channel and reads its frames. It answers no pings, so that it must not stay
//! for long.

use std::{io, net::Ipv4Addr};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

use crate::Outcome;

/// A connection to a gateway on loopback.
pub(crate) struct Socket {
    stream: BufReader<TcpStream>,
    port: u16,
}

impl Socket {
    pub(crate) async fn connect(port: u16) -> io::Result<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
        Ok(Self {
            stream: BufReader::new(stream),
            port,
        })
    }

    /// Shakes hands, and with that joins a channel.
    pub(crate) async fn join(&mut self, channel: &str) -> Outcome<()> {
        let request = format!(
            "GET /ws/{channel} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            self.port
        );
        self.stream.write_all(request.as_bytes()).await?;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.stream.read_u8().await?);
        }
        if head.starts_with(b"HTTP/1.1 101") {
            return Ok(());
        }
        Err(String::from_utf8_lossy(&head).into())
    }

    /// The next frame, which is a whole message and not masked, since it comes from a server (RFC 6455 §5.2).
    pub(crate) async fn text(&mut self) -> Outcome<String> {
        let _opcode = self.stream.read_u8().await?;
        let length = match self.stream.read_u8().await? {
            126 => self.stream.read_u16().await?.into(),
            127 => self.stream.read_u64().await?,
            short => short.into(),
        };
        let mut payload = vec![0; usize::try_from(length)?];
        self.stream.read_exact(&mut payload).await?;
        Ok(String::from_utf8(payload)?)
    }
}
