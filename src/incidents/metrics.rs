//! What is counted of incidents.

use prometheus::{IntCounterVec, Result};

use super::model::Found;
use crate::telemetry::{Sources, Telemetry};

/// What is counted of incidents; clones share it.
#[derive(Clone)]
pub struct IncidentMetrics {
    /// What is counted of the database.
    pub sources: Sources,
    values_missing: IntCounterVec,
}

impl IncidentMetrics {
    /// Registers everything.
    ///
    /// # Errors
    /// When a name is used twice: a mistake in the program.
    pub fn new(telemetry: &Telemetry) -> Result<Self> {
        Ok(Self {
            sources: telemetry.sources.clone(),
            values_missing: telemetry.counters(
                "service_metrics_incident_values_missing_total",
                "Values that incidents in answers should have had, by column and by what stood there",
                &["column", "found"],
            )?,
        })
    }

    /// Counts a value that is missing in an incident that was asked for.
    pub fn value_missing(&self, column: &str, found: Found) {
        let missing = &self.values_missing;
        missing.with_label_values(&[column, found.as_str()]).inc();
    }
}
