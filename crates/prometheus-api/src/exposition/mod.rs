//! Prometheus' text exposition format: writing, reading, escaping of names, content negotiation.

pub mod escaping;
pub mod metric_type;
pub mod read;
pub mod text_format;
pub mod write;
