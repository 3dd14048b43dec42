//! Rehearses alerts on real servers: each is triggered in the simulator, followed through Prometheus, Alertmanager and the
//! gateway to a browser, recovered, and followed until no server has it. Each stage has a time budget.
//!
//! ```text
//! run: prepare ──▶ selection: which alerts      preflight: rules, intervals, who would be notified
//!      execute ──▶ rehearsal: prepares, triggers, runs stages, recovers ──▶ recorder: the ledger
//!                     │ waits through                 │ explains a missed stage through
//!                     ▼                               ▼
//!                  observers: all HTTP             diagnosis: pure functions over evidence
//!      report  ──▶ report: progress, table, files, exit status
//! ```

mod alert_key;
mod context;
mod diagnosis;
mod observers;
mod options;
mod preflight;
mod recorder;
mod rehearsal;
mod rehearsed_alert;
mod report;
mod run;
mod selection;
mod stages;
mod time;

pub use options::DrillOptions;
pub use run::run;
pub use stages::Stage;
