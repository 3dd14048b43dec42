//! A WebSocket client that can also do what no client should: every byte is in a test's own hands.

use std::{io, net::SocketAddr, time::Duration};

use serde_json::Value;
use socket2::SockRef;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

use super::in_the_end;

pub(crate) const TEXT: u8 = 0x81;
pub(crate) const CLOSE: u8 = 0x88;
pub(crate) const PING: u8 = 0x89;
pub(crate) const PONG: u8 = 0x8A;

/// What the server says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Message {
    Text(String),
    /// The payload of a compressed text, as it came.
    Deflated(Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(u16, String),
}

/// A handshake to the letter, but for `changes`: a header with another value, or without one.
pub(crate) fn handshake(path: &str, changes: &[(&str, Option<&str>)]) -> String {
    let sound = [
        ("Host", "gateway.localhost:8005"),
        ("Connection", "keep-alive, Upgrade"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    let changed = |name| changes.iter().any(|(changed, _)| *changed == name);
    let kept = sound.into_iter().filter(|(name, _)| !changed(*name));
    let added = changes
        .iter()
        .filter_map(|(name, value)| Some((*name, (*value)?)));
    let headers: String = kept
        .chain(added)
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    format!("GET {path} HTTP/1.1\r\n{headers}\r\n")
}

/// A masked frame. `first` is FIN, reserved bits and opcode.
pub(crate) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    match payload.len() {
        short @ 0..=125 => bytes.push(0x80 | short as u8),
        medium @ 126..=65_535 => {
            bytes.push(0x80 | 126);
            bytes.extend((medium as u16).to_be_bytes());
        }
        long => {
            bytes.push(0x80 | 127);
            bytes.extend((long as u64).to_be_bytes());
        }
    }
    let mask = [0x37, 0xFA, 0x21, 0x3D];
    bytes.extend(mask);
    let masked = payload.iter().zip(mask.iter().cycle());
    bytes.extend(masked.map(|(byte, mask)| byte ^ mask));
    bytes
}

pub(crate) struct WsClient {
    /// The answer to the handshake.
    pub(crate) head: String,
    stream: TcpStream,
    received: Vec<u8>,
}

impl WsClient {
    pub(crate) async fn open(addr: SocketAddr, path: &str) -> Self {
        Self::over(TcpStream::connect(addr).await.unwrap(), path, b"").await
    }

    /// With a small receive buffer, so that the server soon notices when nothing is read.
    pub(crate) async fn open_narrow(addr: SocketAddr, path: &str) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        Self::over(socket.connect(addr).await.unwrap(), path, b"").await
    }

    /// Offers permessage-deflate, as browsers do.
    pub(crate) async fn open_deflated(addr: SocketAddr, path: &str) -> Self {
        let offer = "permessage-deflate; client_max_window_bits";
        Self::offering(addr, path, Some(offer)).await
    }

    /// Offers these extensions.
    pub(crate) async fn offering(addr: SocketAddr, path: &str, offer: Option<&str>) -> Self {
        let offer = [("Sec-WebSocket-Extensions", offer)];
        let stream = TcpStream::connect(addr).await.unwrap();
        Self::begin(stream, handshake(path, &offer).as_bytes()).await
    }

    /// With these headers besides, or in the place of its own.
    pub(crate) async fn with(stream: TcpStream, path: &str, headers: &[(&str, &str)]) -> Self {
        let headers = headers.iter().map(|(name, value)| (*name, Some(*value)));
        let headers: Vec<_> = headers.collect();
        Self::begin(stream, handshake(path, &headers).as_bytes()).await
    }

    /// Sends `early` in the same segment as the handshake.
    pub(crate) async fn over(stream: TcpStream, path: &str, early: &[u8]) -> Self {
        Self::begin(stream, &[handshake(path, &[]).as_bytes(), early].concat()).await
    }

    /// With a request of one's own.
    pub(crate) async fn asking(addr: SocketAddr, request: &str) -> Self {
        let stream = TcpStream::connect(addr).await.unwrap();
        Self::begin(stream, request.as_bytes()).await
    }

    async fn begin(mut stream: TcpStream, request: &[u8]) -> Self {
        stream.write_all(request).await.unwrap();
        let mut client = Self {
            head: String::new(),
            stream,
            received: Vec::new(),
        };
        let end = loop {
            if let Some(end) = client.received.windows(4).position(|w| w == b"\r\n\r\n") {
                break end + 4;
            }
            assert_ne!(client.receive().await.unwrap(), 0, "{:?}", client.received);
        };
        client.head = String::from_utf8(client.received.drain(..end).collect()).unwrap();
        let head = &client.head;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        let accept = "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
        assert!(
            head.to_lowercase().contains(&accept.to_lowercase()),
            "{head}"
        );
        client
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let sent = self.stream.write_all(bytes);
        in_the_end("the gateway takes what is sent", sent).await
    }

    pub(crate) async fn say(&mut self, text: &str) {
        self.send(&frame(TEXT, text.as_bytes())).await.unwrap();
    }

    /// The next message; `None` when the connection has ended, properly or not.
    pub(crate) async fn next(&mut self) -> Option<Message> {
        loop {
            if let Some(message) = self.take_message() {
                return Some(message);
            }
            if matches!(self.receive().await, Ok(0) | Err(_)) {
                return None;
            }
        }
    }

    /// The next text, as JSON; pings on the way are answered.
    pub(crate) async fn json(&mut self) -> Value {
        loop {
            match self.next().await {
                Some(Message::Text(text)) => return serde_json::from_str(&text).unwrap(),
                Some(Message::Ping(payload)) => {
                    self.send(&frame(PONG, &payload)).await.unwrap();
                }
                Some(Message::Pong(_)) => {}
                other => panic!("instead of a text: {other:?}"),
            }
        }
    }

    /// The next text of that type; others are skipped.
    pub(crate) async fn json_of(&mut self, kind: &str) -> Value {
        loop {
            let json = self.json().await;
            if json["type"] == kind {
                return json;
            }
        }
    }

    /// Reads up to the Close frame and its code, and sees that the connection ends after it.
    pub(crate) async fn closed_with(&mut self) -> u16 {
        loop {
            match self.next().await {
                Some(Message::Close(code, _)) => {
                    assert_eq!(self.next().await, None, "nothing comes after Close");
                    return code;
                }
                Some(_) => {}
                None => panic!("the connection ended without a Close frame"),
            }
        }
    }

    /// Reads at most that many bytes off the socket, whatever they are; 0 at the end.
    pub(crate) async fn sip(&mut self, bytes: usize) -> usize {
        let mut buffer = vec![0; bytes];
        let read = self.stream.read(&mut buffer).await.unwrap_or(0);
        self.received.extend_from_slice(&buffer[..read]);
        read
    }

    /// A message that has been received whole.
    pub(crate) fn take_message(&mut self) -> Option<Message> {
        let bytes = &self.received;
        let (start, length) = match *bytes.get(1)? {
            126 => (
                4,
                usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().unwrap())),
            ),
            127 => (
                10,
                u64::from_be_bytes(bytes.get(2..10)?.try_into().unwrap()) as usize,
            ),
            short => (2, usize::from(short)),
        };
        if bytes.len() < start + length {
            return None;
        }
        let first = bytes[0];
        let payload = bytes[start..start + length].to_vec();
        self.received.drain(..start + length);
        Some(match first {
            TEXT => Message::Text(String::from_utf8(payload).unwrap()),
            CLOSE => Message::Close(
                u16::from_be_bytes([payload[0], payload[1]]),
                String::from_utf8(payload[2..].to_vec()).unwrap(),
            ),
            PING => Message::Ping(payload),
            0xC1 => Message::Deflated(payload),
            PONG => Message::Pong(payload),
            other => panic!("a frame that starts with {other:#x}"),
        })
    }

    /// Ends the connection with a reset.
    pub(crate) fn reset(self) {
        let socket = SockRef::from(&self.stream);
        socket.set_linger(Some(Duration::ZERO)).unwrap();
    }

    async fn receive(&mut self) -> io::Result<usize> {
        let mut buffer = vec![0; 65_536];
        let said = self.stream.read(&mut buffer);
        let read = in_the_end("the gateway says something", said).await?;
        self.received.extend_from_slice(&buffer[..read]);
        Ok(read)
    }
}
