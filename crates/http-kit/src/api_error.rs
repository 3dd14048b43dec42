//! All error answers, in Prometheus' envelope. The text is for the client; the cause of an internal error is logged here,
//! once.

use std::fmt;

use actix::MailboxError;
use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::{Method, StatusCode, header},
};
use serde::{Deserialize, Serialize};

/// An error answer. Its text says what the client can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiError {
    /// 400: the request is wrong; the text names the part.
    BadData(String),
    /// 401: the client has not authenticated.
    Unauthorized(String),
    /// 403: the client may not do this.
    Forbidden(String),
    /// 404: no such resource.
    NotFound(String),
    /// 405: the resource does not support the method.
    MethodNotAllowed {
        /// The method of the request.
        method: String,
        /// The supported methods.
        allowed: Vec<Method>,
    },
    /// 408: the request did not arrive in time.
    TooSlow(String),
    /// 409: the request conflicts with the current state.
    Conflict(String),
    /// 413: the body is too large.
    TooLarge(String),
    /// 415: the type or the encoding of the body is not supported.
    UnsupportedMediaType(String),
    /// 421: the request is for a host that this server does not answer to.
    UnknownHost(String),
    /// 431: the head of the request is too large.
    HeadTooLarge(String),
    /// 426: the WebSocket version is not supported (RFC 6455 §4.4).
    UpgradeRequired(String),
    /// 429: a limit is reached.
    TooManyRequests(String),
    /// 429: this client must wait.
    Throttled {
        /// What it must not repeat until then.
        text: String,
        /// `Retry-After` in seconds.
        seconds: u64,
    },
    /// 503: a server or a resource that is needed is not available now.
    Unavailable(String),
    /// 504: a server that is needed took too long.
    Timeout(String),
    /// 500: a bug or a broken system. The cause is logged and not sent.
    Internal(String),
}

impl ApiError {
    /// 400 for a wrong parameter: `must` continues a sentence that begins with its name.
    pub fn parameter(name: &str, must: impl fmt::Display) -> Self {
        Self::BadData(format!("parameter {name:?} {must}"))
    }

    /// 405 for a request whose method is none of `allowed`.
    pub fn method_not_allowed(request: &HttpRequest, allowed: &[Method]) -> Self {
        Self::MethodNotAllowed {
            method: request.method().to_string(),
            allowed: allowed.to_vec(),
        }
    }

    /// Prometheus' `errorType`.
    pub fn error_type(&self) -> &'static str {
        match self {
            Self::BadData(_)
            | Self::MethodNotAllowed { .. }
            | Self::TooLarge(_)
            | Self::UnsupportedMediaType(_)
            | Self::HeadTooLarge(_)
            | Self::UpgradeRequired(_) => "bad_data",
            Self::Unauthorized(_) => "unauthorized",
            Self::Forbidden(_) | Self::UnknownHost(_) => "forbidden",
            Self::NotFound(_) => "not_found",
            Self::Conflict(_) => "conflict",
            Self::TooManyRequests(_) | Self::Throttled { .. } => "too_many_requests",
            Self::Unavailable(_) => "unavailable",
            Self::TooSlow(_) | Self::Timeout(_) => "timeout",
            Self::Internal(_) => "internal",
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadData(text)
            | Self::Unauthorized(text)
            | Self::Forbidden(text)
            | Self::UnknownHost(text)
            | Self::NotFound(text)
            | Self::Conflict(text)
            | Self::TooSlow(text)
            | Self::TooLarge(text)
            | Self::UnsupportedMediaType(text)
            | Self::HeadTooLarge(text)
            | Self::UpgradeRequired(text)
            | Self::TooManyRequests(text)
            | Self::Throttled { text, .. }
            | Self::Unavailable(text)
            | Self::Timeout(text) => f.write_str(text),
            Self::MethodNotAllowed { method, allowed } => {
                let allowed: Vec<_> = allowed.iter().map(Method::as_str).collect();
                write!(
                    f,
                    "method {method} is not allowed here; use {}",
                    allowed.join(" or ")
                )
            }
            Self::Internal(_) => f.write_str("internal error; the log of the service says more"),
        }
    }
}

impl From<MailboxError> for ApiError {
    fn from(error: MailboxError) -> Self {
        Self::Unavailable(format!("the service is stopping or overloaded: {error}"))
    }
}

/// The body of every error answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorEnvelope {
    /// Always `error`.
    pub status: String,
    /// One of the contract's error types.
    pub error_type: String,
    /// What the client can do.
    pub error: String,
}

impl From<&ApiError> for ErrorEnvelope {
    fn from(error: &ApiError) -> Self {
        Self {
            status: "error".to_owned(),
            error_type: error.error_type().to_owned(),
            error: error.to_string(),
        }
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::BadData(_) => StatusCode::BAD_REQUEST,
            Self::Unauthorized(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooSlow(_) => StatusCode::REQUEST_TIMEOUT,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::UnknownHost(_) => StatusCode::MISDIRECTED_REQUEST,
            Self::HeadTooLarge(_) => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::UpgradeRequired(_) => StatusCode::UPGRADE_REQUIRED,
            Self::TooManyRequests(_) | Self::Throttled { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Timeout(_) => StatusCode::GATEWAY_TIMEOUT,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        if let Self::Internal(cause) = self {
            log::error!("internal error: {cause}");
        }
        let mut answer = HttpResponse::build(self.status_code());
        answer.insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
        match self {
            // Long enough to avoid a storm of retries, short enough after a restart.
            Self::Unavailable(_) | Self::TooManyRequests(_) => {
                answer.insert_header((header::RETRY_AFTER, "2"));
            }
            Self::Throttled { seconds, .. } => {
                answer.insert_header((header::RETRY_AFTER, *seconds));
            }
            Self::MethodNotAllowed { allowed, .. } => {
                let allowed: Vec<_> = allowed.iter().map(Method::as_str).collect();
                answer.insert_header((header::ALLOW, allowed.join(", ")));
            }
            Self::Unauthorized(_) => {
                answer.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
            }
            Self::UpgradeRequired(_) => {
                answer.insert_header((header::SEC_WEBSOCKET_VERSION, "13"));
                answer.insert_header((header::UPGRADE, "websocket")); // RFC 9110 §15.5.22
            }
            _ => {}
        }
        answer.json(ErrorEnvelope::from(self))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;

    use super::*;

    #[actix::test]
    async fn an_error_is_prometheus_envelope_and_says_when_to_come_back() {
        let answer = ApiError::Unavailable("the database does not answer".into()).error_response();
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(answer.headers().contains_key(header::RETRY_AFTER));
        let body = to_bytes(answer.into_body()).await.unwrap();
        let expected = r#"{"status":"error","errorType":"unavailable","error":"the database does not answer"}"#;
        assert_eq!(body, expected.as_bytes());
    }

    #[test]
    fn an_internal_cause_is_not_sent() {
        assert!(
            !ApiError::Internal("password=hunter2".into())
                .to_string()
                .contains("hunter2")
        );
    }

    #[test]
    fn a_wrong_method_gets_the_allowed_ones() {
        let error = ApiError::MethodNotAllowed {
            method: "PUT".into(),
            allowed: vec![Method::GET, Method::HEAD],
        };
        assert_eq!(
            error.error_response().headers().get(header::ALLOW).unwrap(),
            "GET, HEAD"
        );
    }
}
