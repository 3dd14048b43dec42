//! Access control: who may change values, since this program can page people, and which web pages may use it.

use std::{
    hint::black_box,
    net::{IpAddr, SocketAddr},
};

use actix_web::{
    Error,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderMap},
    middleware::Next,
    web,
};
use http_kit::{
    api_error::ApiError, client_address::ClientAddress, log_throttle::LogThrottle,
    origin::AllowedOrigins,
};

use super::token_attempts::TokenAttempts;
/// The header in which browsers send the site of a request (Fetch Metadata).
const SEC_FETCH_SITE: &str = "sec-fetch-site";
/// The most bytes of a refused origin that are logged.
const MAX_SHOWN: usize = 100;

/// The rules of the section `[control]`. Not `Debug`, since it holds a secret.
pub(crate) struct Access {
    /// Every client may change values.
    pub(crate) allow_remote: bool,
    /// With this token, every client may change values. Empty: there is none.
    pub(crate) token: String,
    /// The wrong tokens of each client.
    pub(crate) token_attempts: TokenAttempts,
    /// The origins of web pages that may use the simulator.
    pub(crate) allowed_origins: AllowedOrigins,
    /// Limits the log lines about refused pages.
    pub(crate) refused: LogThrottle,
}

impl Access {
    /// Checks that a request may change values. `peer` is the address of the socket; headers do not count.
    ///
    /// # Errors
    /// 401 where a token is needed, 403 where none is configured, 429 after too many wrong tokens.
    pub(crate) fn may_change(
        &self,
        peer: Option<SocketAddr>,
        headers: &HeaderMap,
    ) -> Result<(), ApiError> {
        let peer = peer.map(|peer| ClientAddress::of_peer(peer.ip()));
        if self.allow_remote || peer.is_some_and(|peer| peer.ip().is_loopback()) {
            return Ok(());
        }
        if self.token.is_empty() {
            return Err(ApiError::Forbidden(
                "values can be changed from this machine only, unless control.allow_remote or control.token is set"
                    .to_owned(),
            ));
        }
        if let Some(token) = bearer_token(headers) {
            // After too many wrong tokens even the right one is refused, or a client could go on guessing.
            let client = peer.map_or(IpAddr::from([0; 4]), ClientAddress::ip);
            let client = ClientAddress::of_peer(client).network();
            self.token_attempts.check(client)?;
            if is_equal(token, &self.token) {
                return Ok(());
            }
            self.token_attempts.record(client);
        }
        Err(ApiError::Unauthorized(
            "to change values from another machine, send the header `Authorization: Bearer` with control.token"
                .to_owned(),
        ))
    }

    /// Checks that the web page of a request, if there is one, may use the simulator.
    ///
    /// # Errors
    /// 403 for an origin that is not allowed, and for a cross-site request without an origin.
    fn may_talk(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        let mut origins = headers.get_all(header::ORIGIN).peekable();
        if origins.peek().is_none() {
            return self.may_omit_origin(headers);
        }
        let foreign = origins.find(|origin| !self.allowed_origins.contains(origin.as_bytes()));
        let Some(origin) = foreign else {
            return Ok(());
        };
        let origin = origin.as_bytes();
        let format_number = origin[..origin.len().min(MAX_SHOWN)]
            .escape_ascii()
            .to_string();
        if self.refused.admits(&format_number) {
            log::warn!(
                "web pages of \"{format_number}\" are refused; control.allowed_origins lists those that are not"
            );
        }
        Err(ApiError::Forbidden(
            "web pages of this origin may not use mock-metrics; control.allowed_origins lists the allowed ones"
                .to_owned(),
        ))
    }

    /// A page of another site can cause requests without an Origin, for instance by an image or a link.
    fn may_omit_origin(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        let mut sites = headers.get_all(SEC_FETCH_SITE);
        if !sites.any(|site| site.as_bytes().eq_ignore_ascii_case(b"cross-site")) {
            return Ok(());
        }
        if self.refused.admits(SEC_FETCH_SITE) {
            log::warn!("cross-site requests without an Origin are refused");
        }
        Err(ApiError::Forbidden(
            "cross-site requests to mock-metrics need an allowed Origin".to_owned(),
        ))
    }
}

fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let authorization = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = authorization.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim())
}

/// Compares in a time that depends only on the length.
fn is_equal(given: &str, expected: &str) -> bool {
    let pairs = given.bytes().zip(expected.bytes());
    let difference = pairs.fold(0, |found, (a, b)| black_box(found | (a ^ b)));
    given.len() == expected.len() && difference == 0
}

/// The middleware before CORS, which refuses pages of other origins.
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
            token_attempts: TokenAttempts::default(),
            allowed_origins: AllowedOrigins::new(&["http://localhost:8005".to_owned()]),
            refused: LogThrottle::default(),
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
    fn after_five_wrong_tokens_not_even_the_right_one_is_looked_at() {
        let access = access(false, "s3cret");
        for peer in ["192.0.2.7:1", "[2001:db8::1]:1"] {
            for _ in 0..5 {
                let wrong = from(&access, peer, "Bearer guess");
                assert!(matches!(wrong, Err(ApiError::Unauthorized(_))), "{peer}");
            }
            for given in ["Bearer guess", "Bearer s3cret"] {
                let Err(ApiError::Throttled { seconds, .. }) = from(&access, peer, given) else {
                    panic!("{peer} {given}");
                };
                assert!((1..=13).contains(&seconds), "{seconds}");
            }
            let none = from(&access, peer, "");
            assert!(matches!(none, Err(ApiError::Unauthorized(_))), "no guess");
        }
        let neighbour = from(&access, "[2001:db8::ffff:2]:9", "Bearer s3cret");
        assert!(matches!(neighbour, Err(ApiError::Throttled { .. })));
        for other in ["192.0.2.8:1", "[2001:db8:1::1]:1"] {
            assert_eq!(from(&access, other, "Bearer s3cret"), Ok(()), "{other}");
        }
        assert_eq!(from(&access, "127.0.0.1:1", "Bearer guess"), Ok(()));
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
