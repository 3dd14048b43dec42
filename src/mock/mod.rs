//! `mock-metrics`: a simulated application whose metrics set off alert rules on demand.
//!
//! ```text
//! POST /simulate/… ──▶ http ──▶ SimulatorActor (one per family) ──▶ Board: its series, stepped once a second
//! GET /metrics     ──▶ http ──▶ all six, as exposition text     ──▶ Prometheus
//! ```
//! Pure, without actix: [`family`], [`levers`] (the table of paths and metrics), [`change`], [`pattern`], [`promql`]
//! (what alert rules make of a series), [`rule_state`], [`series`], [`moving`], [`traffic`], [`exposition`], [`board`]. [`simulator`] is
//! the one actor, `http` the routes, [`app`] the program as a value.

pub mod app;
pub mod board;
pub mod calm;
pub mod catalogue;
pub mod change;
pub mod drive;
pub mod exposition;
pub mod family;
mod http;
pub mod levers;
pub mod moving;
pub mod pattern;
pub mod prediction;
pub mod promql;
pub mod rule_state;
pub mod rules;
pub mod series;
pub mod simulator;
mod source;
mod telemetry;
pub mod traffic;

pub use app::Mock;
pub use source::Source;
