//! The flags on a [`Board`]: each is 1 while its alert is driven, and the lever that sets it drives the alert.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use super::Board;
use crate::mock::{
    catalogue::{Alert, Catalogue, Labels},
    model::{
        change::Change,
        drive::Drive,
        levers::Lever,
        pattern::{Pattern, Recovery},
        rehearsal::Rehearsal,
    },
};

/// A flag while its alert is driven.
const RAISED: Drive = Drive {
    pattern: Pattern::Hold { to: 1.0 },
    hold: None,
    recover: Recovery::AtOnce,
};

/// The alerts that levers of this family drive by their flags: of each flag of the built-in catalogue, the alert that
/// carries it in this one (the one with the same labels first), or else the built-in one.
pub(super) fn driven_by_levers(family: &str, catalogue: &Catalogue) -> Vec<Arc<Alert>> {
    let built_in = catalogue.built_in_flagged().into_iter();
    let ours = built_in.filter(|alert| alert.family == family);
    let carried = |built_in: Arc<Alert>| {
        let alerts = catalogue.alerts.iter();
        let carrying = alerts.filter(|alert| alert.flag == built_in.flag);
        let nearest = carrying.min_by_key(|alert| alert.labels != built_in.labels);
        nearest.cloned().unwrap_or(built_in)
    };
    ours.map(carried).collect()
}

impl Board {
    /// Starts or ends the drive of the alert whose flag the lever sets, if it sets one.
    pub(super) fn pull(&mut self, now: Duration, lever: &Lever, change: Change) {
        let mut alerts = self.driven_by_levers.iter();
        let carries = |alert: &&Arc<Alert>| alert.flag.as_deref() == Some(lever.metric);
        let Some(alert) = alerts.find(carries).cloned() else {
            return;
        };
        let Some(series) = self.metrics.get_mut(&alert.metric, &alert.labels) else {
            return;
        };
        if change == Change::To(0.0) {
            series.recover(Recovery::AtOnce, now);
            self.recovered(&alert.metric, &alert.labels);
            return;
        }
        let drive = alert.drive();
        series.drive(drive, now);
        self.let_go(&alert.metric, &alert.labels);
        let mut sharing = self.on(&alert.metric, &alert.labels);
        if let Some(flagged) = sharing.find(|of| of.alert().flag == alert.flag) {
            flagged.triggered(&drive);
        }
    }

    /// Makes every flag 1 while an alert of its own is driven, and 0 when the last one is no longer.
    pub(super) fn raise_flags(&mut self, now: Duration) {
        let changed = |rehearsal: &Rehearsal| rehearsal.is_driven() != rehearsal.flagged;
        if !self.rehearsals.iter().any(changed) {
            return;
        }
        let driven = self.rehearsals.iter().filter(|of| of.is_driven());
        let up: BTreeSet<_> = driven.filter_map(flag).collect();
        for rehearsal in &self.rehearsals {
            let Some((name, labels)) = flag(rehearsal).filter(|_| changed(rehearsal)) else {
                continue;
            };
            let Some(series) = self.metrics.get_mut(name, labels) else {
                continue;
            };
            match (rehearsal.is_driven(), up.contains(&(name, labels))) {
                (true, _) => series.drive(RAISED, now),
                (false, false) => series.recover(Recovery::AtOnce, now),
                (false, true) => {}
            }
        }
        for rehearsal in &mut self.rehearsals {
            rehearsal.flagged = rehearsal.is_driven();
        }
    }
}

fn flag(rehearsal: &Rehearsal) -> Option<(&str, &Labels)> {
    let alert = rehearsal.alert();
    alert.flag.as_deref().map(|flag| (flag, &alert.labels))
}

#[cfg(test)]
#[path = "flags_tests.rs"]
mod tests;
