//! The alerts that can be rehearsed, as data: `config/alerts.toml`, or a user's own file.
//!
//! The simulator's actors, the Prometheus rule file, the drills, the history and the documentation are all made from it.
//! Whoever reads an [`Alert`] need not know of time scales: its durations are scaled when the catalogue is loaded.

mod agreement;
mod alert;
mod check;
mod entry;
mod expr;
mod file;
mod foreign;
mod keys;
mod motion;
mod names;
mod namesakes;
mod promtool;
#[cfg(test)]
mod refusal_tests;
mod scenario;
mod sense;
#[cfg(test)]
mod sense_tests;
mod served;
mod texts;
mod timing;
mod verdict;

use std::{
    collections::{BTreeSet, HashMap},
    fmt, fs,
    path::Path,
    sync::Arc,
    time::Duration,
};

use promql;
use sense::Told;

pub use alert::Alert;
pub use check::{CheckOptions, check};
pub use motion::{number, size};
pub use scenario::{Act, Inhibited, Scenario, Step};
pub use timing::Timing;
pub use verdict::Verdict;

use crate::prediction::{Prediction, Unpredicted};

/// The catalogue that is built into the programs.
const BUILT_IN: &str = include_str!("../../../../config/alerts.toml");
/// How faults name it.
const BUILT_IN_NAME: &str = "config/alerts.toml";

/// All alerts and scenarios of one file.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// How fast time runs in it.
    pub timing: Timing,
    /// In the order of the file.
    pub alerts: Vec<Arc<Alert>>,
    /// In the order of the file.
    pub scenarios: Vec<Arc<Scenario>>,
    /// What theory says of each alert, in the order of the file.
    told: Vec<Told>,
    places: HashMap<String, usize>,
}

/// Why a catalogue was refused: a line per fault, naming the alert and the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueError {
    file: String,
    faults: Vec<String>,
}

impl CatalogueError {
    /// The faults, in the order of the file.
    pub fn faults(&self) -> &[String] {
        &self.faults
    }

    /// The same, where the parser only knows that an expression is none, with what `refusal` says of it.
    fn with_places(mut self, refusal: impl Fn(&str) -> String) -> Self {
        for fault in &mut self.faults {
            let known = fault.split_once(expr::NOT_PROMQL);
            let expr = known.and_then(|(_, told)| told.strip_prefix(promql::UNLOCATED_ERROR));
            if let Some(expr) = expr.and_then(|rest| rest.strip_prefix(": ")) {
                *fault = fault.replace(promql::UNLOCATED_ERROR, &refusal(expr));
            }
        }
        self
    }
}

impl fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = self.faults.iter();
        let lines: Vec<_> = lines
            .map(|fault| format!("{}: {fault}", self.file))
            .collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for CatalogueError {}

impl Catalogue {
    /// Loads `file`, or the built-in catalogue, with all durations multiplied by `scale`.
    ///
    /// # Errors
    /// Every fault that could be found.
    pub fn load(file: Option<&Path>, scale: f64) -> Result<Self, CatalogueError> {
        Self::load_with(file, scale, promql::syntax_error_position)
    }

    /// The same; `refusal` says why an expression is none.
    fn load_with(
        file: Option<&Path>,
        scale: f64,
        refusal: impl Fn(&str) -> String,
    ) -> Result<Self, CatalogueError> {
        let Some(path) = file else {
            return Self::read(BUILT_IN_NAME, BUILT_IN, scale);
        };
        let name = path.display().to_string();
        let read = match fs::read_to_string(path) {
            Ok(text) => Self::read(&name, &text, scale),
            Err(error) => Err(CatalogueError {
                file: name,
                faults: vec![format!("cannot be read: {error}")],
            }),
        };
        read.map_err(|error| error.with_places(refusal))
    }

    /// Reads and checks the text of a catalogue; `file` is named in the faults.
    ///
    /// # Errors
    /// Every fault that could be found.
    pub fn parse(file: &str, text: &str, scale: f64) -> Result<Self, CatalogueError> {
        Self::read(file, text, scale)
            .map_err(|error| error.with_places(promql::syntax_error_position))
    }

    fn read(file: &str, text: &str, scale: f64) -> Result<Self, CatalogueError> {
        file::read(text, scale).map_err(|faults| CatalogueError {
            file: file.to_owned(),
            faults,
        })
    }

    /// The alerts of the built-in catalogue that carry a flag, at this one's time scale.
    pub fn built_in_flagged(&self) -> Vec<Arc<Alert>> {
        file::flagged(BUILT_IN, self.timing.scale)
    }

    /// Each alert, and what theory says of it where Prometheus looks at each scrape interval of the catalogue.
    pub fn predicted(
        &self,
    ) -> impl Iterator<Item = (&Arc<Alert>, &Result<Prediction, Unpredicted>)> {
        self.alerts.iter().zip(&self.told)
    }

    /// How long after its trigger an alert's condition first holds, as theory tells.
    pub fn rise(&self, name: &str) -> Option<Duration> {
        let told = self.told.get(*self.places.get(name)?)?;
        told.as_ref().ok().map(|prediction| prediction.rise)
    }

    /// Whether each alert can fire on what the simulator serves, in their order.
    pub fn verdicts(&self) -> Vec<Verdict> {
        verdict::verdicts(self)
    }

    /// What is valid, and yet not as its author may think: a line each.
    pub fn notes(&self) -> Vec<String> {
        sense::notes(self)
    }

    /// The alert of that name.
    pub fn alert(&self, name: &str) -> Option<&Arc<Alert>> {
        self.alerts.get(*self.places.get(name)?)
    }

    /// The scenario of that name.
    pub fn scenario(&self, name: &str) -> Option<&Arc<Scenario>> {
        self.scenarios.iter().find(|scenario| scenario.name == name)
    }

    /// The families, each once, in the order of the file.
    pub fn families(&self) -> Vec<&str> {
        let mut known = BTreeSet::new();
        let families = self.alerts.iter().map(|alert| alert.family.as_str());
        families.filter(|family| known.insert(*family)).collect()
    }
}
