//! A simulated application whose metrics set off alert rules on demand.
//!
//! ```text
//! POST /simulate/…      ──▶ http ──▶ SimulatorActor (one per family) ──▶ FamilyState: series and alerts, stepped each second
//! POST /api/alerts/…    ──▶ http ──▶ SimulatorActor that owns the alert's metric
//! POST /api/scenarios/… ──▶ http ──▶ ScenarioPlayer ──▶ SimulatorActors, step by step
//! GET /metrics          ──▶ http ──▶ all SimulatorActors ──▶ exposition text ──▶ Prometheus
//! ```
//!
//! The alerts are data, and four folders build on each other:
//!
//! | folder         | what                                                                                    |
//! |----------------|-----------------------------------------------------------------------------------------|
//! | [`catalogue`]  | what the catalogue file says, as plain values                                           |
//! | [`simulation`] | the simulated application: series, patterns, families, states of alerts                 |
//! | [`prediction`] | what the simulation does over time against the expressions of the rules                 |
//! | [`lint`]       | whether a catalogue makes sense: `mock-metrics check`                                   |
//!
//! [`app`] is the program as a value, `http` its routes, [`actors`] its actors. [`rules`] prints rules and their unit tests,
//! and [`backfill`] writes a history.

pub mod actors;
pub mod app;
pub mod backfill;
pub mod catalogue;
mod http;
pub mod lint;
pub mod prediction;
pub mod rules;
pub mod settings;
pub mod simulation;
mod source;
mod telemetry;

pub use app::Mock;
pub use source::Source;
