//! The state of one alert: what was requested of it, and whether its condition holds, evaluated as Prometheus would. Pure:
//! time is an argument.

use std::{fmt, sync::Arc, time::Duration};

use alerting::Labels;
use promql::{Expression, Predictor, SeriesRef};

use super::{
    metric_store::SeriesIndex, playback::Phase, sample_history::SampleHistory, series::Series,
    stimulus::Stimulus,
};
use crate::catalogue::Alert;

/// Whether the condition of an alert holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// It does not hold, and no trigger is active.
    Calm,
    /// It was triggered, and does not hold yet.
    Rising,
    /// It holds, for whatever reason.
    Active,
    /// The series goes back to its baseline. The condition may still hold.
    Recovering,
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Calm => "calm",
            Self::Rising => "rising",
            Self::Active => "active",
            Self::Recovering => "recovering",
        })
    }
}

#[derive(Debug, Clone, Copy)]
enum Request {
    None,
    Trigger {
        /// Whether the pattern ends by itself.
        ends: bool,
        /// Whether the condition has held since.
        held: bool,
    },
    Recovery,
}

/// An alert, its condition, and what was last requested of it.
#[derive(Debug)]
pub struct AlertState {
    alert: Arc<Alert>,
    /// `None` where one series is not enough for the expression. A trigger counts as the condition then.
    predictor: Option<Predictor>,
    /// Evaluates what the expression compares with a number.
    compared: Option<Predictor>,
    history: SampleHistory,
    request: Request,
    condition: Condition,
    since: Duration,
    value: f64,
    /// The series in the store of its family.
    pub(super) series: Option<SeriesIndex>,
    /// Whether its flag is 1.
    pub(super) is_flag_raised: bool,
    /// The labels of the lever's series, while a lever drives the alert.
    pub(super) lever_labels: Option<Labels>,
}

impl AlertState {
    /// An alert without requests, at time zero.
    pub fn of(alert: &Arc<Alert>) -> Self {
        let subject = SeriesRef {
            metric: &alert.metric,
            labels: &alert.labels,
        };
        let expression = Expression::parse(&alert.expr).ok();
        let of = |expression: &Expression| {
            let predictor = expression.predictor(&subject).ok();
            predictor.filter(|_| alert.aggregated_with.is_none())
        };
        let predictor = expression.as_ref().and_then(of);
        let comparison = expression.as_ref().and_then(Expression::comparison);
        let compared = comparison.and_then(|(compared, _)| of(&compared));
        let lookback = predictor
            .as_ref()
            .map(Predictor::lookback)
            .unwrap_or_default();
        Self {
            alert: alert.clone(),
            predictor,
            compared,
            history: SampleHistory::of(lookback),
            request: Request::None,
            condition: Condition::Calm,
            since: Duration::ZERO,
            value: 0.0,
            series: None,
            is_flag_raised: false,
            lever_labels: None,
        }
    }

    /// The alert.
    pub fn alert(&self) -> &Arc<Alert> {
        &self.alert
    }

    /// Whether its condition holds.
    pub fn condition(&self) -> Condition {
        self.condition
    }

    /// The time of the last change of the condition.
    pub fn since(&self) -> Duration {
        self.since
    }

    /// The value of its series.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// What its expression compares with a number, at the last step: the rate of `rate(…) > 0.9`. `None` where the expression
    /// is no such comparison, and while it has no result.
    pub fn compared(&self) -> Option<f64> {
        let samples = self.history.samples();
        let compared = self.compared.as_ref()?;
        compared.at(samples, samples.last()?.at)
    }

    /// Whether this is the series of the alert.
    pub fn is_on_series(&self, metric: &str, labels: &Labels) -> bool {
        self.alert.metric == metric && self.alert.labels == *labels
    }

    /// Whether a stimulus of this alert drives its series.
    pub fn is_driven(&self) -> bool {
        matches!(self.request, Request::Trigger { .. })
    }

    /// A stimulus of this alert has begun.
    pub fn triggered(&mut self, stimulus: &Stimulus) {
        self.request = Request::Trigger {
            ends: stimulus.pattern.ends(),
            held: false,
        };
    }

    /// A recovery of its series has begun.
    pub fn recovered(&mut self) {
        self.request = match self.condition {
            Condition::Calm if !self.is_driven() => Request::None,
            _ => Request::Recovery,
        };
    }

    /// Something else drives its series now.
    pub fn released(&mut self) {
        self.request = Request::None;
    }

    /// Updates the condition from the value of the series at `now`.
    pub fn evaluate(&mut self, series: &Series, now: Duration) {
        self.value = series.value();
        let phase = series.phase();
        if self.is_driven() && phase != Phase::Driven {
            // The pattern or its hold is over.
            self.request = Request::Recovery;
        }
        let holds = self.holds(now);
        let condition = self.next_condition(holds, phase);
        if condition != self.condition {
            self.condition = condition;
            self.since = now;
        }
    }

    fn holds(&mut self, now: Duration) -> bool {
        let Some(predictor) = &self.predictor else {
            return self.is_driven();
        };
        self.history.push(now, self.value);
        predictor.at(self.history.samples(), now).is_some()
    }

    fn next_condition(&mut self, holds: bool, phase: Phase) -> Condition {
        match &mut self.request {
            Request::Trigger { held, .. } if holds => {
                *held = true;
                Condition::Active
            }
            Request::Trigger {
                ends: true,
                held: true,
            } => Condition::Recovering,
            Request::Trigger { .. } => Condition::Rising,
            Request::Recovery if holds || phase == Phase::Recovering => Condition::Recovering,
            Request::None if holds => Condition::Active,
            Request::Recovery | Request::None => {
                self.request = Request::None;
                Condition::Calm
            }
        }
    }
}
