//! What is read over HTTP.

pub mod alertmanager;
pub mod api;
pub mod envelope;
pub mod error;
pub mod prometheus;
mod remarks;
mod rules;
