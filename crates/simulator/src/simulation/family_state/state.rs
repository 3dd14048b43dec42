//! The series and alerts of one family. Pure: time is an argument.

use std::{fmt, time::Duration};

use alerting::Labels;
use prometheus_api::exposition::{metric_type::MetricType, write};

use super::alerts::FamilyAlerts;
use crate::{
    catalogue::Catalogue,
    simulation::{
        alert_state::AlertState,
        background_series::{self, BACKGROUND_SERIES},
        baseline::stream,
        baseline_series::baseline_series,
        change::Change,
        family::Family,
        levers::{LEVERS, Lever},
        metric_ownership::MetricOwnership,
        metric_store::{self, MetricStore},
        series::{Noise, Series},
        stimulus::Stimulus,
        traffic::{REQUESTS, Traffic},
    },
};

/// The series of a family, and its alerts in the order of the catalogue.
#[derive(Debug)]
pub struct FamilyState {
    limit: usize,
    /// The time of the last step.
    stepped: Duration,
    metrics: MetricStore,
    traffic: Option<Traffic>,
    alerts: FamilyAlerts,
}

/// A metric has as many series as `simulation.max_label_values` allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesLimitError {
    metric: &'static str,
    limit: usize,
}

impl fmt::Display for SeriesLimitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { metric, limit } = self;
        write!(
            f,
            "{metric} has {limit} label values, the limit (simulation.max_label_values): use one of them"
        )
    }
}

impl std::error::Error for SeriesLimitError {}

impl FamilyState {
    /// A family at its baseline. `limit` is the number of series that a metric may have, those of the baseline included.
    pub fn new(family: &str, catalogue: &Catalogue, seed: u64, limit: usize) -> Self {
        let mut state = Self {
            limit,
            stepped: Duration::ZERO,
            metrics: MetricStore::default(),
            traffic: (family == Family::Network.name()).then(|| Traffic::new(seed)),
            alerts: FamilyAlerts::new(family, catalogue),
        };
        state.add_built_in(family, seed);
        state.add_lever_only();
        state.add_alerts(family, catalogue, seed);
        state.alerts.find_series(&state.metrics);
        state.evaluate(Duration::ZERO);
        state
    }

    fn add_built_in(&mut self, family: &str, seed: u64) {
        let metrics = &mut self.metrics;
        for lever in LEVERS.iter().filter(|lever| lever.family.name() == family) {
            metrics.declare(lever.metric, lever.help, MetricType::of(lever.metric));
            for (values, value) in lever.baseline() {
                metrics.add(
                    lever.metric,
                    &lever.pairs(&values),
                    lever_series(lever, value),
                );
            }
        }
        let background = BACKGROUND_SERIES.iter();
        for row in background.filter(|row| row.family.name() == family) {
            let labels = write::labels(row.labels.iter().copied());
            let stream = stream(row.metric) ^ stream(&labels);
            let series = Series::new(row.model, Noise { seed, stream });
            metrics.declare(row.metric, row.help, MetricType::of(row.metric));
            metrics.add(row.metric, row.labels, series);
        }
    }

    /// The series of alerts that only levers drive exist with any catalogue.
    fn add_lever_only(&mut self) {
        for alert in self.alerts.lever_only() {
            if self.metrics.index(&alert.metric, &alert.labels).is_none() {
                let series = Series::constant(alert.baseline);
                self.metrics.add(&alert.metric, &alert.pairs(), series);
            }
        }
    }

    fn add_alerts(&mut self, family: &str, catalogue: &Catalogue, seed: u64) {
        let ownership = MetricOwnership::of(catalogue);
        let alerts = catalogue.alerts.iter();
        for alert in alerts.filter(|alert| ownership.family(&alert.metric) == Some(family)) {
            let metrics = &mut self.metrics;
            let pairs = alert.pairs();
            metrics.declare(&alert.metric, &alert.help, alert.kind);
            if background_series::find(&alert.metric, &alert.labels).is_none() {
                metrics.add(&alert.metric, &pairs, baseline_series(alert, seed));
            }
            if let Some(flag) = &alert.flag {
                let help = format!(
                    "Whether the alert {} is triggered (1) or not (0).",
                    alert.name
                );
                metrics.declare(flag, &help, MetricType::Gauge);
                metrics.add(flag, &pairs, Series::constant(0.0));
            }
            self.alerts.add(alert);
        }
    }

    /// The states of its alerts, in the order of the catalogue.
    pub fn alerts(&self) -> &[AlertState] {
        self.alerts.states()
    }

    /// Moves every series on to `now`, the time since the family began, and updates the alerts.
    pub fn step(&mut self, now: Duration) {
        self.advance(now);
        self.evaluate(now);
    }

    /// Applies a request to a lever, and returns the new value of the series.
    ///
    /// # Errors
    /// When the request would exceed the limit of series. Nothing changes then.
    pub fn apply(
        &mut self,
        now: Duration,
        lever: &'static Lever,
        values: &[String],
        change: Change,
    ) -> Result<f64, SeriesLimitError> {
        let pairs = lever.pairs(values);
        let labels = metric_store::to_labels(&pairs);
        self.ensure_series(lever, &pairs, &labels)?;
        self.advance(now);
        let own = (lever, &labels);
        self.alerts.apply_lever(&mut self.metrics, now, own, change);
        self.alerts.release(lever.metric, &labels);
        self.alerts.update_flags(&mut self.metrics, now);
        let series = self.metrics.get_mut(lever.metric, &labels);
        let series = series.expect("the series exists since `ensure_series`");
        series.apply(change);
        let value = series.value();
        self.evaluate(now);
        Ok(value)
    }

    /// Drives the series of an alert. `None` when the alert is not one of this family.
    pub fn trigger(
        &mut self,
        now: Duration,
        alert: &str,
        stimulus: Stimulus,
    ) -> Option<&AlertState> {
        let index = self.alerts.find(alert)?;
        self.advance(now);
        self.alerts
            .trigger(&mut self.metrics, now, index, stimulus)?;
        self.evaluate(now);
        self.alerts().get(index)
    }

    /// Brings the series of an alert back to its baseline, and with it every alert on that series. If a lever drives the
    /// alert, everything that the lever drives recovers too. `None` when the alert is not one of this family.
    pub fn recover(&mut self, now: Duration, alert: &str) -> Option<&AlertState> {
        let index = self.alerts.find(alert)?;
        self.advance(now);
        self.alerts.recover(&mut self.metrics, now, index)?;
        self.evaluate(now);
        self.alerts().get(index)
    }

    /// Like [`Self::recover`], but only while the series is driven for this alert.
    pub fn end_stimulus(&mut self, now: Duration, alert: &str) {
        let is_driven = |index: usize| self.alerts()[index].is_driven();
        if self.alerts.find(alert).is_some_and(is_driven) {
            self.recover(now, alert);
        }
    }

    /// Sets every series to its baseline at once. Counters keep their counts.
    pub fn reset(&mut self, now: Duration) {
        self.advance(now);
        self.metrics.reset(now);
        self.alerts.reset();
        self.evaluate(now);
    }

    /// Appends all series as exposition text.
    pub fn write(&self, out: &mut String) {
        self.metrics.write(out, REQUESTS);
        if let Some(traffic) = &self.traffic {
            traffic.write_requests(out);
            self.metrics.write_samples(out, REQUESTS);
            traffic.write_durations(out);
        }
    }

    fn advance(&mut self, now: Duration) {
        let before = self.stepped;
        self.metrics.step(before, now);
        if let Some(traffic) = &mut self.traffic {
            traffic.step(before, now);
        }
        self.stepped = now;
    }

    fn evaluate(&mut self, now: Duration) {
        self.alerts.evaluate(&mut self.metrics, now);
    }

    fn ensure_series(
        &mut self,
        lever: &'static Lever,
        pairs: &[(&str, &str)],
        labels: &Labels,
    ) -> Result<(), SeriesLimitError> {
        if self.metrics.index(lever.metric, labels).is_some() {
            return Ok(());
        }
        if self.metrics.count(lever.metric) >= self.limit {
            return Err(SeriesLimitError {
                metric: lever.metric,
                limit: self.limit,
            });
        }
        let series = lever_series(lever, 0.0);
        self.metrics.add_until_reset(lever.metric, pairs, series);
        Ok(())
    }
}

/// A series that changes only by requests.
fn lever_series(lever: &Lever, value: f64) -> Series {
    match MetricType::of(lever.metric) {
        MetricType::Counter => Series::event_counter(value),
        _ => Series::constant(value),
    }
}
