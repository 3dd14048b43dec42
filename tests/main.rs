//! The one integration binary: real servers, real programs.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod lab;
mod support;
