//! The gateway: Prometheus, Alertmanager and PostgreSQL on one side, any number of browsers on the other.
//!
//! ```text
//! 1  Prometheus ──▶ PromPoller ──▶ InstantHub, RangeHub, MetricsHub, AlertHub ──▶ Relay ──▶ Wire ──▶ browser
//!    Alertmanager ──▶ AlertmanagerPoller, between PromPoller and AlertHub
//! 2  PostgreSQL ──▶ IncidentRepo ──▶ REST ──▶ browser
//! 3  control API ──▶ SimulatorActor (one per family) ──▶ exposition ──▶ Prometheus ──▶ rules ──▶ Alertmanager
//! ```
//! This crate is 1 and 2. The simulator (3) is the crate `simulator`; a drill (the crate `drill`) closes the circle: it
//! pulls a lever at 3 and waits until a browser sees the alert at 1. `mock-metrics` is the program of both, `lab` starts
//! the real servers and all programs.
//!
//! | folder        | holds                                                                        |
//! |---------------|------------------------------------------------------------------------------|
//! | [`app`]       | the gateway as a value; the only file that wires actors to each other        |
//! | [`entrance`]  | the route table, and what every request passes                               |
//! | [`stream`]    | live values: the poller, hubs, relays, sessions, sockets                     |
//! | [`incidents`] | incidents from PostgreSQL                                                    |
//! | [`alerts`]    | what Alertmanager does with alerts, and its webhook                          |
//! | [`readiness`] | `/health`, `/-/ready`                                                        |
//! | [`telemetry`] | the gateway's own metrics                                                    |
//! | [`ui`]        | the web UI's files                                                           |
//! | [`messages`]  | what actors say to each other, and the values in it                          |
//! | [`settings`]  | `config/service-metrics.toml` as types                                       |
//!
//! `tests/architecture` holds which folder may import from which, and that no files import each other in a circle.

pub mod alerts;
pub mod app;
pub mod entrance;
pub mod exposition;
pub mod incidents;
pub mod messages;
pub mod readiness;
pub mod settings;
pub mod stream;
pub mod telemetry;
pub mod ui;
