//! The gateway on a free port, against a real PostgreSQL and a real Prometheus.

mod broken_answers;
mod exposition;
mod faults;
mod incidents;
mod incidents_outage;
mod incidents_read_only;
mod incidents_summary;
mod panics;
mod poller;
mod prometheus_outage;
mod raw_bytes;
mod readiness;
