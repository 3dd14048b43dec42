//! Alertmanager's HTTP API v2.

pub mod client;
pub mod view;
pub mod wire;
