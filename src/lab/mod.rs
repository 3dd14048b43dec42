//! Real servers as guarded child processes: for a developer's machine (`bin/lab`) and for the tests.
//!
//! ```text
//! lab ──▶ PostgreSQL        init-db/*.sql, then migrations-readonly/*.sql
//!     ──▶ mock-metrics      scraped by …
//!     ──▶ Prometheus        … which also scrapes itself and the gateway
//!     ──▶ service-metrics   polls Prometheus, reads PostgreSQL
//! ```
//!
//! Programs are known by their command lines only. Each one runs in a process group of its own (a Ctrl-C reaches `lab`
//! alone), writes to a log file through `lab`, ends when its value is dropped, and is ended by the kernel when `lab` is
//! killed. Tests use the parts alone: [`Postgres`], [`Prometheus`], [`Service`]; or all of them: [`Lab`].

mod child;
mod cluster;
mod error;
mod family;
mod home;
mod launch;
mod log_file;
mod options;
mod plan;
mod ports;
mod postgres;
mod probe;
mod programs;
mod progress;
mod prometheus;
mod report;
mod service;
mod stack;

pub use error::LabError;
pub use options::LabOptions;
pub use ports::free_port;
pub use postgres::Postgres;
pub use progress::Progress;
pub use prometheus::{Prometheus, Target};
pub use service::Service;
pub use stack::{Lab, run};
