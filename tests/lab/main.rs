//! The lab: its parts alone, and the program `lab` with stand-ins for our two programs.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says where it stopped"
)]

mod access;
mod alertmanager;
mod catalogue;
mod command;
mod database;
mod parts;
mod processes;
mod program;
mod real;
mod runner;
mod stub;
mod support;
mod ui;
