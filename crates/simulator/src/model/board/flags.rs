//! The flags on a [`Board`]: each is 1 while its alert is driven, and the lever that sets it drives the alert.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use alerting::Labels;

use super::Board;
use crate::{
    catalogue::{Alert, Catalogue},
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

/// The alerts of the catalogue that levers of this family drive by their flags: of each flag of the built-in catalogue
/// one that carries it (the one on the same metric first, then the one with the same labels).
pub(super) fn carriers(family: &str, catalogue: &Catalogue) -> Vec<Arc<Alert>> {
    let carrier = |built_in: Arc<Alert>| {
        let other = |alert: &Arc<Alert>| {
            let other_metric = alert.metric != built_in.metric;
            (other_metric, alert.labels != built_in.labels)
        };
        let nearest = carrying(catalogue, &built_in).min_by_key(|alert| other(alert));
        nearest.cloned()
    };
    flagged(family, catalogue).filter_map(carrier).collect()
}

/// The built-in alerts that the levers drive beside them: their metrics are to move whatever the catalogue says, unless
/// one of its own moves them.
pub(super) fn beside(family: &str, catalogue: &Catalogue) -> Vec<Arc<Alert>> {
    let moves_by_another = |built_in: &Arc<Alert>| {
        let mut carrying = carrying(catalogue, built_in);
        carrying.any(|alert| alert.metric == built_in.metric)
    };
    let flagged = flagged(family, catalogue);
    flagged.filter(|alert| !moves_by_another(alert)).collect()
}

fn flagged(family: &str, catalogue: &Catalogue) -> impl Iterator<Item = Arc<Alert>> {
    let built_in = catalogue.built_in_flagged().into_iter();
    built_in.filter(move |alert| alert.family == family)
}

fn carrying<'c>(
    catalogue: &'c Catalogue,
    built_in: &Alert,
) -> impl Iterator<Item = &'c Arc<Alert>> {
    let alerts = catalogue.alerts.iter();
    alerts.filter(move |alert| alert.flag == built_in.flag)
}

impl Board {
    /// Starts or ends the drives of the alerts whose flag the lever sets, if it sets one; `own` are the labels of the
    /// lever's own series. What is not driven stays as it is: somebody may have set it.
    pub(super) fn pull(&mut self, now: Duration, lever: &Lever, own: &Labels, change: Change) {
        let alerts = self.driven_by_levers.iter();
        let pulled = alerts.filter(|alert| alert.flag.as_deref() == Some(lever.metric));
        for alert in pulled.cloned().collect::<Vec<_>>() {
            match change {
                Change::To(0.0) if !self.is_driven(&alert) => None,
                Change::To(0.0) => self.calm_down(now, &alert, Recovery::AtOnce),
                _ => self.drive_by_lever(now, &alert, own),
            };
        }
    }

    fn is_driven(&mut self, alert: &Alert) -> bool {
        let mut sharing = self.on(&alert.metric, &alert.labels);
        sharing.any(|of| of.alert().flag == alert.flag && of.is_driven())
    }

    fn drive_by_lever(&mut self, now: Duration, alert: &Alert, own: &Labels) -> Option<()> {
        let drive = alert.drive();
        let series = self.metrics.get_mut(&alert.metric, &alert.labels)?;
        series.drive(drive, now);
        self.let_go(&alert.metric, &alert.labels);
        let mut sharing = self.on(&alert.metric, &alert.labels);
        let flagged = sharing.find(|of| of.alert().flag == alert.flag)?;
        flagged.triggered(&drive);
        flagged.pulled = Some(own.clone());
        Some(())
    }

    /// The alerts that recover with one: all that the same lever drives, if one does.
    pub(super) fn pulled_with(&self, rehearsal: &Rehearsal) -> Vec<Arc<Alert>> {
        if rehearsal.pulled.is_none() {
            return vec![rehearsal.alert().clone()];
        }
        let flag = &rehearsal.alert().flag;
        let all = self.rehearsals.iter().chain(&self.beside);
        let together = all.filter(|of| of.alert().flag == *flag && of.pulled == rehearsal.pulled);
        together.map(|of| of.alert().clone()).collect()
    }

    /// Makes every flag 1 while an alert of its own is driven, and 0 when the last one is no longer.
    pub(super) fn raise_flags(&mut self, now: Duration) {
        let changed = |rehearsal: &&Rehearsal| rehearsal.is_driven() != rehearsal.flagged;
        let all = || self.rehearsals.iter().chain(&self.beside);
        if !all().any(|of| changed(&of)) {
            return;
        }
        let driven = all().filter(|of| of.is_driven());
        let up: BTreeSet<_> = driven.flat_map(flags).collect();
        for rehearsal in all().filter(changed) {
            for (name, labels) in flags(rehearsal) {
                let Some(series) = self.metrics.get_mut(name, labels) else {
                    continue;
                };
                match (rehearsal.is_driven(), up.contains(&(name, labels))) {
                    (true, _) => series.drive(RAISED, now),
                    (false, false) => series.recover(Recovery::AtOnce, now),
                    (false, true) => {}
                }
            }
        }
        for rehearsal in self.rehearsals.iter_mut().chain(&mut self.beside) {
            rehearsal.flagged = rehearsal.is_driven();
            rehearsal.pulled.take_if(|_| !rehearsal.flagged);
        }
    }
}

/// The series that tell that an alert is driven: its own flag, and that of the lever that drives it.
fn flags(rehearsal: &Rehearsal) -> impl Iterator<Item = (&str, &Labels)> {
    let alert = rehearsal.alert();
    let labels = [Some(&alert.labels), rehearsal.pulled.as_ref()];
    let flag = alert.flag.as_deref().into_iter();
    flag.flat_map(move |flag| {
        labels
            .into_iter()
            .flatten()
            .map(move |labels| (flag, labels))
    })
}

#[cfg(test)]
#[path = "flags_tests.rs"]
mod tests;
