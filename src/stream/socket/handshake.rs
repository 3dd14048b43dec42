//! The opening handshake (RFC 6455 §4.2), checked to the letter; actix-http does not check that version
//! and key come once.

use actix_codec::Framed;
use actix_http::{
    ConnectionType, Request, Response,
    body::{BodySize, BoxBody, MessageBody},
    h1,
    header::{self, HeaderMap},
    ws,
};
use actix_web::{HttpMessage, ResponseError, http::Version, rt::net::TcpStream};
use bytes::Bytes;
use futures_util::SinkExt;
use http_kit::{api_error::ApiError, connection::Connection, origin::at_most_once};

use super::{extension, tcp};
/// Checks a request that wants to become a WebSocket; whose it is, is asked elsewhere.
///
/// # Errors
/// The answer that refuses it.
pub fn check(request: &Request) -> Result<(), ApiError> {
    if request.version() < Version::HTTP_11 {
        return Err(ApiError::BadData("a WebSocket needs HTTP/1.1".into()));
    }
    ws::verify_handshake(request.head()).map_err(|error| match error {
        ws::HandshakeError::NoVersionHeader | ws::HandshakeError::UnsupportedVersion => {
            version_13()
        }
        other => ApiError::BadData(format!("not a WebSocket handshake: {other}")),
    })?;
    if at_most_once(request.headers(), &header::SEC_WEBSOCKET_VERSION)? != Some(b"13") {
        return Err(version_13());
    }
    at_most_once(request.headers(), &header::SEC_WEBSOCKET_KEY)?;
    if at_most_once(request.headers(), &header::CONTENT_LENGTH)?
        .is_some_and(|length| length != b"0")
    {
        // A proxy would take these bytes for a body, we for frames.
        return Err(ApiError::BadData(
            "a WebSocket handshake has no body".into(),
        ));
    }
    Ok(())
}

fn version_13() -> ApiError {
    ApiError::UpgradeRequired("Sec-WebSocket-Version must be 13".into())
}

/// A connection that has been taken over from the HTTP dispatcher.
pub struct Accepted {
    /// The socket.
    pub io: TcpStream,
    /// What has come in behind the handshake.
    pub early: Bytes,
    /// Whether permessage-deflate was negotiated.
    pub deflate: bool,
}

/// Answers `101`, and takes the socket from the HTTP dispatcher.
///
/// # Errors
/// When the client is gone.
pub async fn accept(
    request: &Request,
    mut framed: Framed<Connection, h1::Codec>,
) -> Result<Accepted, std::io::Error> {
    let mut answer = ws::handshake_response(request.head());
    let extension = extension(request.headers());
    if let Some(extension) = extension {
        answer.insert_header((header::SEC_WEBSOCKET_EXTENSIONS, extension));
    }
    let answer = answer.finish().drop_body();
    framed
        .send(h1::Message::Item((answer, BodySize::None)))
        .await?;
    let parts = framed.into_parts();
    let (io, ahead) = parts.io.into_inner();
    tcp::forget_waiters(&io);
    Ok(Accepted {
        io,
        // A copy, even of nothing: a share of the dispatcher's buffer would keep all of it as long as the session lives.
        early: [&parts.read_buf[..], &ahead].concat().into(),
        deflate: extension.is_some(),
    })
}

/// The answer to what the client offers, in one header or in several.
fn extension(headers: &HeaderMap) -> Option<&'static str> {
    let mut offers = headers.get_all(&header::SEC_WEBSOCKET_EXTENSIONS);
    offers.find_map(|offers| extension::answer(offers.to_str().ok()?))
}

/// Answers with the error's envelope; gives the socket to be ended, and what makes it count as a connection until then.
pub async fn refuse(
    error: &ApiError,
    mut framed: Framed<Connection, h1::Codec>,
) -> Option<(TcpStream, impl Sized)> {
    let (mut answer, body) = Response::<BoxBody>::from(error.error_response()).into_parts();
    answer.head_mut().set_connection_type(ConnectionType::Close);
    let body = body.try_into_bytes().unwrap_or_default();
    let size = BodySize::Sized(body.len() as u64);
    framed.send(h1::Message::Item((answer, size))).await.ok()?;
    framed.send(h1::Message::Chunk(Some(body))).await.ok()?;
    framed.send(h1::Message::Chunk(None)).await.ok()?;
    Some(framed.into_parts().io.into_parts())
}

#[cfg(test)]
mod tests {
    use actix_http::header::HeaderName;
    use actix_web::http::Method;
    use http_kit::origin::AllowedOrigins;

    use super::*;

    fn request(changes: &[(&str, Option<&str>)]) -> Request {
        let mut headers = vec![
            ("host", "localhost:8005"),
            ("connection", "keep-alive, Upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ];
        headers.retain(|(name, _)| {
            !changes
                .iter()
                .any(|(changed, value)| changed == name && value.is_none())
        });
        headers.extend(
            changes
                .iter()
                .filter_map(|(name, value)| Some((*name, (*value)?))),
        );
        let mut request = Request::new();
        request.head_mut().method = Method::GET;
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            request.headers_mut().append(name, value.parse().unwrap());
        }
        request
    }

    fn status(changes: &[(&str, Option<&str>)]) -> u16 {
        let allowed = AllowedOrigins::new(&["http://localhost:3000".to_owned()]);
        let request = request(changes);
        check(&request)
            .and_then(|()| allowed.check(request.headers()))
            .map_or_else(|error| error.status_code().as_u16(), |()| 101)
    }

    #[test]
    fn a_handshake_to_the_letter_passes() {
        assert_eq!(status(&[]), 101);
        assert_eq!(status(&[("origin", Some("http://localhost:3000"))]), 101);
        assert_eq!(status(&[("origin", Some("http://localhost:8005"))]), 101);
    }

    #[test]
    fn anything_else_is_refused_with_its_own_status() {
        let bad_key = |key| {
            [
                ("sec-websocket-key", None),
                ("sec-websocket-key", Some(key)),
            ]
        };
        assert_eq!(status(&[("connection", None)]), 400);
        assert_eq!(status(&[("sec-websocket-key", None)]), 400);
        assert_eq!(status(&bad_key("short")), 400);
        assert_eq!(status(&bad_key("dGhlIHNhbXBsZSBub25jZQ==AAAA")), 400);
        assert_eq!(
            status(&[("sec-websocket-key", Some("dGhlIHNhbXBsZSBub25jZQ=="))]),
            400,
            "twice"
        );
        assert_eq!(status(&[("sec-websocket-version", None)]), 426);
        assert_eq!(
            status(&[
                ("sec-websocket-version", None),
                ("sec-websocket-version", Some("8"))
            ]),
            426
        );
        assert_eq!(status(&[("content-length", Some("5"))]), 400);
        assert_eq!(status(&[("origin", Some("http://evil.example"))]), 403);
        assert_eq!(
            status(&[
                ("origin", Some("http://localhost:3000")),
                ("origin", Some("http://localhost:8005"))
            ]),
            400
        );
    }
}
