//! What a [`Board`] does for its alerts: triggers and recovers them, judges their conditions.

use std::time::Duration;

use alerting::Labels;

use super::Board;
use crate::{
    catalogue::Alert,
    model::{drive::Drive, pattern::Recovery, rehearsal::Rehearsal},
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

    /// Brings the series of an alert back to the baseline, and so every alert on that series; if a lever drives it, what
    /// else that lever drives comes back too. `None` when the alert is not one of its own.
    pub fn recover(&mut self, now: Duration, alert: &str) -> Option<&Rehearsal> {
        let index = self.find(alert)?;
        self.advance(now);
        for alert in self.pulled_with(&self.rehearsals[index]) {
            self.calm_down(now, &alert, alert.recover)?;
        }
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
        let all = self.rehearsals.iter_mut().chain(&mut self.beside);
        all.for_each(Rehearsal::recovered);
        self.judge(now);
    }

    /// A series does something else than what its alerts have asked.
    pub(super) fn let_go(&mut self, metric: &str, labels: &Labels) {
        self.on(metric, labels).for_each(Rehearsal::let_go);
    }

    /// Brings the series of an alert back, in that way. `None` when there is no such series.
    pub(super) fn calm_down(
        &mut self,
        now: Duration,
        alert: &Alert,
        recovery: Recovery,
    ) -> Option<()> {
        let series = self.metrics.get_mut(&alert.metric, &alert.labels)?;
        series.recover(recovery, now);
        self.on(&alert.metric, &alert.labels)
            .for_each(Rehearsal::recovered);
        Some(())
    }

    /// The alerts on a series.
    pub(super) fn on(
        &mut self,
        metric: &str,
        labels: &Labels,
    ) -> impl Iterator<Item = &mut Rehearsal> {
        let all = self.rehearsals.iter_mut().chain(&mut self.beside);
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
        for rehearsal in self.rehearsals.iter_mut().chain(&mut self.beside) {
            if let Some(series) = rehearsal.place.and_then(|place| self.metrics.at(place)) {
                rehearsal.judge(series, now);
            }
        }
        self.raise_flags(now);
    }
}

#[cfg(test)]
#[path = "alerts_tests.rs"]
mod tests;
