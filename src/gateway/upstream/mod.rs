//! What is read over HTTP.

pub mod prometheus;
