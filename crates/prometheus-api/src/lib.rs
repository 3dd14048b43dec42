//! The HTTP APIs of Prometheus and Alertmanager, and Prometheus' text exposition format.
//!
//! [`prometheus`] and [`alertmanager`] are for the gateway, which passes answers through as bytes. [`typed`] is for the drill,
//! which reads them as values. Both share the wire types in [`vector`] and [`alertmanager::wire`].

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
