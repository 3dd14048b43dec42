//! Prometheus' text exposition format: how names are written, and which format a scraper takes.

pub mod escaping;
pub mod text_format;
