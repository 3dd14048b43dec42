//! Alerts: what Alertmanager does with them, and the webhook by which it says that they have changed.

pub mod alertmanager_poller;
mod incoming;
mod notification;
pub mod webhook;
