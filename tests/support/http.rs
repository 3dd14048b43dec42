//! HTTP as a client without opinions sends and reads it: one request, one connection, every byte as it came.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::interval,
};

use super::in_the_end;

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    /// A header's value; the name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find_map(|(found, value)| found.eq_ignore_ascii_case(name).then_some(value))
    }
}

/// `GET`, and nothing but the Host header.
pub(crate) async fn get(addr: SocketAddr, path: &str) -> Answer {
    request(addr, "GET", path, &[]).await
}

/// `GET` as HTTP/1.0 has it: the answer is whole, however long it is.
pub(crate) async fn get_whole(addr: SocketAddr, path: &str) -> Answer {
    let request = format!("GET {path} HTTP/1.0\r\nHost: {addr}\r\n\r\n");
    exchange(addr, request.as_bytes()).await
}

/// Any request without a body.
pub(crate) async fn request(
    addr: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> Answer {
    let headers: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let request =
        format!("{method} {path} HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n{headers}\r\n");
    exchange(addr, request.as_bytes()).await
}

/// `POST` with a body of JSON.
pub(crate) async fn post(addr: SocketAddr, path: &str, body: &str) -> Answer {
    let length = body.len().to_string();
    let headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", &length),
    ];
    let headers = headers.map(|(name, value)| format!("{name}: {value}\r\n"));
    let headers = headers.concat();
    let request =
        format!("POST {path} HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n{headers}\r\n{body}");
    exchange(addr, request.as_bytes()).await
}

/// A connection from this address of loopback: another client.
pub(crate) async fn connect_from(ip: [u8; 4], addr: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((ip, 0).into()).unwrap();
    socket.connect(addr).await.unwrap()
}

/// Sends bytes and reads to the end of the connection.
pub(crate) async fn exchange(addr: SocketAddr, request: &[u8]) -> Answer {
    exchange_over(TcpStream::connect(addr).await.unwrap(), request).await
}

/// The same on a connection that is there.
pub(crate) async fn exchange_over(mut stream: TcpStream, request: &[u8]) -> Answer {
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.get(9..12).and_then(|status| status.parse().ok());
    Answer {
        status: status.unwrap_or_else(|| panic!("not an HTTP answer: {answer:?}")),
        head: head.to_owned(),
        body: body.to_owned(),
    }
}

/// Sends a head without its last line, then a body bit by bit for as long as it is taken; gives all that comes back until
/// then.
pub(crate) async fn drip(addr: SocketAddr, head: &str, bit: &[u8]) -> String {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(b"\r\n").await.unwrap();
    let mut drops = interval(Duration::from_millis(50));
    let mut answer = Vec::new();
    let (mut reading, mut writing) = stream.split();
    let dripping = async {
        while writing.write_all(bit).await.is_ok() {
            drops.tick().await;
        }
    };
    // Both to their end: the answer may be there, unread, when the next bit is refused.
    let ended = async { tokio::join!(reading.read_to_end(&mut answer), dripping) };
    // A reset ends the reading too, behind what had come before it.
    let _ = in_the_end("it is not taken any more", ended).await;
    String::from_utf8(answer).unwrap()
}
