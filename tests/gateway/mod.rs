//! The gateway on a free port, against a real PostgreSQL.

mod incidents;
mod incidents_outage;
mod incidents_read_only;
mod incidents_summary;
