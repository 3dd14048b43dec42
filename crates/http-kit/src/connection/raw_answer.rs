//! Answers to connections without a request. They are written by hand, since actix-http answers requests only.

use actix_web::{
    HttpResponse, ResponseError,
    body::MessageBody,
    http::{StatusCode, header},
    rt::net::TcpStream,
};
use socket2::SockRef;

use crate::api_error::ApiError;

/// Writes an error answer without waiting, and shuts the sending side down. The answer is small, and the kernel's buffer is
/// empty.
pub(super) fn write(io: &TcpStream, error: &ApiError) {
    // Not through tokio, which does not know yet that a new socket is writable.
    let socket = SockRef::from(io);
    // Fails if the client has gone; then there is nothing left to do.
    let _ = socket.send(&bytes(error));
    let _ = socket.shutdown(std::net::Shutdown::Write);
}

fn bytes(error: &ApiError) -> Vec<u8> {
    let answer: HttpResponse = error.error_response();
    let status: StatusCode = answer.status();
    let start = format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\n{}: nosniff\r\n",
        header::X_CONTENT_TYPE_OPTIONS
    );
    let mut text = start.into_bytes();
    for (name, value) in answer.headers() {
        text.extend_from_slice(name.as_str().as_bytes());
        text.extend_from_slice(b": ");
        text.extend_from_slice(value.as_bytes());
        text.extend_from_slice(b"\r\n");
    }
    let body = answer.into_body().try_into_bytes().unwrap_or_default();
    let length = format!("{}: {}\r\n\r\n", header::CONTENT_LENGTH, body.len());
    text.extend_from_slice(length.as_bytes());
    text.extend_from_slice(&body);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_complete_answer() {
        let text = String::from_utf8(bytes(&ApiError::Unavailable("full".into()))).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 503 Service Unavailable\r\n"));
        assert!(head.contains("\r\nretry-after: 2\r\n"), "{head}");
        assert!(head.ends_with(&format!("content-length: {}", body.len())));
        assert!(body.contains("\"errorType\":\"unavailable\""), "{body}");
    }
}
