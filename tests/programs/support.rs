//! What the tests of this program have in common with others.

#![allow(
    dead_code,
    unused_imports,
    reason = "the tests of each program use a part of it"
)]

#[path = "../support/mod.rs"]
mod common;
pub(crate) use common::*;
#[path = "../support/gateway.rs"]
pub(crate) mod gateway;
#[path = "../support/incidents_app.rs"]
pub(crate) mod incidents_app;
#[path = "../support/scripted_prometheus.rs"]
pub(crate) mod scripted_prometheus;
