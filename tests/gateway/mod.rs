//! The gateway on a free port, against a real PostgreSQL or a scripted Prometheus.

mod goodbye;
mod handshake;
mod hostile;
mod incidents;
mod incidents_outage;
mod incidents_read_only;
mod incidents_summary;
mod readers;
mod routes;
mod violations;
mod websocket;
