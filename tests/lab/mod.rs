//! The lab: its parts alone, and the program `lab` with stand-ins for our two programs.

mod access;
mod alertmanager;
mod catalogue;
mod command;
mod parts;
mod processes;
mod program;
mod real;
mod runner;
mod stub;
mod ui;
