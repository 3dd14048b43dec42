//! The gateway on a free port, against a real PostgreSQL, a real Prometheus, or a scripted one where an answer must be
//! chosen or broken.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says where it stopped"
)]

mod alertmanager;
mod alerts;
mod broken_answers;
mod compression;
mod decoders;
mod diagnosis;
mod documents;
mod exposition;
mod faults;
mod federate;
mod goodbye;
mod handshake;
#[path = "../hazards/mod.rs"]
mod hazards;
mod hostile;
mod hosts;
mod incidents;
mod incidents_off;
mod incidents_outage;
mod incidents_pooler;
mod incidents_read_only;
mod incidents_rows;
mod incidents_shares;
mod incidents_summary;
mod looks;
mod panics;
mod poller;
mod prometheus_outage;
mod raw_bytes;
mod readers;
mod readiness;
mod requests;
mod routes;
mod shares;
mod support;
mod ui;
mod violations;
mod warnings;
pub(crate) mod webhook;
mod websocket;
