//! The simulated application: the states of all families.

use std::time::Duration;

use super::{family_state::FamilyState, metric_ownership::MetricOwnership};
use crate::catalogue::Catalogue;

/// The state of each family: the six built-in families, then the further families of the catalogue.
#[derive(Debug)]
pub struct Application {
    ownership: MetricOwnership,
    families: Vec<(String, FamilyState)>,
    age: Duration,
}

impl Application {
    /// An application at its baseline, of age zero. `limit` is the number of series that a metric may have.
    pub fn new(catalogue: &Catalogue, seed: u64, limit: usize) -> Self {
        let ownership = MetricOwnership::of(catalogue);
        let state = |family: &String| {
            let state = FamilyState::new(family, catalogue, seed, limit);
            (family.clone(), state)
        };
        Self {
            families: ownership.families().iter().map(state).collect(),
            ownership,
            age: Duration::ZERO,
        }
    }

    /// The time of the last step, since the start of the application.
    pub fn age(&self) -> Duration {
        self.age
    }

    /// Moves all families on to `now`, the time since the start of the application.
    pub fn step(&mut self, now: Duration) {
        for family in self.families_mut() {
            family.step(now);
        }
        self.age = now;
    }

    /// Appends all series as exposition text.
    pub fn write(&self, out: &mut String) {
        let families = self.families.iter();
        families.for_each(|(_, family)| family.write(out));
    }

    /// All families.
    pub fn families_mut(&mut self) -> impl Iterator<Item = &mut FamilyState> {
        self.families.iter_mut().map(|(_, family)| family)
    }

    /// The family of each metric, and the families by name.
    pub fn into_parts(self) -> (MetricOwnership, Vec<(String, FamilyState)>) {
        (self.ownership, self.families)
    }
}
