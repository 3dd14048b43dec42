//! Incidents from PostgreSQL, with how fast they were answered. Nothing here ever writes to the database.

pub mod cursor;
mod errors;
mod incident_question;
pub mod incident_repo;
pub mod model;
pub mod parameters;
mod pool_shares;
pub mod queries;
pub mod routes;
mod seconds;
pub mod shared_answers;
