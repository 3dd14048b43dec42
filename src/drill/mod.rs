//! Rehearses alerts on real servers: from the trigger in the simulator to the browser and back to calm, each stage beside
//! the time that theory allows for it.
//!
//! ```text
//! run ──▶ survey: rules, targets, intervals ──▶ plan: which, and which together
//!     ──▶ course (one alert) or scenario ──▶ simulator: trigger … recover
//!              ▲ waits for what it needs
//!         watch: one watcher per server, shared ──▶ Prometheus, Alertmanager, the gateway's WebSocket
//!     ──▶ record: what was reached when ──▶ progress, report
//! ```
//! Pure: [`Stage`], `plan`, `part`, `theory`, `checks`, `expression`, `numbers`, `reason`, `record`, `report`. What speaks
//! HTTP: `server`, and a file per server.

mod alertmanager;
mod checks;
mod course;
mod evidence;
mod expression;
mod gateway;
mod numbers;
mod options;
mod part;
mod plan;
mod progress;
mod prometheus;
mod reason;
#[cfg(test)]
mod reason_tests;
mod record;
mod report;
mod run;
mod scenario;
mod seen;
mod server;
mod servers;
mod simulator;
mod stack;
mod stage;
mod survey;
mod theory;
mod waiting;
mod watch;

pub use options::DrillOptions;
pub use run::run;
pub use stage::Stage;
