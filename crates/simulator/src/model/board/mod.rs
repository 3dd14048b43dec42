//! All series of one family, and the alerts on them: what an actor owns. Pure: time is an argument.

mod alerts;
mod flags;

use std::{fmt, sync::Arc, time::Duration};

use alerting::Labels;

use super::{
    calm::stream,
    change::Change,
    exposition::{self, Kind},
    family::Family,
    levers::{LEVERS, Lever},
    metrics::{self, Metrics},
    moving::{self, MOVING},
    owners::Owners,
    rehearsal::Rehearsal,
    series::{Noise, Series},
    traffic::{REQUESTS, Traffic},
};
use crate::catalogue::{Alert, Catalogue};

/// The series of a family and its alerts, in the order of the catalogue.
#[derive(Debug)]
pub struct Board {
    limit: usize,
    /// Up to when the series have moved.
    stepped: Duration,
    metrics: Metrics,
    traffic: Option<Traffic>,
    rehearsals: Vec<Rehearsal>,
    /// Built-in alerts that the catalogue has not, and levers drive all the same.
    beside: Vec<Rehearsal>,
    /// The alerts that are driven when a lever sets their flags.
    driven_by_levers: Vec<Arc<Alert>>,
}

/// A metric has as many series as `simulation.max_label_values` allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricFull {
    metric: &'static str,
    limit: usize,
}

impl fmt::Display for MetricFull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { metric, limit } = self;
        write!(
            f,
            "{metric} has {limit} label values, the limit (simulation.max_label_values): use one of them"
        )
    }
}

impl std::error::Error for MetricFull {}

impl Board {
    /// The calm baseline. `limit` is the number of series that a metric may have, the baseline's included.
    pub fn new(family: &str, catalogue: &Catalogue, seed: u64, limit: usize) -> Self {
        let beside = flags::beside(family, catalogue);
        let mut board = Self {
            limit,
            stepped: Duration::ZERO,
            metrics: Metrics::default(),
            traffic: (family == Family::Network.name()).then(|| Traffic::new(seed)),
            rehearsals: Vec::new(),
            beside: beside.iter().map(Rehearsal::of).collect(),
            driven_by_levers: [flags::carriers(family, catalogue), beside].concat(),
        };
        board.put_built_in(family, seed);
        board.put_beside();
        board.put_alerts(family, catalogue, seed);
        board.find_places();
        board.judge(Duration::ZERO);
        board
    }

    fn put_built_in(&mut self, family: &str, seed: u64) {
        let metrics = &mut self.metrics;
        for lever in LEVERS.iter().filter(|lever| lever.family.name() == family) {
            metrics.declare(lever.metric, lever.help, Kind::of(lever.metric));
            for (values, value) in lever.baseline() {
                metrics.put(lever.metric, &lever.pairs(&values), when_told(lever, value));
            }
        }
        for moving in MOVING
            .iter()
            .filter(|moving| moving.family.name() == family)
        {
            let labels = exposition::labels(moving.labels.iter().copied());
            let stream = stream(moving.metric) ^ stream(&labels);
            let series = Series::new(moving.motion, Noise { seed, stream });
            metrics.declare(moving.metric, moving.help, Kind::of(moving.metric));
            metrics.put(moving.metric, moving.labels, series);
        }
    }

    /// What a lever moves beside its own series exists whatever the catalogue says.
    fn put_beside(&mut self) {
        for alert in self.beside.iter().map(Rehearsal::alert) {
            if self.metrics.place(&alert.metric, &alert.labels).is_none() {
                let series = Series::still(alert.baseline);
                self.metrics.put(&alert.metric, &alert.pairs(), series);
            }
        }
    }

    fn put_alerts(&mut self, family: &str, catalogue: &Catalogue, seed: u64) {
        let owners = Owners::of(catalogue);
        let ours = catalogue.alerts.iter();
        for alert in ours.filter(|alert| owners.family(&alert.metric) == Some(family)) {
            let metrics = &mut self.metrics;
            let pairs = alert.pairs();
            metrics.declare(&alert.metric, &alert.help, alert.kind);
            if moving::find(&alert.metric, &alert.labels).is_none() {
                metrics.put(&alert.metric, &pairs, alert.at_rest(seed));
            }
            if let Some(flag) = &alert.flag {
                let help = format!(
                    "Whether the alert {} is triggered (1) or not (0).",
                    alert.name
                );
                metrics.declare(flag, &help, Kind::Gauge);
                metrics.put(flag, &pairs, Series::still(0.0));
            }
            self.rehearsals.push(Rehearsal::of(alert));
        }
    }

    /// Tells every alert where its series is, which has been put there by now: no beat has to look for it.
    fn find_places(&mut self) {
        for rehearsal in self.rehearsals.iter_mut().chain(&mut self.beside) {
            let alert = rehearsal.alert();
            rehearsal.place = self.metrics.place(&alert.metric, &alert.labels);
        }
    }

    /// Moves every series on to `now`, measured from the board's start, and judges the alerts.
    pub fn step(&mut self, now: Duration) {
        self.advance(now);
        self.judge(now);
    }

    /// Moves every series on.
    fn advance(&mut self, now: Duration) {
        let before = self.stepped;
        self.metrics.step(before, now);
        if let Some(traffic) = &mut self.traffic {
            traffic.step(before, now);
        }
        self.stepped = now;
    }

    /// Does what a request asks and gives the value that the series has then.
    ///
    /// # Errors
    /// When this would be one series too many; nothing is changed.
    pub fn apply(
        &mut self,
        now: Duration,
        lever: &'static Lever,
        values: &[String],
        change: Change,
    ) -> Result<f64, MetricFull> {
        let pairs = lever.pairs(values);
        let labels = metrics::by_name(&pairs);
        self.admit(lever, &pairs, &labels)?;
        self.advance(now);
        self.pull(now, lever, &labels, change);
        self.let_go(lever.metric, &labels);
        self.raise_flags(now);
        let series = self.metrics.get_mut(lever.metric, &labels);
        let series = series.expect("the series has been admitted");
        series.apply(change);
        let value = series.value();
        self.judge(now);
        Ok(value)
    }

    /// Makes sure that the series exists.
    fn admit(
        &mut self,
        lever: &'static Lever,
        pairs: &[(&str, &str)],
        labels: &Labels,
    ) -> Result<(), MetricFull> {
        if self.metrics.place(lever.metric, labels).is_some() {
            return Ok(());
        }
        if self.metrics.count(lever.metric) >= self.limit {
            return Err(MetricFull {
                metric: lever.metric,
                limit: self.limit,
            });
        }
        let series = when_told(lever, 0.0);
        self.metrics.put_for_now(lever.metric, pairs, series);
        Ok(())
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
}

fn when_told(lever: &Lever, value: f64) -> Series {
    match Kind::of(lever.metric) {
        Kind::Counter => Series::tally(value),
        _ => Series::still(value),
    }
}

#[cfg(test)]
#[path = "board_tests.rs"]
mod tests;
