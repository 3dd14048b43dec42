//! What every command of `mock-metrics` works from: settings, a catalogue, and how fast time runs.

use std::path::PathBuf;

use clap::Args;
use program::exit::{self, ProgramError};

use crate::{catalogue::CatalogueError, lint::CheckedCatalogue, settings::MockSettings};

/// The flags that commands share; one that has no use for a flag refuses it.
#[derive(Debug, Clone, Args)]
pub struct Source {
    /// Settings to use over the defaults
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// A catalogue of alerts instead of the built-in one
    #[arg(long, value_name = "FILE", global = true)]
    pub catalogue: Option<PathBuf>,
    /// Multiplies windows, `for` and patterns: 0.1 is ten times faster; from 0.02 to 10 [default: 1; of a drill, the
    /// simulator's]
    #[arg(long, value_name = "F", global = true, value_parser = time_scale)]
    pub time_scale: Option<f64>,
}

impl Source {
    /// The settings.
    ///
    /// # Errors
    /// Every fault that could be found.
    pub fn settings(&self) -> Result<MockSettings, ProgramError> {
        Ok(MockSettings::load(
            self.config.as_deref(),
            &exit::environment(),
        )?)
    }

    /// Makes sure that no settings are named to `command`, which uses none.
    ///
    /// # Errors
    /// That the flag does not go with it.
    pub fn without_settings(&self, command: &str) -> Result<(), ProgramError> {
        match self.config {
            None => Ok(()),
            Some(_) => Err(ProgramError::Usage(format!(
                "--config does not go with {command}, which uses no settings"
            ))),
        }
    }

    /// How fast time runs: what the flag says, or 1.
    pub fn scale(&self) -> f64 {
        self.time_scale.unwrap_or(1.0)
    }

    /// The catalogue, scaled.
    ///
    /// # Errors
    /// Every fault that could be found.
    pub fn catalogue(&self) -> Result<CheckedCatalogue, ProgramError> {
        self.catalogue_at(self.scale())
    }

    /// The catalogue, scaled by `scale` whatever the flag says.
    ///
    /// # Errors
    /// Every fault that could be found.
    pub fn catalogue_at(&self, scale: f64) -> Result<CheckedCatalogue, ProgramError> {
        Ok(CheckedCatalogue::load(self.catalogue.as_deref(), scale)?)
    }

    /// The catalogue at the scale 1.
    ///
    /// # Errors
    /// Every fault that could be found.
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
