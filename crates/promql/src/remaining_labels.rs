//! Which labels of its series a part of an expression keeps. Two parts of one series match only where these agree.

use std::collections::BTreeSet;

use promql_parser::parser::{BinModifier, LabelModifier, VectorMatchCardinality};

/// The labels of the series that a part of the expression keeps.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum RemainingLabels {
    /// All except these.
    AllBut(BTreeSet<String>),
    /// Only these.
    Only(BTreeSet<String>),
}

impl RemainingLabels {
    /// All labels of the series.
    pub(super) fn all() -> Self {
        Self::AllBut(BTreeSet::new())
    }

    /// The labels that remain after an aggregation.
    pub(super) fn aggregated(self, modifier: Option<&LabelModifier>) -> Self {
        match modifier {
            None => Self::Only(BTreeSet::new()),
            Some(LabelModifier::Include(by)) => self.only(&by.labels),
            Some(LabelModifier::Exclude(without)) => self.without(&without.labels),
        }
    }

    /// The labels that remain after a binary operation on two parts of one series. `None` when it is not certain that the
    /// two sides match.
    pub(super) fn matched(self, right: Self, modifier: Option<&BinModifier>) -> Option<Self> {
        let matching = modifier.and_then(|m| m.matching.as_ref());
        if !self.agrees(&right, matching) {
            return None;
        }
        Some(match modifier.map(|m| &m.card) {
            None => self,
            Some(VectorMatchCardinality::OneToMany(_)) => right,
            Some(VectorMatchCardinality::ManyToOne(_) | VectorMatchCardinality::ManyToMany) => self,
            Some(VectorMatchCardinality::OneToOne) => match matching {
                None => self,
                Some(LabelModifier::Include(on)) => self.only(&on.labels),
                Some(LabelModifier::Exclude(ignoring)) => self.without(&ignoring.labels),
            },
        })
    }

    fn agrees(&self, other: &Self, matching: Option<&LabelModifier>) -> bool {
        let ignored: &[String] = match matching {
            Some(LabelModifier::Include(on)) => {
                return on.labels.iter().all(|l| self.has(l) == other.has(l));
            }
            Some(LabelModifier::Exclude(ignoring)) => &ignoring.labels,
            None => &[],
        };
        match (self, other) {
            (Self::AllBut(a), Self::AllBut(b)) | (Self::Only(a), Self::Only(b)) => {
                a.symmetric_difference(b).all(|l| ignored.contains(l))
            }
            _ => false,
        }
    }

    /// Whether `label` is among them.
    pub(super) fn has(&self, label: &str) -> bool {
        match self {
            Self::AllBut(gone) => !gone.contains(label),
            Self::Only(left) => left.contains(label),
        }
    }

    fn only(self, labels: &[String]) -> Self {
        Self::Only(labels.iter().filter(|l| self.has(l)).cloned().collect())
    }

    fn without(self, labels: &[String]) -> Self {
        match self {
            Self::AllBut(mut gone) => {
                gone.extend(labels.iter().cloned());
                Self::AllBut(gone)
            }
            Self::Only(mut left) => {
                left.retain(|l| !labels.contains(l));
                Self::Only(left)
            }
        }
    }
}
