//! The gateway: Prometheus and PostgreSQL on one side, browsers on the other.
//!
//! ```text
//! PostgreSQL ──▶ IncidentRepo ──▶ REST ──▶ browser
//! ```

pub mod actors;
pub mod http;
pub mod model;
pub mod storage;
pub mod telemetry;
