//! The servers of a lab, each as a guarded child process.

pub(crate) mod alertmanager;
pub(crate) mod postgres;
pub(crate) mod program;
pub(crate) mod prometheus;
pub(crate) mod server;
