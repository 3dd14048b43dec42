//! `service-metrics` as a process: its command line, its exit codes, its log, how it starts and stops.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says where it stopped"
)]

mod certificates;
mod command_line;
#[path = "../deployment.rs"]
mod deployment;
mod examples;
mod log;
#[path = "../pipeline/mod.rs"]
mod pipeline;
mod settings;
mod start;
mod stop;
mod support;
mod unread_log;

pub(crate) use support::{local, program::gateway};
