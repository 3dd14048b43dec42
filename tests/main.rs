//! One integration binary: real servers, real programs.

#![allow(clippy::unwrap_used)] // the helpers of tests are not marked as tests, which clippy.toml exempts

mod lab;
mod support;
