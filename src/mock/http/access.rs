//! Who may change something: this program can page people. And which web pages may talk to it at all.

use std::{hint::black_box, net::SocketAddr};

use actix_web::{
    Error,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderMap},
    middleware::Next,
    web,
};

use crate::api_error::ApiError;

/// The rules of access, from the section `[control]`. It holds a secret, and is not `Debug` for that.
pub(crate) struct Access {
    /// Anybody who reaches the port may change values.
    pub(crate) allow_remote: bool,
    /// Whoever bears it may, from anywhere; empty: nobody.
    pub(crate) token: String,
    /// Origins of the web pages that may talk to the simulator.
    pub(crate) allowed_origins: Vec<String>,
}

impl Access {
    /// Whether a request may change something. `peer` is the socket's own address: what a header claims counts nothing.
    ///
    /// # Errors
    /// 401 where a token would help, 403 where nothing would.
    pub(crate) fn may_change(
        &self,
        peer: Option<SocketAddr>,
        headers: &HeaderMap,
    ) -> Result<(), ApiError> {
        let local = peer.is_some_and(|peer| peer.ip().to_canonical().is_loopback());
        if local || self.allow_remote || self.bears_token(headers) {
            return Ok(());
        }
        if self.token.is_empty() {
            return Err(ApiError::Forbidden(
                "values are changed from this machine only, unless control.allow_remote or control.token is set"
                    .to_owned(),
            ));
        }
        Err(ApiError::Unauthorized(
            "from another machine, values are changed with the header `Authorization: Bearer` and control.token"
                .to_owned(),
        ))
    }

    fn bears_token(&self, headers: &HeaderMap) -> bool {
        let authorization = headers.get(header::AUTHORIZATION);
        let parts = authorization.and_then(|value| value.to_str().ok()?.split_once(' '));
        !self.token.is_empty()
            && parts.is_some_and(|(scheme, token)| {
                scheme.eq_ignore_ascii_case("Bearer") && same(token.trim(), &self.token)
            })
    }

    /// Whether the page that a request comes from, if any, may talk to the simulator.
    ///
    /// # Errors
    /// 403 for any origin that is not exactly one of the list.
    fn may_talk(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        let allowed = |origin: &[u8]| {
            self.allowed_origins
                .iter()
                .any(|known| known.as_bytes() == origin)
        };
        if headers
            .get_all(header::ORIGIN)
            .all(|origin| allowed(origin.as_bytes()))
        {
            return Ok(());
        }
        Err(ApiError::Forbidden(
            "web pages of this origin may not talk to mock-metrics; control.allowed_origins lists those that may"
                .to_owned(),
        ))
    }
}

/// Compares in a time that depends on the length alone.
fn same(given: &str, expected: &str) -> bool {
    let pairs = given.bytes().zip(expected.bytes());
    let difference = pairs.fold(0, |found, (a, b)| black_box(found | (a ^ b)));
    given.len() == expected.len() && difference == 0
}

/// The middleware before CORS: no foreign page gets past it.
pub(crate) async fn only_known_origins<B: MessageBody + 'static>(
    access: web::Data<Access>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    match access.may_talk(request.headers()) {
        Ok(()) => Ok(next.call(request).await?.map_into_left_body()),
        Err(refused) => Ok(request.error_response(refused).map_into_right_body()),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn access(allow_remote: bool, token: &str) -> Access {
        Access {
            allow_remote,
            token: token.to_owned(),
            allowed_origins: vec!["http://localhost:8005".to_owned()],
        }
    }

    fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(name.clone(), HeaderValue::from_str(value).unwrap());
        }
        map
    }

    fn from(access: &Access, peer: &str, authorization: &str) -> Result<(), ApiError> {
        let headers = headers(&[
            (header::AUTHORIZATION, authorization),
            (header::X_FORWARDED_FOR, "127.0.0.1"),
        ]);
        access.may_change(peer.parse().ok(), &headers)
    }

    #[test]
    fn loopback_is_trusted_in_every_spelling_and_nobody_else() {
        let access = access(false, "");
        for peer in [
            "127.0.0.1:1",
            "127.8.8.8:1",
            "[::1]:1",
            "[::ffff:127.0.0.1]:1",
        ] {
            assert_eq!(from(&access, peer, ""), Ok(()), "{peer}");
        }
        for peer in [
            "192.0.2.7:1",
            "[fd00::2]:1",
            "[::ffff:192.0.2.7]:1",
            "0.0.0.0:1",
            "no socket",
        ] {
            let answer = from(&access, peer, "Bearer ");
            assert!(matches!(answer, Err(ApiError::Forbidden(_))), "{peer}");
        }
    }

    #[test]
    fn a_token_opens_from_anywhere_and_only_the_right_one() {
        let access = access(false, "s3cret");
        for given in ["Bearer s3cret", "bearer s3cret"] {
            assert_eq!(from(&access, "192.0.2.7:1", given), Ok(()), "{given}");
        }
        for given in [
            "",
            "Bearer",
            "Bearer ",
            "Bearer s3cre",
            "Bearer s3cret2",
            "Bearer S3cret",
            "Basic s3cret",
            "s3cret",
        ] {
            let answer = from(&access, "192.0.2.7:1", given);
            assert!(matches!(answer, Err(ApiError::Unauthorized(_))), "{given}");
        }
    }

    #[test]
    fn remote_changes_can_be_allowed() {
        assert_eq!(from(&access(true, ""), "192.0.2.7:1", ""), Ok(()));
    }

    #[test]
    fn only_exactly_the_listed_origins_may_talk() {
        let access = access(false, "");
        assert!(access.may_talk(&headers(&[])).is_ok());
        let known = (header::ORIGIN, "http://localhost:8005");
        assert!(
            access
                .may_talk(&headers(std::slice::from_ref(&known)))
                .is_ok()
        );
        for origin in [
            "null",
            "",
            "http://localhost",
            "http://localhost:8005/",
            "http://localhost:80055",
            "https://localhost:8005",
            "HTTP://LOCALHOST:8005",
            "http://localhost:8005.evil.example",
            "http://evil.example",
        ] {
            let foreign = (header::ORIGIN, origin);
            assert!(
                access
                    .may_talk(&headers(std::slice::from_ref(&foreign)))
                    .is_err(),
                "{origin:?}"
            );
            assert!(
                access
                    .may_talk(&headers(&[known.clone(), foreign]))
                    .is_err(),
                "{origin:?}"
            );
        }
    }
}
