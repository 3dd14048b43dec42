//! The alerts and scenarios of one file.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use alerting::rule_file::Group;

use super::{alert::Alert, scenario::Scenario, timing::Timing};

/// All alerts and scenarios of one file.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// The time scale, and the scrape interval at it.
    pub timing: Timing,
    /// In the order of the file.
    pub alerts: Vec<Arc<Alert>>,
    /// In the order of the file.
    pub scenarios: Vec<Arc<Scenario>>,
    positions: HashMap<String, usize>,
}

impl Catalogue {
    /// A catalogue of these alerts and scenarios, in the order of their file.
    pub fn new(timing: Timing, alerts: Vec<Arc<Alert>>, scenarios: Vec<Arc<Scenario>>) -> Self {
        // Reversed, so that the first of several equal names wins.
        let names = alerts.iter().enumerate().rev();
        let positions = names.map(|(at, alert)| (alert.name.clone(), at)).collect();
        Self {
            timing,
            alerts,
            scenarios,
            positions,
        }
    }

    /// The index of the alert of that name in [`Self::alerts`].
    pub fn position(&self, name: &str) -> Option<usize> {
        self.positions.get(name).copied()
    }

    /// The alert of that name.
    pub fn alert(&self, name: &str) -> Option<&Arc<Alert>> {
        self.alerts.get(self.position(name)?)
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

    /// The alert rules, a group per family.
    pub fn rule_groups(&self) -> Vec<Group> {
        let group = |family: &str| {
            let alerts = self.alerts.iter().filter(|alert| alert.family == family);
            Group {
                name: family.to_owned(),
                rules: alerts.map(|alert| alert.rule()).collect(),
            }
        };
        self.families().into_iter().map(group).collect()
    }
}
