//! Which family's actor owns which metric: each metric has one, so that its series stand together in the exposition.

use std::collections::BTreeMap;

use super::{built_in, family::Family};
use crate::catalogue::Catalogue;

/// The families, and what they own of the catalogue's metrics.
#[derive(Debug, Clone)]
pub struct Owners {
    families: Vec<String>,
    of: BTreeMap<String, String>,
}

impl Owners {
    /// A built-in metric stays with its family; another one goes to the family of the first alert that names it. A flag is
    /// with the metric of its alert.
    pub fn of(catalogue: &Catalogue) -> Self {
        let mut families: Vec<_> = Family::ALL.iter().map(ToString::to_string).collect();
        let mut of: BTreeMap<String, String> = BTreeMap::new();
        for alert in &catalogue.alerts {
            if !families.contains(&alert.family) {
                families.push(alert.family.clone());
            }
            let owner = of.entry(alert.metric.clone()).or_insert_with(|| {
                let built_in = built_in::find(&alert.metric);
                built_in.map_or_else(|| alert.family.clone(), |found| found.family.to_string())
            });
            let owner = owner.clone();
            if let Some(flag) = &alert.flag {
                of.entry(flag.clone()).or_insert_with(|| {
                    built_in::find(flag).map_or(owner, |found| found.family.to_string())
                });
            }
        }
        Self { families, of }
    }

    /// All families: the built-in ones, then the catalogue's own in its order.
    pub fn families(&self) -> &[String] {
        &self.families
    }

    /// The family that owns a metric of the catalogue.
    pub fn family(&self, metric: &str) -> Option<&str> {
        self.of.get(metric).map(String::as_str)
    }

    /// The catalogue's metrics.
    pub fn metrics(&self) -> impl Iterator<Item = &str> {
        self.of.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_built_in_metric_stays_at_home_and_another_goes_to_who_names_it_first() {
        let alert = |name: &str, metric: &str, labels: &str| {
            format!(
                "[[alert]]\nname = \"{name}\"\nfamily = \"{name}\"\nexpr = \"{metric} > 90\"\ntrigger = 95\nlabels = {labels}\n"
            )
        };
        let text = [
            alert("shop", "cart_items", "{}"),
            alert("till", "cart_items", "{ a = \"b\" }"),
            alert("attic", "mock_disk_usage_percent", "{ device = \"x\" }")
                + "flag = \"attic_full\"\n",
        ];
        let catalogue = Catalogue::parse("mine.toml", &text.concat(), 1.0).unwrap();
        let owners = Owners::of(&catalogue);
        assert_eq!(owners.family("cart_items"), Some("shop"));
        assert_eq!(owners.family("mock_disk_usage_percent"), Some("disk"));
        assert_eq!(owners.family("attic_full"), Some("disk"));
        assert_eq!(owners.families()[6..], ["shop", "till", "attic"]);
    }
}
