//! `mock-metrics`: a simulated application whose metrics set off alert rules on demand.
//!
//! ```text
//! POST /simulate/…   ──▶ http ──▶ SimulatorActor (one per family) ──▶ Board: its series and alerts, stepped once a second
//! POST /api/alerts/… ──▶ http ──▶ SimulatorActor, the owner of the alert's metric
//! POST /api/scenarios/… ▶ http ──▶ ScenarioPlayer ──▶ SimulatorActors, step by step
//! GET /metrics       ──▶ http ──▶ all of them, as exposition text ──▶ Prometheus
//! ```
//! [`app`] is the program as a value, `http` its routes, [`actors`] who acts, [`model`] the simulated application as plain
//! values of time. The alerts are data: [`catalogue`]. What is made of it: [`rules`] for Prometheus, [`prediction`] (what
//! theory says of an alert) by way of [`promql`] (what an expression makes of a series), and a past: [`backfill`].

pub mod actors;
pub mod app;
pub mod backfill;
pub mod catalogue;
mod http;
pub mod model;
pub mod prediction;
pub mod rules;
pub mod settings;
mod source;
mod telemetry;

pub use app::Mock;
pub use source::Source;
