//! Alerts: what Alertmanager does with them, and the webhook by which it reports that they have changed.
//!
//! ```text
//! PromPoller ─ Publish ▶ AlertmanagerPoller ─ Publish ▶ AlertHub
//!                         asks ▲ Alertmanager
//! Alertmanager ─ webhook ─ PollAlertsNow ▶ PromPoller
//! ```

mod alertmanager_poller;
mod incoming;
mod notification;
pub mod settings;
mod severity;
mod start;
mod webhook;

pub use severity::AlertSeverity;
pub use start::{Enrichment, enrich, webhook};
