//! Loads and checks a catalogue.

use std::{
    collections::BTreeSet,
    fs,
    ops::{Deref, DerefMut},
    path::Path,
    sync::Arc,
    time::Duration,
};

use super::{consistency, semantic};
use crate::{
    catalogue::{self, Alert, BUILT_IN, BUILT_IN_NAME, Catalogue, CatalogueError},
    prediction::{PredictionResult, find_aggregated_series},
};

/// A catalogue without errors, and the prediction of each alert.
#[derive(Debug, Clone)]
pub struct CheckedCatalogue {
    catalogue: Catalogue,
    /// In the order of the alerts.
    predictions: Vec<PredictionResult>,
}

impl CheckedCatalogue {
    /// Loads `file`, or the built-in catalogue, with all durations multiplied by `scale`.
    ///
    /// # Errors
    /// Every error that is found.
    pub fn load(file: Option<&Path>, scale: f64) -> Result<Self, CatalogueError> {
        Self::load_with(file, scale, promql::syntax_error_position)
    }

    /// Like [`Self::load`]; `locate` describes the syntax error of an expression.
    pub(super) fn load_with(
        file: Option<&Path>,
        scale: f64,
        locate: impl Fn(&str) -> String,
    ) -> Result<Self, CatalogueError> {
        let Some(path) = file else {
            return Self::read(BUILT_IN_NAME, BUILT_IN, scale);
        };
        let name = path.display().to_string();
        let read = match fs::read_to_string(path) {
            Ok(text) => Self::read(&name, &text, scale),
            Err(error) => {
                let errors = vec![format!("cannot be read: {error}")];
                Err(CatalogueError::new(&name, errors))
            }
        };
        read.map_err(|error| error.with_positions(locate))
    }

    /// Reads and checks the text of a catalogue. `file` is its name in error messages.
    ///
    /// # Errors
    /// Every error that is found.
    pub fn parse(file: &str, text: &str, scale: f64) -> Result<Self, CatalogueError> {
        let read = Self::read(file, text, scale);
        read.map_err(|error| error.with_positions(promql::syntax_error_position))
    }

    fn read(file: &str, text: &str, scale: f64) -> Result<Self, CatalogueError> {
        read(text, scale).map_err(|errors| CatalogueError::new(file, errors))
    }

    /// Each alert with its prediction, at the scrape interval of the catalogue.
    pub fn predicted(&self) -> impl Iterator<Item = (&Arc<Alert>, &PredictionResult)> {
        self.alerts.iter().zip(&self.predictions)
    }

    /// The predicted time from the trigger of an alert until its condition holds.
    pub fn rise(&self, name: &str) -> Option<Duration> {
        let prediction = self.predictions.get(self.position(name)?)?;
        prediction.as_ref().ok().map(|prediction| prediction.rise)
    }
}

impl Deref for CheckedCatalogue {
    type Target = Catalogue;

    fn deref(&self) -> &Catalogue {
        &self.catalogue
    }
}

impl DerefMut for CheckedCatalogue {
    fn deref_mut(&mut self) -> &mut Catalogue {
        &mut self.catalogue
    }
}

/// Reads and checks a text. Errors that it has only at this time scale say so.
fn read(text: &str, scale: f64) -> Result<CheckedCatalogue, Vec<String>> {
    let errors = match read_at(text, scale) {
        Err(errors) if scale != 1.0 => errors,
        read => return read,
    };
    let unscaled = read_at(text, 1.0).err().unwrap_or_default();
    let known: BTreeSet<_> = unscaled.iter().map(|error| place(error)).collect();
    let explained = |error: String| match known.contains(place(&error)) {
        true => error,
        false => format!("{error} (at the time scale {scale}; at 1 it is valid)"),
    };
    Err(errors.into_iter().map(explained).collect())
}

/// The alert and the key of an error, without the message.
fn place(error: &str) -> &str {
    let end = error.match_indices(": ").nth(1);
    end.map_or(error, |(end, _)| &error[..end])
}

fn read_at(text: &str, scale: f64) -> Result<CheckedCatalogue, Vec<String>> {
    let mut catalogue = catalogue::read(text, scale)?;
    find_aggregated_series(&mut catalogue);
    let predictions = semantic::check(&catalogue);
    let inconsistencies = consistency::check(&catalogue);
    match predictions {
        Ok(predictions) if inconsistencies.is_empty() => Ok(CheckedCatalogue {
            catalogue,
            predictions,
        }),
        checked => Err([checked.err().unwrap_or_default(), inconsistencies].concat()),
    }
}
