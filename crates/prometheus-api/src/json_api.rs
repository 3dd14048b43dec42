//! One HTTP server whose answers are JSON values: where it is, how it is asked, and why an answer is missing.

use std::{fmt, time::Duration};

use actix_web::http::{Method, StatusCode, header};
use awc::{Client, ClientRequest};
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http_kit::outbound::{HttpClient, read_body};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::timeout;
use url::Url;

/// One request, from the first byte sent to the last received, its repetition included.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest answer that is read: the rules and alerts of a large Prometheus fit in.
const MAX_ANSWER_BYTES: usize = 64 << 20;
/// How many characters of an error answer are kept.
const MAX_ERROR_CHARS: usize = 300;
/// Half of what a `Date` header cuts off: it has whole seconds.
const HALF_A_DATE: TimeDelta = TimeDelta::milliseconds(500);

/// One HTTP server. Not `Send`: its connections stay on the arbiter that made it.
#[derive(Clone)]
pub struct JsonApi {
    base: Url,
    client: HttpClient,
}

/// Why a request has no good answer, as the rest of a sentence that begins with the server's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JsonApiError {
    /// There is no answer, or it broke off.
    Unreachable(String),
    /// The answer has an error status; the text is the server's.
    Status(u16, String),
    /// The answer is not the JSON that was asked for.
    Malformed(String),
}

impl fmt::Display for JsonApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(why) => write!(f, "does not answer: {why}"),
            Self::Status(status, text) => write!(f, "answers {status}: {text}"),
            Self::Malformed(why) => write!(f, "answers in another format than expected: {why}"),
        }
    }
}

impl std::error::Error for JsonApiError {}

impl JsonApi {
    /// The server at `base`. Credentials in the address become Basic authentication; `token` is sent as a bearer token if
    /// the address has none.
    pub fn new(mut base: Url, token: Option<&str>) -> Self {
        let client = HttpClient::new(&mut base, token);
        Self { base, client }
    }

    /// Its host and port.
    pub fn authority(&self) -> (Option<&str>, Option<u16>) {
        (self.base.host_str(), self.base.port_or_known_default())
    }

    /// The address of `path` below its base. Each part becomes one segment, whatever characters it has.
    pub fn url(&self, path: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    /// The HTTP client, with its authentication.
    ///
    /// # Errors
    /// When no certificate authority can be used for `https://`.
    pub fn client(&self) -> Result<Client, JsonApiError> {
        self.client.get().map_err(JsonApiError::Unreachable)
    }

    /// The body of the answer to a GET.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn get(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Bytes, JsonApiError> {
        // A kept connection may be closed at the moment it is used again. Asking twice is harmless.
        let twice = async {
            match self.get_once(path, query).await {
                Err(JsonApiError::Unreachable(_)) => self.get_once(path, query).await,
                answer => answer,
            }
        };
        within_timeout(twice).await
    }

    async fn get_once(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Bytes, JsonApiError> {
        let request = self.request(Method::GET, path, query)?;
        self.answer(request.send()).await
    }

    /// By how much its clock is ahead of ours, by the `Date` header of the answer to a GET. `None` where the difference is
    /// within what the round trip and the whole seconds of `Date` leave open.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn clock_skew(&self, path: &[&str]) -> Result<Option<TimeDelta>, JsonApiError> {
        let asked = Utc::now();
        let request = self.request(Method::GET, path, &[])?;
        let sent = async {
            request.send().await.map_err(|error| {
                self.client.note_failure(&error);
                JsonApiError::Unreachable(error.to_string())
            })
        };
        let answer = within_timeout(sent).await?;
        let half_way = (Utc::now() - asked) / 2;
        let date = answer.headers().get(header::DATE);
        let date = date.and_then(|date| DateTime::parse_from_rfc2822(date.to_str().ok()?).ok());
        let ahead = date.map(|date| date.to_utc() + HALF_A_DATE - (asked + half_way));
        Ok(ahead.filter(|ahead| ahead.abs() > half_way + HALF_A_DATE))
    }

    /// The JSON answer to a GET.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn get_json<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<T, JsonApiError> {
        parse(&self.get(path, query).await?)
    }

    /// The JSON answer to a form that is posted.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn post_form<T: DeserializeOwned>(
        &self,
        path: &[&str],
        form: &[(&str, &str)],
    ) -> Result<T, JsonApiError> {
        let request = self.request(Method::POST, path, &[])?;
        parse(&within_timeout(self.answer(request.send_form(&form))).await?)
    }

    /// The JSON answer to a POST with `body`, or with none.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn post_json<T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: Option<&Value>,
    ) -> Result<T, JsonApiError> {
        let request = self.request(Method::POST, path, &[])?;
        let sent = match body {
            Some(body) => request.send_json(body),
            None => request.send(),
        };
        parse(&within_timeout(self.answer(sent)).await?)
    }

    fn request(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<ClientRequest, JsonApiError> {
        let url = self.url(path, query);
        let request = self.client()?.request(method, url.as_str());
        Ok(request.insert_header((header::ACCEPT, "application/json, */*;q=0.1")))
    }

    async fn answer(&self, sent: awc::SendClientRequest) -> Result<Bytes, JsonApiError> {
        let mut answer = sent.await.map_err(|error| {
            self.client.note_failure(&error);
            JsonApiError::Unreachable(error.to_string())
        })?;
        let body = read_body(&mut answer, MAX_ANSWER_BYTES).await;
        let body = body.map_err(|error| JsonApiError::Unreachable(error.to_string()))?;
        match answer.status() {
            status if status.is_success() => Ok(body),
            status => Err(JsonApiError::Status(
                status.as_u16(),
                error_text(&body, status),
            )),
        }
    }
}

/// What `request` gives, if it ends within the time that one request may take.
///
/// # Errors
/// Its own, or that it took longer.
pub async fn within_timeout<T>(
    request: impl Future<Output = Result<T, JsonApiError>>,
) -> Result<T, JsonApiError> {
    let late = |_| {
        let seconds = REQUEST_TIMEOUT.as_secs();
        JsonApiError::Unreachable(format!("no answer within {seconds} s"))
    };
    timeout(REQUEST_TIMEOUT, request).await.map_err(late)?
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, JsonApiError> {
    serde_json::from_slice(body).map_err(|error| JsonApiError::Malformed(error.to_string()))
}

/// The text of an error answer on one line: `error` of a JSON object, or else the body.
fn error_text(body: &[u8], status: StatusCode) -> String {
    let envelope: Option<Value> = serde_json::from_slice(body).ok();
    let error = envelope
        .as_ref()
        .and_then(|envelope| envelope["error"].as_str());
    let text = error.map_or_else(|| String::from_utf8_lossy(body).into_owned(), str::to_owned);
    let line = text.replace(char::is_control, " ");
    let line: String = line.trim().chars().take(MAX_ERROR_CHARS).collect();
    if line.is_empty() {
        status.canonical_reason().unwrap_or("no text").to_owned()
    } else {
        line
    }
}

#[cfg(test)]
#[path = "json_api_tests.rs"]
mod tests;
