//! Incidents from PostgreSQL, with how fast they were answered. Nothing here ever writes to the database.
//!
//! ```text
//! routes ─ ListIncidents, … ▶ IncidentRepo ▶ queries ▶ PostgreSQL
//! ```
//! The one actor is [`IncidentRepo`](incident_repo::IncidentRepo); it runs on the main arbiter and owns the pool and the
//! answers of the last second.

mod cursor;
mod errors;
mod incident_query;
pub mod incident_repo;
pub mod messages;
mod metrics;
pub mod model;
mod parameters;
mod pool_shares;
pub mod queries;
mod routes;
mod seconds;
pub mod settings;
mod single_flight_cache;

pub use incident_query::SharedAnswer;
pub use routes::start;
