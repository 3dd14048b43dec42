//! What is read over HTTP.

mod envelope;
pub mod prom_error;
pub mod prometheus;
