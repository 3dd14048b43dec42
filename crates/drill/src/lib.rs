//! Rehearses alerts on real servers: from the trigger in the simulator to the browser and back to calm, each stage beside
//! the time that theory allows for it.
//!
//! ```text
//! run ──▶ survey: rules, targets, intervals ──▶ plan: which, and which together
//!     ──▶ course (one alert) or scenario ──▶ simulator: trigger … recover
//!              ▲ waits for what it needs
//!         servers: one watcher each, shared ──▶ Prometheus, Alertmanager, the gateway's WebSocket
//!     ──▶ record: what was reached when ──▶ progress, report, conclusion
//! ```
//! Pure: [`Stage`], `plan`, `part`, `record`, `report`, `words`, and `judge`: what theory allows, what an alert must say, and why a
//! stage was not reached. What speaks HTTP: `servers`.

mod conclusion;
mod course;
mod evidence;
mod judge;
mod known;
mod options;
mod paging;
mod part;
mod plan;
mod progress;
mod record;
mod report;
mod rise;
mod run;
mod scenario;
mod servers;
mod stack;
mod stage;
mod survey;
mod waiting;
mod window;
mod words;

pub use options::DrillOptions;
pub use run::run;
pub use stage::Stage;
