//! Prometheus' HTTP API, as far as it is polled; anything that speaks it will do. Bytes stay bytes.

use std::{
    cell::Cell,
    rc::Rc,
    time::{Duration, Instant},
};

use actix_web::http::StatusCode;
use bytes::Bytes;
use tokio::time::timeout;

use crate::{
    client::{Api, ApiOptions, Progress},
    envelope::{self, Opened},
    error::UpstreamError,
    rules,
};

/// How often a server without any alert is asked whether it has alerting rules.
const RULES_EVERY: Duration = Duration::from_secs(60);

/// How long that may take: the alerts themselves wait for it.
const RULES_TIMEOUT: Duration = Duration::from_secs(1);

/// Prometheus. Not `Send`: it stays on the arbiter that made it. It has no deadline: whoever asks has his own.
#[derive(Clone)]
pub struct Prometheus {
    api: Api,
    /// When it was last asked for alerting rules, and whether it had any.
    rules: Rc<Cell<Option<(Instant, bool)>>>,
}

impl Prometheus {
    /// Prepares a client; connects at the first query.
    pub fn new(options: ApiOptions) -> Self {
        Self {
            api: Api::new(options, ["api", "v1"]),
            rules: Rc::default(),
        }
    }

    /// The answer to an instant query, its `data` byte for byte.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn instant(&self, expr: &str, progress: &Progress) -> Result<Opened, UpstreamError> {
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
    ) -> Result<Opened, UpstreamError> {
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
    pub async fn alerts(&self, progress: &Progress) -> Result<Opened, UpstreamError> {
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
    ) -> Result<Opened, UpstreamError> {
        let (status, body) = self.api.ask(endpoint, parameters, progress).await?;
        open(&body, status)
    }
}

/// What an answer's `data` must be, and how it is taken out of its envelope.
type Open = fn(&Bytes, StatusCode) -> Result<Opened, UpstreamError>;
