//! The common flags of the commands of `mock-metrics`: settings, catalogue, time scale.

use std::path::PathBuf;

use clap::Args;
use program::exit::{self, ProgramError};

use crate::{catalogue::CatalogueError, lint::CheckedCatalogue, settings::MockSettings};

/// The common flags. A command that has no use for a flag refuses it.
#[derive(Debug, Clone, Args)]
pub struct Source {
    /// File of settings that override the defaults
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// Catalogue of alerts to use instead of the built-in one
    #[arg(long, value_name = "FILE", global = true)]
    pub catalogue: Option<PathBuf>,
    /// Factor of windows, `for` and patterns, from 0.02 to 10; 0.1 is ten times faster [default: 1; a drill uses that of
    /// the simulator]
    #[arg(long, value_name = "F", global = true, value_parser = time_scale)]
    pub time_scale: Option<f64>,
}

impl Source {
    /// Loads the settings.
    ///
    /// # Errors
    /// Every error that is found.
    pub fn settings(&self) -> Result<MockSettings, ProgramError> {
        Ok(MockSettings::load(
            self.config.as_deref(),
            &exit::environment(),
        )?)
    }

    /// Refuses `--config` for `command`, which uses no settings.
    ///
    /// # Errors
    /// If the flag is given.
    pub fn without_settings(&self, command: &str) -> Result<(), ProgramError> {
        match self.config {
            None => Ok(()),
            Some(_) => Err(ProgramError::Usage(format!(
                "--config cannot be used with {command}, which has no settings"
            ))),
        }
    }

    /// The time scale of the flag, or 1.
    pub fn scale(&self) -> f64 {
        self.time_scale.unwrap_or(1.0)
    }

    /// Loads the catalogue at the time scale of the flag.
    ///
    /// # Errors
    /// Every error that is found.
    pub fn catalogue(&self) -> Result<CheckedCatalogue, ProgramError> {
        self.catalogue_at(self.scale())
    }

    /// Loads the catalogue at a time scale.
    ///
    /// # Errors
    /// Every error that is found.
    pub fn catalogue_at(&self, scale: f64) -> Result<CheckedCatalogue, ProgramError> {
        Ok(CheckedCatalogue::load(self.catalogue.as_deref(), scale)?)
    }

    /// Loads the catalogue at the time scale 1.
    ///
    /// # Errors
    /// Every error that is found.
    pub fn unscaled(&self) -> Result<CheckedCatalogue, ProgramError> {
        Ok(CheckedCatalogue::load(self.catalogue.as_deref(), 1.0)?)
    }
}

impl From<CatalogueError> for ProgramError {
    fn from(error: CatalogueError) -> Self {
        Self::Refused(error.to_string())
    }
}

fn time_scale(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(scale) if (0.02..=10.0).contains(&scale) => Ok(scale),
        _ => Err("must be a number from 0.02 to 10".to_owned()),
    }
}
