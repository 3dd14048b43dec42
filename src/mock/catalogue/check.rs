//! `mock-metrics check FILE`.

use std::path::PathBuf;

use clap::Args;

use super::Catalogue;
use crate::exit::{self, ProgramError};

/// The arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckOptions {
    /// The catalogue to check
    file: PathBuf,
}

/// Checks a catalogue and says that it is valid.
///
/// # Errors
/// Every fault that could be found, a line each.
pub fn check(options: &CheckOptions) -> Result<(), ProgramError> {
    let catalogue = Catalogue::load(Some(&options.file), 1.0)?;
    let (alerts, scenarios) = (catalogue.alerts.len(), catalogue.scenarios.len());
    for note in catalogue.notes() {
        exit::say(&format!("{}: note: {note}", options.file.display()))?;
    }
    exit::say(&format!(
        "{}: {alerts} alerts and {scenarios} scenarios, all valid",
        options.file.display()
    ))
}
