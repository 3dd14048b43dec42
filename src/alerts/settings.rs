//! The sections `[alertmanager]`, `[alerts]` and `[webhook]`.

use std::time::Duration;

use program::settings::{Secret, validator::Validator};

use super::severity::AlertSeverity;

/// Alertmanager gives up a webhook after its own timeouts; 30 s are usual.
const LONGEST_BODY: f64 = 25.0;

program::section! {
    /// Alertmanager, which tells which alerts are silenced or inhibited, and until when.
    pub struct Alertmanager = "alertmanager" {
        /// Its address. Empty: there is none.
        pub url: Secret = "http://localhost:9093",
    }
}

program::section! {
    /// How alerts are shown.
    pub struct Alerts = "alerts" {
        /// Values of the label `severity`, from the gravest on, each with its tone on the page: `critical`, `warning`,
        /// `info` or `quiet`. Others are sorted before `none`.
        pub severities: Vec<AlertSeverity> = ["critical:critical", "page:critical", "high:critical", "error:warning", "warning:warning", "medium:warning", "low:info", "info:info", "none:quiet"],
    }
}

program::section! {
    /// `POST /api/alerts/webhook`, where Alertmanager reports that alerts have changed.
    pub struct Webhook = "webhook" {
        /// A larger body is answered 413.
        pub max_bytes: usize = 1048576,
        /// The whole body must arrive within this time, or it is answered 408; at most 25.
        pub timeout_seconds: f64 = 10.0,
    }
}

impl Webhook {
    /// How long a body may take.
    pub fn timeout(&self) -> Duration {
        Duration::from_secs_f64(self.timeout_seconds)
    }

    /// Notes what is wrong, beside a limit for every body of `body_timeout_seconds`.
    pub fn check(&self, body_timeout_seconds: f64, validator: &mut Validator) {
        validator.within("webhook.max_bytes", self.max_bytes, 1024..=1 << 24);
        let timeout = self.timeout_seconds;
        validator.within("webhook.timeout_seconds", timeout, 0.1..=LONGEST_BODY);
        let body = body_timeout_seconds;
        let must =
            format_args!("must be at least webhook.timeout_seconds, found {body} < {timeout}");
        validator.require(timeout <= body, "server.body_timeout_seconds", must);
    }
}

impl Alertmanager {
    /// Notes what is wrong.
    pub fn check(&self, validator: &mut Validator) {
        if !self.url.is_empty() {
            validator.http_url("alertmanager.url", self.url.reveal());
        }
    }
}

impl Alerts {
    /// Notes what is wrong.
    pub fn check(&self, validator: &mut Validator) {
        let names = self.severities.iter();
        let names: Vec<_> = names.map(|severity| severity.name.clone()).collect();
        validator.unique_names("alerts.severities", &names);
    }
}
