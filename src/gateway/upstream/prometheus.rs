//! Prometheus' HTTP API, as far as it is polled; anything that speaks it will do. Bytes stay bytes.

use std::{fmt, time::Duration};

use actix_web::http::{StatusCode, header};
use awc::{
    Client,
    error::{PayloadError, SendRequestError},
};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::time::timeout;
use url::Url;

use crate::gateway::model::snapshot::QueryFault;

/// How Prometheus is reached, and how much of it is endured.
#[derive(Debug, Clone)]
pub struct PromOptions {
    /// The base address, with a path prefix if there is one, and user and password for Basic authentication.
    pub url: Url,
    /// For one query, from the first byte sent to the last received.
    pub timeout: Duration,
    /// The longest answer to one query.
    pub max_response_bytes: usize,
}

/// Prometheus. Not `Send`: it stays on the arbiter that made it.
#[derive(Clone)]
pub struct Prometheus {
    client: Client,
    base: Url,
    options: PromOptions,
}

/// Why a query has no answer. None of these holds the address, which may hold a password.
#[derive(Debug)]
pub enum PromError {
    /// No connection, or it broke.
    Unreachable(String),
    /// The answer was not complete in time.
    TimedOut(Duration),
    /// An HTTP status without Prometheus' envelope, redirects included.
    Status(StatusCode),
    /// Prometheus' own error: its type and text.
    Refused {
        /// `bad_data`, `execution`, `timeout`, …
        error_type: String,
        /// Its text.
        error: String,
    },
    /// Longer than is accepted.
    TooLarge(usize),
    /// Not Prometheus' envelope: the text says how.
    Malformed(String),
}

/// The envelope of every answer (Prometheus HTTP API, "Format overview").
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    status: String,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    error_type: Option<String>,
    error: Option<String>,
}

impl Prometheus {
    /// Prepares a client; connects at the first query.
    pub fn new(options: PromOptions) -> Self {
        let mut builder = Client::builder()
            .disable_redirects()
            .timeout(options.timeout);
        let mut base = options.url.clone();
        if !base.username().is_empty() {
            builder = builder.basic_auth(
                decoded(base.username()),
                base.password().map(decoded).as_deref(),
            );
            // An address with a host takes the removal of its credentials.
            let _ = base.set_username("");
            let _ = base.set_password(None);
        }
        if let Ok(mut path) = base.path_segments_mut() {
            path.pop_if_empty().extend(["api", "v1"]);
        }
        Self {
            client: builder.finish(),
            base,
            options,
        }
    }

    /// The `data` of an instant query's answer, byte for byte.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn instant(&self, expr: &str) -> Result<Bytes, PromError> {
        self.get("query", &[("query", expr)]).await
    }

    /// The `data` of a range query's answer, byte for byte; start and end in Unix seconds.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn range(
        &self,
        expr: &str,
        (start, end): (u64, u64),
        step: Duration,
    ) -> Result<Bytes, PromError> {
        let (start, end, step) = (
            start.to_string(),
            end.to_string(),
            step.as_secs().to_string(),
        );
        self.get(
            "query_range",
            &[
                ("query", expr),
                ("start", &start),
                ("end", &end),
                ("step", &step),
            ],
        )
        .await
    }

    async fn get(&self, endpoint: &str, parameters: &[(&str, &str)]) -> Result<Bytes, PromError> {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.push(endpoint);
        }
        url.query_pairs_mut().extend_pairs(parameters);
        let limit = self.options.timeout;
        timeout(limit, self.fetch(url))
            .await
            .map_err(|_| PromError::TimedOut(limit))?
    }

    async fn fetch(&self, url: Url) -> Result<Bytes, PromError> {
        let request = self
            .client
            .get(url.as_str())
            .insert_header((header::ACCEPT, "application/json"));
        let mut answer = request
            .send()
            .await
            .map_err(|error| self.unreachable(&error))?;
        let limit = self.options.max_response_bytes;
        let status = answer.status();
        if answer.headers().contains_key(header::CONTENT_ENCODING) {
            return Err(PromError::Malformed(
                "an encoding that was not asked for".into(),
            ));
        }
        let body = answer
            .body()
            .limit(limit)
            .await
            .map_err(|error| match error {
                PayloadError::Overflow => PromError::TooLarge(limit),
                other => PromError::Unreachable(format!("the answer broke off: {other}")),
            })?;
        data(&body, status)
    }

    fn unreachable(&self, error: &SendRequestError) -> PromError {
        match error {
            SendRequestError::Timeout => PromError::TimedOut(self.options.timeout),
            other => PromError::Unreachable(other.to_string()),
        }
    }
}

/// The `data` of an envelope: a slice of the very bytes that came.
fn data(body: &Bytes, status: StatusCode) -> Result<Bytes, PromError> {
    let envelope: Envelope<'_> = match serde_json::from_slice(body) {
        Ok(envelope) => envelope,
        Err(_) if !status.is_success() => return Err(PromError::Status(status)),
        Err(error) => return Err(PromError::Malformed(error.to_string())),
    };
    match (envelope.status.as_str(), envelope.data) {
        ("success", Some(data)) if status.is_success() => Ok(body.slice_ref(data.get().as_bytes())),
        ("error", _) => Err(PromError::Refused {
            error_type: envelope.error_type.unwrap_or_else(|| "unknown".into()),
            error: envelope.error.unwrap_or_else(|| format!("status {status}")),
        }),
        _ if !status.is_success() => Err(PromError::Status(status)),
        _ => Err(PromError::Malformed("neither data nor an error".into())),
    }
}

fn decoded(part: &str) -> String {
    percent_encoding::percent_decode_str(part)
        .decode_utf8_lossy()
        .into_owned()
}

impl PromError {
    /// A word for counters.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "unreachable",
            Self::TimedOut(_) => "timeout",
            Self::Status(_) => "status",
            Self::Refused { .. } => "refused",
            Self::TooLarge(_) => "too_large",
            Self::Malformed(_) => "malformed",
        }
    }
}

impl fmt::Display for PromError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(why) => write!(f, "Prometheus cannot be reached: {why}"),
            Self::TimedOut(limit) => write!(f, "Prometheus took longer than {limit:?}"),
            Self::Status(status) => write!(f, "Prometheus answered {status}"),
            Self::Refused { error_type, error } => {
                write!(f, "Prometheus refused the query: {error_type}: {error}")
            }
            Self::TooLarge(limit) => write!(f, "Prometheus' answer is longer than {limit} bytes"),
            Self::Malformed(why) => write!(f, "Prometheus' answer is not in its format: {why}"),
        }
    }
}

impl std::error::Error for PromError {}

impl From<PromError> for QueryFault {
    fn from(error: PromError) -> Self {
        let error_type = match &error {
            PromError::Refused { error_type, .. } => error_type.clone(),
            PromError::TimedOut(_) => "timeout".into(),
            PromError::Unreachable(_) | PromError::Status(_) => "unavailable".into(),
            PromError::TooLarge(_) | PromError::Malformed(_) => "bad_data".into(),
        };
        Self {
            error: error.to_string(),
            error_type,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(body: &'static [u8], status: u16) -> Result<Bytes, &'static str> {
        data(
            &Bytes::from_static(body),
            StatusCode::from_u16(status).unwrap(),
        )
        .map_err(|error| error.reason())
    }

    #[test]
    fn data_is_a_slice_of_what_came() {
        let body = Bytes::from_static(
            br#"{"status":"success","data": {"result" : [ 1.0 ,"\u00e9"]} ,"warnings":[]}"#,
        );
        let data = data(&body, StatusCode::OK).unwrap();
        assert_eq!(data, r#"{"result" : [ 1.0 ,"\u00e9"]}"#);
        assert!(body.as_ptr_range().contains(&data.as_ptr()), "not a copy");
    }

    #[test]
    fn what_is_not_good_data_is_never_taken_for_it() {
        assert_eq!(
            outcome(
                br#"{"status":"error","errorType":"bad_data","error":"parse"}"#,
                400
            ),
            Err("refused")
        );
        assert_eq!(
            outcome(
                br#"{"status":"error","errorType":"x","error":"y","data":1}"#,
                200
            ),
            Err("refused")
        );
        assert_eq!(
            outcome(br#"{"status":"success","data":{}}"#, 500),
            Err("status")
        );
        assert_eq!(outcome(b"<html>bad gateway</html>", 502), Err("status"));
        assert_eq!(outcome(b"", 302), Err("status"));
        assert_eq!(outcome(b"<html>", 200), Err("malformed"));
        assert_eq!(outcome(br#"{"status":"success"}"#, 200), Err("malformed"));
        assert_eq!(
            outcome(br#"{"status":"success","data":{"a":}}"#, 200),
            Err("malformed")
        );
        assert_eq!(
            outcome(br#"{"status":"success","data":{}} x"#, 200),
            Err("malformed")
        );
        assert_eq!(
            outcome(b"{\"status\":\"success\",\"data\":\"\xFF\"}", 200),
            Err("malformed")
        );
    }

    #[test]
    fn a_path_prefix_is_kept_and_credentials_leave_the_address() {
        for (given, expected) in [
            ("http://h:9090", "http://h:9090/api/v1"),
            (
                "http://h/select/0/prometheus",
                "http://h/select/0/prometheus/api/v1",
            ),
            ("http://u:p%40w@h/prefix/", "http://h/prefix/api/v1"),
        ] {
            let url = Url::parse(given).unwrap();
            let options = PromOptions {
                url,
                timeout: Duration::from_secs(1),
                max_response_bytes: 1024,
            };
            assert_eq!(Prometheus::new(options).base.as_str(), expected);
        }
    }
}
