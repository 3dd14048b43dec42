//! The family of each metric. All series of a metric belong to one family, so that they are together in the exposition.

use std::collections::BTreeMap;

use super::{built_in_metrics, family::Family};
use crate::catalogue::Catalogue;

/// All families, and the family of each metric of a catalogue.
#[derive(Debug, Clone)]
pub struct MetricOwnership {
    families: Vec<String>,
    by_metric: BTreeMap<String, String>,
}

impl MetricOwnership {
    /// A built-in metric keeps its family. Any other metric belongs to the family of the first alert that names it, and a
    /// flag to the family of its alert's metric.
    pub fn of(catalogue: &Catalogue) -> Self {
        let mut families: Vec<_> = Family::ALL.iter().map(ToString::to_string).collect();
        let mut by_metric: BTreeMap<String, String> = BTreeMap::new();
        for alert in &catalogue.alerts {
            if !families.contains(&alert.family) {
                families.push(alert.family.clone());
            }
            let owner = by_metric.entry(alert.metric.clone()).or_insert_with(|| {
                let built_in = built_in_metrics::find(&alert.metric);
                built_in.map_or_else(|| alert.family.clone(), |found| found.family.to_string())
            });
            let owner = owner.clone();
            if let Some(flag) = &alert.flag {
                by_metric.entry(flag.clone()).or_insert_with(|| {
                    built_in_metrics::find(flag).map_or(owner, |found| found.family.to_string())
                });
            }
        }
        Self {
            families,
            by_metric,
        }
    }

    /// All families: the built-in ones, then the catalogue's own in its order.
    pub fn families(&self) -> &[String] {
        &self.families
    }

    /// The family that owns a metric of the catalogue.
    pub fn family(&self, metric: &str) -> Option<&str> {
        self.by_metric.get(metric).map(String::as_str)
    }

    /// The catalogue's metrics.
    pub fn metrics(&self) -> impl Iterator<Item = &str> {
        self.by_metric.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::CheckedCatalogue;

    #[test]
    fn a_built_in_metric_keeps_its_family_and_another_has_that_of_its_first_alert() {
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
        let catalogue = CheckedCatalogue::parse("mine.toml", &text.concat(), 1.0).unwrap();
        let ownership = MetricOwnership::of(&catalogue);
        assert_eq!(ownership.family("cart_items"), Some("shop"));
        assert_eq!(ownership.family("mock_disk_usage_percent"), Some("disk"));
        assert_eq!(ownership.family("attic_full"), Some("disk"));
        assert_eq!(ownership.families()[6..], ["shop", "till", "attic"]);
    }
}
