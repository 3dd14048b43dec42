//! Alertmanager's HTTP API v2, as far as it is asked: which alerts it has, and what it does with them.

use super::view::AlertmanagerView;
use crate::{
    client::{Api, ApiOptions, Progress},
    error::UpstreamError,
};

/// Alertmanager. Not `Send`: it stays on the arbiter that made it. It has no deadline: whoever asks has his own.
#[derive(Clone)]
pub struct Alertmanager {
    api: Api,
}

impl Alertmanager {
    /// Prepares a client; connects at the first question.
    pub fn new(options: ApiOptions) -> Self {
        Self {
            api: Api::new(options, ["api", "v2"]),
        }
    }

    /// What it does with the alerts that it has.
    ///
    /// # Errors
    /// Why it does not say.
    pub async fn view(&self) -> Result<AlertmanagerView, UpstreamError> {
        let alerts = self.get("alerts").await?;
        let view = AlertmanagerView::read(&alerts).map_err(UpstreamError::Malformed)?;
        // Silences that have expired are kept for days: they are asked for only where some are in force.
        if !view.names_silences() {
            return Ok(view);
        }
        let silences = self.get("silences").await?;
        view.with_ends(&silences).map_err(UpstreamError::Malformed)
    }

    async fn get(&self, endpoint: &str) -> Result<bytes::Bytes, UpstreamError> {
        let progress = Progress::default();
        let (status, body) = self.api.ask(endpoint, &[], &progress).await?;
        if status.is_success() {
            Ok(body)
        } else {
            Err(UpstreamError::Status(status))
        }
    }
}
