//! What is read from PostgreSQL, and how it is asked so that nothing of ours stays there. Only `IncidentRepo` comes here;
//! nothing here ever writes.

mod by_service;
mod columns;
mod connection;
pub mod database;
mod dial;
mod distribution;
pub mod error;
mod incidents;
pub mod privileges;
mod question;
pub mod store;
mod summary;
mod values;
