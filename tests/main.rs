//! The integration tests: the built library against real servers.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says where it stopped"
)]

mod architecture;
mod deployment;
mod drill;
mod gateway;
mod hazards;
mod lab;
mod mock;
mod pipeline;
mod programs;
mod rehearsal;
mod support;
