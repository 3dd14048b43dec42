//! Real servers as guarded child processes, for a developer's machine (the program `lab`) and for the tests.
//!
//! ```text
//! lab ──▶ PostgreSQL        init-db/*.sql, then migrations-readonly/*.sql
//!     ──▶ mock-metrics      scraped by Prometheus; its other commands make the rules and, once, a history
//!     ──▶ Alertmanager      receives alerts from Prometheus, notifies the gateway
//!     ──▶ Prometheus        scrapes itself and both programs, evaluates the alert rules
//!     ──▶ service-metrics   polls Prometheus, reads PostgreSQL
//!     ──▶ COMMAND           if one was given: the lab ends with it
//! ```
//!
//! The lab uses the programs through their command lines only. Each one
//! - runs in a process group of its own, so that Ctrl-C reaches only `lab` and COMMAND;
//! - writes to a log file through `lab`, except COMMAND, which has the stdout and stderr of `lab`;
//! - ends when its value is dropped, and is ended by the kernel when `lab` is killed.
//!
//! Tests use single servers ([`Postgres`], [`Alertmanager`], [`Prometheus`], [`Program`]) or all of them ([`Lab`]).
//!
//! The imports run `run → lab → plan → servers → process`; `process::command` is the COMMAND.

mod environment;
mod error;
mod executables;
mod lab;
mod options;
mod plan;
mod process;
mod progress;
mod report;
mod run;
mod servers;
mod simulation;

pub use error::LabError;
pub use lab::Lab;
pub use options::LabOptions;
pub use process::port::{free_port, is_listening};
pub use progress::Progress;
pub use run::run;
pub use servers::{
    alertmanager::Alertmanager,
    postgres::Postgres,
    program::Program,
    prometheus::{Prometheus, PrometheusSetup, Target},
    server::Server,
};
