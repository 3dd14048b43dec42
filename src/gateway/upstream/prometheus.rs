//! Prometheus' HTTP API, as far as it is polled; anything that speaks it will do. Bytes stay bytes.

use std::{
    cell::Cell,
    rc::Rc,
    time::{Duration, Instant},
};

use actix_http::error::ParseError;
use actix_web::http::{StatusCode, header};
use awc::error::{ConnectError, SendRequestError};
use bytes::Bytes;
use tokio::time::timeout;
use url::Url;

use super::{
    envelope::{self, Opened},
    prom_error::PromError,
    rules,
};
use crate::outbound::{BodyError, HttpClient, whole_body};

/// How often a server without any alert is asked whether it has alerting rules.
const RULES_EVERY: Duration = Duration::from_secs(60);

/// How long that may take: the alerts themselves wait for it.
const RULES_TIMEOUT: Duration = Duration::from_secs(1);

/// How Prometheus is reached, and how much of it is endured. Not `Debug`: the address may hold a password.
#[derive(Clone)]
pub struct PromOptions {
    /// The base address, with a path prefix if there is one, and user and password for Basic authentication.
    pub url: Url,
    /// The longest answer to one query.
    pub max_response_bytes: usize,
}

/// Whether the server has begun to answer a query. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Progress(Rc<Cell<bool>>);

impl Progress {
    /// True as soon as the head of the answer is there.
    pub fn has_begun(&self) -> bool {
        self.0.get()
    }
}

/// Prometheus. Not `Send`: it stays on the arbiter that made it. It has no deadline: whoever asks has his own.
#[derive(Clone)]
pub struct Prometheus {
    client: HttpClient,
    base: Url,
    max_response_bytes: usize,
    /// When it was last asked for alerting rules, and whether it had any.
    rules: Rc<Cell<Option<(Instant, bool)>>>,
}

impl Prometheus {
    /// Prepares a client; connects at the first query.
    pub fn new(options: PromOptions) -> Self {
        let mut base = options.url;
        let client = HttpClient::new(&mut base, None);
        if let Ok(mut path) = base.path_segments_mut() {
            path.pop_if_empty().extend(["api", "v1"]);
        }
        Self {
            client,
            base,
            max_response_bytes: options.max_response_bytes,
            rules: Rc::default(),
        }
    }

    /// The answer to an instant query, its `data` byte for byte.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn instant(&self, expr: &str, progress: &Progress) -> Result<Opened, PromError> {
        let parameters = [("query", expr)];
        self.get("query", &parameters, envelope::query_data, progress)
            .await
    }

    /// The answer to a range query, its `data` byte for byte; start and end in Unix seconds.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn range(
        &self,
        expr: &str,
        (start, end): (u64, u64),
        step: Duration,
        progress: &Progress,
    ) -> Result<Opened, PromError> {
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
            progress,
        )
        .await
    }

    /// The answer to "which alerts are active?", its `data` byte for byte. Where there is none and never can be, since no
    /// alerting rule is loaded there, a warning says so.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn alerts(&self, progress: &Progress) -> Result<Opened, PromError> {
        let asked = self.get("alerts", &[], envelope::alerts_data, progress);
        let mut answer = asked.await?;
        if envelope::has_no_alerts(&answer.data) && !self.has_alerting_rules().await {
            answer.warnings.push(
                "no alerting rule is loaded at this address, so it can never have alerts (vmalert, ruler: prometheus.alerts_url)"
                    .to_owned(),
            );
        }
        Ok(answer)
    }

    /// Whether it has alerting rules, as far as is known: one that cannot say is believed to have some.
    async fn has_alerting_rules(&self) -> bool {
        match self.rules.get() {
            Some((asked, has)) if asked.elapsed() < RULES_EVERY => has,
            _ => {
                // Believed until it says otherwise, also if nobody waits for that any more.
                self.rules.set(Some((Instant::now(), true)));
                let (parameters, progress) = ([("type", "alert")], Progress::default());
                let asked = self.get("rules", &parameters, rules::rules_data, &progress);
                let rules = timeout(RULES_TIMEOUT, asked).await;
                let has =
                    !matches!(rules, Ok(Ok(rules)) if rules::has_no_alerting_rules(&rules.data));
                self.rules.set(Some((Instant::now(), has)));
                has
            }
        }
    }

    async fn get(
        &self,
        endpoint: &str,
        parameters: &[(&str, &str)],
        open: Open,
        progress: &Progress,
    ) -> Result<Opened, PromError> {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.push(endpoint);
        }
        if !parameters.is_empty() {
            url.query_pairs_mut().extend_pairs(parameters);
        }
        let client = self.client.get().map_err(PromError::Unreachable)?;
        let ask = || {
            let request = client.get(url.as_str());
            request
                .insert_header((header::ACCEPT, "application/json"))
                .send()
        };
        let mut answer = match ask().await {
            Err(error) if was_hung_up(&error) => ask().await,
            answer => answer,
        }
        .map_err(|error| {
            self.client.note_failure(&error);
            PromError::Unreachable(error.to_string())
        })?;
        progress.0.set(true);
        let status = answer.status();
        if status.is_success() && answer.headers().contains_key(header::CONTENT_ENCODING) {
            return Err(PromError::Malformed(
                "an encoding that was not asked for".into(),
            ));
        }
        let body = whole_body(&mut answer, self.max_response_bytes).await;
        let body = body.map_err(|error| match error {
            BodyError::TooLarge(limit) => PromError::TooLarge(limit),
            BodyError::BrokeOff(_) => PromError::Unreachable(error.to_string()),
        })?;
        open(&body, status)
    }
}

/// What an answer's `data` must be, and how it is taken out of its envelope.
type Open = fn(&Bytes, StatusCode) -> Result<Opened, PromError>;

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
                max_response_bytes: 1024,
            };
            assert_eq!(Prometheus::new(options).base.as_str(), expected);
        }
    }
}
