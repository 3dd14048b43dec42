//! The states of a family's alerts: triggers, recoveries, flags, and whether conditions hold.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use alerting::Labels;

use super::lever_alerts::{driven_by_levers, lever_only};
use crate::{
    catalogue::{
        Alert, Catalogue,
        pattern::{Pattern, Recovery},
    },
    simulation::{
        alert_state::AlertState, change::Change, levers::Lever, metric_store::MetricStore,
        stimulus::Stimulus,
    },
};

/// What a flag does while its alert is driven.
const RAISED: Stimulus = Stimulus {
    pattern: Pattern::Hold { to: 1.0 },
    hold: None,
    recover: Recovery::AtOnce,
};

/// The alerts of a family, and those that its levers drive. Their series are in a [`MetricStore`].
#[derive(Debug)]
pub(super) struct FamilyAlerts {
    /// In the order of the catalogue.
    states: Vec<AlertState>,
    /// Built-in alerts that levers drive although the catalogue does not have them.
    lever_only: Vec<AlertState>,
    /// The alerts that are driven when a lever sets their flags.
    driven_by_levers: Vec<Arc<Alert>>,
}

impl FamilyAlerts {
    /// Only the alerts that levers drive. Those of the catalogue are added.
    pub(super) fn new(family: &str, catalogue: &Catalogue) -> Self {
        let lever_only = lever_only(family, catalogue);
        Self {
            states: Vec::new(),
            driven_by_levers: [driven_by_levers(family, catalogue), lever_only.clone()].concat(),
            lever_only: lever_only.iter().map(AlertState::of).collect(),
        }
    }

    /// Adds an alert of the catalogue.
    pub(super) fn add(&mut self, alert: &Arc<Alert>) {
        self.states.push(AlertState::of(alert));
    }

    /// The alerts of the catalogue, in its order.
    pub(super) fn states(&self) -> &[AlertState] {
        &self.states
    }

    /// The built-in alerts that only levers drive.
    pub(super) fn lever_only(&self) -> impl Iterator<Item = &Arc<Alert>> {
        self.lever_only.iter().map(AlertState::alert)
    }

    /// The position of an alert of the catalogue.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.states
            .iter()
            .position(|state| state.alert().name == name)
    }

    /// Stores where the series of each alert is. All series exist by now and stay where they are.
    pub(super) fn find_series(&mut self, metrics: &MetricStore) {
        for state in self.all_mut() {
            let alert = state.alert();
            state.series = metrics.index(&alert.metric, &alert.labels);
        }
    }

    /// Starts a stimulus of the alert at `index`. `None` when its series does not exist.
    pub(super) fn trigger(
        &mut self,
        metrics: &mut MetricStore,
        now: Duration,
        index: usize,
        stimulus: Stimulus,
    ) -> Option<()> {
        let alert = self.states[index].alert().clone();
        let series = metrics.get_mut(&alert.metric, &alert.labels)?;
        series.stimulate(stimulus, now);
        self.release(&alert.metric, &alert.labels);
        self.states[index].triggered(&stimulus);
        Some(())
    }

    /// Starts the recovery of the alert at `index`, and of all alerts that the same lever drives.
    pub(super) fn recover(
        &mut self,
        metrics: &mut MetricStore,
        now: Duration,
        index: usize,
    ) -> Option<()> {
        for alert in self.driven_together(&self.states[index]) {
            self.start_recovery(metrics, now, &alert, alert.recover)?;
        }
        Some(())
    }

    /// Forgets all triggers: every series is at its baseline.
    pub(super) fn reset(&mut self) {
        self.all_mut().for_each(AlertState::recovered);
    }

    /// Ends the claims of all alerts on a series that now does something else.
    pub(super) fn release(&mut self, metric: &str, labels: &Labels) {
        self.on_series(metric, labels)
            .for_each(AlertState::released);
    }

    /// Starts or ends the stimuli of the alerts whose flag `lever` sets. `own` are the labels of the lever's series. Setting
    /// a flag to 0 does not change an alert that is not driven.
    pub(super) fn apply_lever(
        &mut self,
        metrics: &mut MetricStore,
        now: Duration,
        (lever, own): (&Lever, &Labels),
        change: Change,
    ) {
        let alerts = self.driven_by_levers.iter();
        let flagged = alerts.filter(|alert| alert.flag.as_deref() == Some(lever.metric));
        for alert in flagged.cloned().collect::<Vec<_>>() {
            match change {
                Change::To(0.0) if !self.is_driven(&alert) => None,
                Change::To(0.0) => self.start_recovery(metrics, now, &alert, Recovery::AtOnce),
                _ => self.drive_by_lever(metrics, now, &alert, own),
            };
        }
    }

    /// Sets every flag to 1 while one of its alerts is driven, and to 0 afterwards.
    pub(super) fn update_flags(&mut self, metrics: &mut MetricStore, now: Duration) {
        let changed = |state: &&AlertState| state.is_driven() != state.is_flag_raised;
        if !self.all().any(|state| changed(&state)) {
            return;
        }
        let driven = self.all().filter(|state| state.is_driven());
        let raised: BTreeSet<_> = driven.flat_map(flags).collect();
        for state in self.all().filter(changed) {
            for (name, labels) in flags(state) {
                let Some(series) = metrics.get_mut(name, labels) else {
                    continue;
                };
                match (state.is_driven(), raised.contains(&(name, labels))) {
                    (true, _) => series.stimulate(RAISED, now),
                    (false, false) => series.recover(Recovery::AtOnce, now),
                    (false, true) => {}
                }
            }
        }
        for state in self.all_mut() {
            state.is_flag_raised = state.is_driven();
            state.lever_labels.take_if(|_| !state.is_flag_raised);
        }
    }

    /// Updates the condition of every alert from the value of its series at `now`.
    pub(super) fn evaluate(&mut self, metrics: &mut MetricStore, now: Duration) {
        // Before, since the series of an alert may be a flag; after, since a stimulus may have ended.
        self.update_flags(metrics, now);
        for state in self.all_mut() {
            if let Some(series) = state.series.and_then(|index| metrics.at(index)) {
                state.evaluate(series, now);
            }
        }
        self.update_flags(metrics, now);
    }

    fn all(&self) -> impl Iterator<Item = &AlertState> {
        self.states.iter().chain(&self.lever_only)
    }

    fn all_mut(&mut self) -> impl Iterator<Item = &mut AlertState> {
        self.states.iter_mut().chain(&mut self.lever_only)
    }

    fn on_series(
        &mut self,
        metric: &str,
        labels: &Labels,
    ) -> impl Iterator<Item = &mut AlertState> {
        self.all_mut()
            .filter(move |state| state.is_on_series(metric, labels))
    }

    fn is_driven(&mut self, alert: &Alert) -> bool {
        let mut sharing = self.on_series(&alert.metric, &alert.labels);
        sharing.any(|state| state.alert().flag == alert.flag && state.is_driven())
    }

    fn start_recovery(
        &mut self,
        metrics: &mut MetricStore,
        now: Duration,
        alert: &Alert,
        recovery: Recovery,
    ) -> Option<()> {
        let series = metrics.get_mut(&alert.metric, &alert.labels)?;
        series.recover(recovery, now);
        self.on_series(&alert.metric, &alert.labels)
            .for_each(AlertState::recovered);
        Some(())
    }

    fn drive_by_lever(
        &mut self,
        metrics: &mut MetricStore,
        now: Duration,
        alert: &Alert,
        own: &Labels,
    ) -> Option<()> {
        let stimulus = Stimulus::of(alert);
        let series = metrics.get_mut(&alert.metric, &alert.labels)?;
        series.stimulate(stimulus, now);
        self.release(&alert.metric, &alert.labels);
        let mut sharing = self.on_series(&alert.metric, &alert.labels);
        let flagged = sharing.find(|state| state.alert().flag == alert.flag)?;
        flagged.triggered(&stimulus);
        flagged.lever_labels = Some(own.clone());
        Some(())
    }

    /// The alerts that recover with one: all that the same lever drives, if a lever drives it.
    fn driven_together(&self, state: &AlertState) -> Vec<Arc<Alert>> {
        if state.lever_labels.is_none() {
            return vec![state.alert().clone()];
        }
        let flag = &state.alert().flag;
        let together = self.all().filter(|other| {
            other.alert().flag == *flag && other.lever_labels == state.lever_labels
        });
        together.map(|other| other.alert().clone()).collect()
    }
}

/// The series that are 1 while an alert is driven: its own flag, and that of the lever that drives it.
fn flags(state: &AlertState) -> impl Iterator<Item = (&str, &Labels)> {
    let alert = state.alert();
    let labels = [Some(&alert.labels), state.lever_labels.as_ref()];
    let flag = alert.flag.as_deref().into_iter();
    flag.flat_map(move |flag| {
        labels
            .into_iter()
            .flatten()
            .map(move |labels| (flag, labels))
    })
}
