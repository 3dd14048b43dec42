//! What a catalogue file says, as plain values: `config/alerts.toml`, or a user's own file.
//!
//! Durations are scaled when the file is read, so that users of an [`Alert`] need no time scale.

mod alert;
mod alert_entry;
mod bounds;
mod built_in;
mod contents;
mod entry_errors;
mod error;
mod expression;
mod file;
mod foreign_file;
mod names;
mod namesakes;
pub mod pattern;
mod pattern_entry;
mod placeholders;
mod scenario;
mod scenario_entry;
mod schema;
mod timing;

pub use alert::Alert;
pub use bounds::{check_non_negative, check_number};
pub use built_in::{BUILT_IN, BUILT_IN_NAME, flagged_alerts};
pub use contents::Catalogue;
pub(crate) use entry_errors::EntryErrors;
pub use error::CatalogueError;
pub(crate) use expression::parse_promql;
pub(crate) use file::read;
pub use scenario::{Act, Inhibited, Scenario, Step};
pub use timing::Timing;
