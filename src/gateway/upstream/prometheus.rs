//! Prometheus' HTTP API, as far as it is polled; anything that speaks it will do. Bytes stay bytes.

use std::time::Duration;

use actix_http::error::ParseError;
use actix_web::http::{StatusCode, header};
use awc::{
    Client,
    error::{ConnectError, PayloadError, SendRequestError},
};
use bytes::Bytes;
use tokio::time::timeout;
use url::Url;

use super::{envelope, prom_error::PromError};

/// How Prometheus is reached, and how much of it is endured. Not `Debug`: the address may hold a password.
#[derive(Clone)]
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
    timeout: Duration,
    max_response_bytes: usize,
}

impl Prometheus {
    /// Prepares a client; connects at the first query.
    pub fn new(options: PromOptions) -> Self {
        let mut base = options.url;
        // `get` has one deadline over everything; a second one inside would tell the same thing in other words.
        let mut builder = Client::builder().disable_redirects().disable_timeout();
        if !base.username().is_empty() || base.password().is_some() {
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
            timeout: options.timeout,
            max_response_bytes: options.max_response_bytes,
        }
    }

    /// The `data` of an instant query's answer, byte for byte.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn instant(&self, expr: &str) -> Result<Bytes, PromError> {
        self.get("query", &[("query", expr)], envelope::query_data)
            .await
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
            envelope::query_data,
        )
        .await
    }

    /// The `data` of the answer to "which alerts are active?", byte for byte.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn alerts(&self) -> Result<Bytes, PromError> {
        self.get("alerts", &[], envelope::alerts_data).await
    }

    async fn get(
        &self,
        endpoint: &str,
        parameters: &[(&str, &str)],
        open: Open,
    ) -> Result<Bytes, PromError> {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.push(endpoint);
        }
        if !parameters.is_empty() {
            url.query_pairs_mut().extend_pairs(parameters);
        }
        timeout(self.timeout, self.fetch(url, open))
            .await
            .map_err(|_| PromError::TimedOut(self.timeout))?
    }

    async fn fetch(&self, url: Url, open: Open) -> Result<Bytes, PromError> {
        let ask = || {
            let request = self.client.get(url.as_str());
            request
                .insert_header((header::ACCEPT, "application/json"))
                .send()
        };
        let mut answer = match ask().await {
            Err(error) if was_hung_up(&error) => ask().await,
            answer => answer,
        }
        .map_err(|error| PromError::Unreachable(error.to_string()))?;
        let status = answer.status();
        if status.is_success() && answer.headers().contains_key(header::CONTENT_ENCODING) {
            return Err(PromError::Malformed(
                "an encoding that was not asked for".into(),
            ));
        }
        let limit = self.max_response_bytes;
        let body = answer
            .body()
            .limit(limit)
            .await
            .map_err(|error| match error {
                PayloadError::Overflow => PromError::TooLarge(limit),
                other => PromError::Unreachable(format!("the answer broke off: {other}")),
            })?;
        open(&body, status)
    }
}

/// What an answer's `data` must be, and how it is taken out of its envelope.
type Open = fn(&Bytes, StatusCode) -> Result<Bytes, PromError>;

/// Whether the connection ended before an answer began. One that was kept since the last beat may be closed by the other
/// side at the moment it is used again; that says nothing about Prometheus, and a query can be asked twice.
fn was_hung_up(error: &SendRequestError) -> bool {
    matches!(
        error,
        SendRequestError::Send(_)
            | SendRequestError::Response(ParseError::Io(_))
            | SendRequestError::Connect(ConnectError::Disconnected)
    )
}

fn decoded(part: &str) -> String {
    percent_encoding::percent_decode_str(part)
        .decode_utf8_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_prefix_is_kept_and_credentials_leave_the_address() {
        for (given, expected) in [
            ("http://h:9090", "http://h:9090/api/v1"),
            (
                "http://h/select/0/prometheus",
                "http://h/select/0/prometheus/api/v1",
            ),
            ("http://u:p%40w@h/prefix/", "http://h/prefix/api/v1"),
            ("http://:token@h", "http://h/api/v1"),
            ("http://[::1]:9090/", "http://[::1]:9090/api/v1"),
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
