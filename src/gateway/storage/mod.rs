//! What is read from PostgreSQL. Only `IncidentRepo` comes here; nothing here ever writes.

pub mod connection;
pub mod database;
pub mod error;
pub mod incidents;
pub mod privileges;
mod schema;
pub mod summary;
