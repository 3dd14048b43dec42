//! The HTTP APIs of Prometheus and Alertmanager, and Prometheus' text exposition format.

pub mod alertmanager;
pub mod client;
pub mod envelope;
pub mod error;
pub mod exposition;
pub mod json_api;
pub mod prometheus;
mod remarks;
mod rules;
pub mod typed;
pub mod vector;
