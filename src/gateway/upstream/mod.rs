//! What is read over HTTP.

pub mod envelope;
pub mod prom_error;
pub mod prometheus;
mod remarks;
mod rules;
