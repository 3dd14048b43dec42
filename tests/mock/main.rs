//! The built simulator on a free port, over real HTTP.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says where it stopped"
)]

mod access;
mod alert_refusals;
mod alerts;
mod backfill;
mod bodies;
mod exposition;
mod hosts;
mod levers;
mod program;
mod promql;
mod refusals;
mod rules;
mod scenarios;
mod support;

pub(crate) use support::simulator::{TestMock, answer, samples};
