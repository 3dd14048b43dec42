//! `mock-metrics`: a simulated application whose metrics set off alert rules on demand.
//!
//! ```text
//! POST /simulate/…   ──▶ http ──▶ SimulatorActor (one per family) ──▶ Board: its series and alerts, stepped once a second
//! POST /api/alerts/… ──▶ http ──▶ SimulatorActor, the owner of the alert's metric
//! POST /api/scenarios/… ▶ http ──▶ ScenarioPlayer ──▶ SimulatorActors, step by step
//! GET /metrics       ──▶ http ──▶ all of them, as exposition text ──▶ Prometheus
//! ```
//! Pure, without actix: [`catalogue`] (the alerts, as data), [`family`], [`levers`] (the table of paths and metrics),
//! [`change`], [`adjustment`] (what a request may change about a trigger), [`pattern`], [`promql`] (what alert rules make
//! of a series), [`prediction`], [`rules`] (Prometheus'
//! rule file) with [`rule_state`], [`series`], [`moving`], [`traffic`], [`built_in`] and [`owners`] (whose metric is
//! whose), [`metrics`], [`exposition`], [`board`], and [`rehearsal`]: where an alert's condition stands, judged by
//! its [`history`]. [`simulator`] and [`scenario_player`] are the actors, [`messages`] what may be said to them, `http` the
//! routes, [`app`] the program as a value.

pub mod adjustment;
pub mod app;
pub mod backfill;
pub mod board;
pub mod boards;
pub mod built_in;
pub mod calm;
pub mod catalogue;
pub mod change;
pub mod drive;
pub mod exposition;
pub mod family;
pub mod history;
mod http;
pub mod levers;
pub mod messages;
pub mod metrics;
pub mod moving;
pub mod owners;
pub mod pattern;
pub mod prediction;
pub mod promql;
pub mod rehearsal;
mod rehearsing;
pub mod rule_state;
pub mod rules;
pub mod scenario_player;
pub mod series;
pub mod simulator;
mod source;
mod telemetry;
pub mod traffic;

pub use app::Mock;
pub use source::Source;
