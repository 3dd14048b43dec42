//! What a [`Board`] does for its alerts: triggers and recovers them, keeps their flags, judges their conditions.

use std::{collections::BTreeSet, time::Duration};

use super::Board;
use crate::mock::{
    catalogue::Labels,
    model::{
        change::Change,
        drive::Drive,
        levers::Driven,
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

impl Board {
    /// Its alerts, in the order of the catalogue.
    pub fn rehearsals(&self) -> &[Rehearsal] {
        &self.rehearsals
    }

    /// Drives the series of an alert. `None` when the alert is not one of its own.
    pub fn trigger(&mut self, now: Duration, alert: &str, drive: Drive) -> Option<&Rehearsal> {
        let index = self.find(alert)?;
        self.advance(now);
        let alert = self.rehearsals[index].alert().clone();
        self.metrics
            .get_mut(&alert.metric, &alert.labels)?
            .drive(drive, now);
        self.let_go(&alert.metric, &alert.labels);
        self.rehearsals[index].triggered(&drive);
        self.judge(now);
        self.rehearsals.get(index)
    }

    /// Brings the series of an alert back to the baseline, and so every alert on that series. `None` when the alert is not
    /// one of its own.
    pub fn recover(&mut self, now: Duration, alert: &str) -> Option<&Rehearsal> {
        let index = self.find(alert)?;
        self.advance(now);
        let alert = self.rehearsals[index].alert().clone();
        let series = self.metrics.get_mut(&alert.metric, &alert.labels)?;
        series.recover(alert.recover, now);
        self.recovered(&alert.metric, &alert.labels);
        self.judge(now);
        self.rehearsals.get(index)
    }

    /// The same, but only while the series is driven for this alert.
    pub fn end_drive(&mut self, now: Duration, alert: &str) {
        let is_own = |index: usize| self.rehearsals[index].is_driven();
        if self.find(alert).is_some_and(is_own) {
            self.recover(now, alert);
        }
    }

    /// Everything back at the baseline at once. Counters keep what they have counted.
    pub fn reset(&mut self, now: Duration) {
        self.advance(now);
        self.metrics.reset(now);
        for rehearsal in &mut self.rehearsals {
            rehearsal.recovered();
        }
        self.judge(now);
    }

    /// Does what a flag of the table does elsewhere: starts or ends what it is the flag of.
    pub(super) fn pull(
        &mut self,
        now: Duration,
        flag: &str,
        driven: Driven,
        labels: &Labels,
        change: Change,
    ) {
        let Some(series) = self.metrics.get_mut(driven.metric, labels) else {
            return;
        };
        if change == Change::To(0.0) {
            series.recover(Recovery::AtOnce, now);
            self.recovered(driven.metric, labels);
            return;
        }
        let drive = Drive {
            pattern: driven.pattern,
            hold: None,
            recover: Recovery::AtOnce,
        };
        series.drive(drive, now);
        self.let_go(driven.metric, labels);
        let flagged = self.rehearsals.iter_mut().find(|rehearsal| {
            rehearsal.shares_series(driven.metric, labels)
                && rehearsal.alert().flag.as_deref() == Some(flag)
        });
        if let Some(rehearsal) = flagged {
            rehearsal.triggered(&drive);
        }
    }

    /// A series does something else than what its alerts have asked.
    pub(super) fn let_go(&mut self, metric: &str, labels: &Labels) {
        self.on(metric, labels).for_each(Rehearsal::let_go);
    }

    fn recovered(&mut self, metric: &str, labels: &Labels) {
        self.on(metric, labels).for_each(Rehearsal::recovered);
    }

    /// The alerts on a series.
    fn on(&mut self, metric: &str, labels: &Labels) -> impl Iterator<Item = &mut Rehearsal> {
        let all = self.rehearsals.iter_mut();
        all.filter(move |rehearsal| rehearsal.shares_series(metric, labels))
    }

    fn find(&self, alert: &str) -> Option<usize> {
        let is = |rehearsal: &Rehearsal| rehearsal.alert().name == alert;
        self.rehearsals.iter().position(is)
    }

    /// Judges every alert by what its series is at `now`.
    pub(super) fn judge(&mut self, now: Duration) {
        // Before the verdict, which a flag may be the series of; after it, since a drive may have ended.
        self.raise_flags(now);
        for rehearsal in &mut self.rehearsals {
            let alert = rehearsal.alert();
            if let Some(series) = self.metrics.get(&alert.metric, &alert.labels) {
                rehearsal.judge(series, now);
            }
        }
        self.raise_flags(now);
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
#[path = "alerts_tests.rs"]
mod tests;
