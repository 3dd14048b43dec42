//! Rule files of Prometheus.

mod write;

pub use write::{Group, write};
