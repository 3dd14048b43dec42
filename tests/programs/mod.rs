//! `service-metrics` as a process: its command line, its exit codes, its log, how it starts and stops.

mod certificates;
mod command_line;
mod examples;
mod log;
mod settings;
mod start;
mod stop;
mod unread_log;

use std::{net::SocketAddr, process::Command};

use crate::support::{
    gateway::NOWHERE,
    program::{self, GATEWAY},
};

/// The gateway on a free port of loopback, without Prometheus and PostgreSQL.
pub(crate) fn gateway() -> Command {
    let mut command = program::command(GATEWAY);
    command
        .env("PORT", "0")
        .env("SERVICE_METRICS__SERVER__HOST", "127.0.0.1")
        .env("PROMETHEUS_URL", NOWHERE)
        .env("DATABASE_URL", "postgres://metrics_reader@127.0.0.1:9/none");
    command
}

pub(crate) fn local(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}
