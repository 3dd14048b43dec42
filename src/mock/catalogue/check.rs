//! `mock-metrics check FILE`.

use std::path::PathBuf;

use clap::Args;

use super::Catalogue;
use crate::{
    exit::{self, ProgramError},
    mock::Source,
    words::counted,
};

/// The arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckOptions {
    /// The catalogue to check
    file: PathBuf,
}

/// Checks a catalogue, at the time scale that was asked for, and says that it is valid.
///
/// # Errors
/// Every fault that could be found, a line each; a catalogue besides the one to check; settings.
pub fn check(options: &CheckOptions, source: &Source) -> Result<(), ProgramError> {
    source.without_settings("check")?;
    if source.catalogue.is_some() {
        let told = "--catalogue does not go with check: the FILE is the catalogue to check";
        return Err(ProgramError::Usage(told.to_owned()));
    }
    let catalogue = Catalogue::load(Some(&options.file), source.scale())?;
    for note in catalogue.notes() {
        exit::say(&format!("{}: note: {note}", options.file.display()))?;
    }
    exit::say(&format!(
        "{}: {} and {}, all valid",
        options.file.display(),
        counted(catalogue.alerts.len(), "alert"),
        counted(catalogue.scenarios.len(), "scenario")
    ))
}
