//! Shared test code that this binary uses.

#![allow(
    dead_code,
    unused_imports,
    reason = "the tests of each program use a part of it"
)]

#[path = "../support/mod.rs"]
mod common;
pub(crate) use common::*;
#[path = "../support/simulator.rs"]
pub(crate) mod simulator;
