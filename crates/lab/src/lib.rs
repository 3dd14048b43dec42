//! Real servers as guarded child processes: for a developer's machine (`bin/lab`) and for the tests.
//!
//! ```text
//! lab ──▶ PostgreSQL        init-db/*.sql, then migrations-readonly/*.sql
//!     ──▶ mock-metrics      scraped by Prometheus; its other commands give that its rules and, once, a history
//!     ──▶ Alertmanager      told by Prometheus, tells the gateway
//!     ──▶ Prometheus        scrapes itself and both programs, evaluates the alert rules
//!     ──▶ service-metrics   polls Prometheus, reads PostgreSQL
//!     ──▶ COMMAND           if one was given: the lab ends with it
//! ```
//!
//! Programs are known by their command lines only. Each one runs in a process group of its own (a Ctrl-C reaches `lab`
//! and its COMMAND alone), writes to a log file through `lab` (COMMAND to our own stdout and stderr), ends when its value
//! is dropped, and is ended by the kernel when `lab` is killed. Tests use the parts alone: [`Postgres`],
//! [`Alertmanager`], [`Prometheus`], [`Program`]; or all of them: [`Lab`].

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
pub use process::port::free_port;
pub use progress::Progress;
pub use run::run;
pub use servers::{
    alertmanager::Alertmanager,
    postgres::Postgres,
    program::Program,
    prometheus::{Prometheus, PrometheusSetup, Target},
};
