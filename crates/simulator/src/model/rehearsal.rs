//! One alert's rehearsal: what was asked of it, and whether its condition holds, judged by the samples of its series as
//! Prometheus would judge them. Pure: time is an argument.

use std::{fmt, sync::Arc, time::Duration};

use alerting::Labels;
use promql::{Expression, Predictor, SeriesRef};

use super::{
    drive::{Drive, Phase},
    history::History,
    metrics::Place,
    series::Series,
};
use crate::catalogue::Alert;

/// Where an alert's condition stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// It does not hold, and nobody has asked that it should.
    Calm,
    /// It was triggered, and does not hold yet.
    Rising,
    /// It holds, whoever has brought that about.
    Active,
    /// It is on its way back to calm; it may hold still.
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
enum Asked {
    Nothing,
    Trigger {
        /// Whether the pattern ends by itself.
        ends: bool,
        /// Whether the condition has held since.
        held: bool,
    },
    Recovery,
}

/// An alert, and where it stands.
#[derive(Debug)]
pub struct Rehearsal {
    alert: Arc<Alert>,
    /// `None`: its expression is more than one series can tell, and its trigger is taken for its condition.
    predictor: Option<Predictor>,
    /// Of what its expression compares with a number.
    compared: Option<Predictor>,
    history: History,
    asked: Asked,
    condition: Condition,
    since: Duration,
    value: f64,
    /// Where its series is.
    pub(super) place: Option<Place>,
    /// Whether the alert's flag has been raised for it.
    pub(super) flagged: bool,
    /// The labels of the lever's own flag, while a lever drives it.
    pub(super) pulled: Option<Labels>,
}

impl Rehearsal {
    /// One of which nothing has been asked, at the time zero.
    pub fn of(alert: &Arc<Alert>) -> Self {
        let subject = SeriesRef {
            metric: &alert.metric,
            labels: &alert.labels,
        };
        let expression = Expression::parse(&alert.expr).ok();
        let of = |expression: &Expression| {
            let predictor = expression.predictor(&subject).ok();
            predictor.filter(|_| alert.with.is_none())
        };
        let predictor = expression.as_ref().and_then(of);
        let comparison = expression.as_ref().and_then(Expression::comparison);
        let compared = comparison.and_then(|(compared, _)| of(&compared));
        let reach = predictor
            .as_ref()
            .map(Predictor::lookback)
            .unwrap_or_default();
        Self {
            alert: alert.clone(),
            predictor,
            compared,
            history: History::of(reach),
            asked: Asked::Nothing,
            condition: Condition::Calm,
            since: Duration::ZERO,
            value: 0.0,
            place: None,
            flagged: false,
            pulled: None,
        }
    }

    /// The alert.
    pub fn alert(&self) -> &Arc<Alert> {
        &self.alert
    }

    /// Where it stands.
    pub fn condition(&self) -> Condition {
        self.condition
    }

    /// When that changed last.
    pub fn since(&self) -> Duration {
        self.since
    }

    /// The value of its series.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// What its expression compares with a number, as of the last beat: of `rate(…) > 0.9`, the rate. `None` where the
    /// expression is no such comparison, and while it has no result.
    pub fn compared(&self) -> Option<f64> {
        let samples = self.history.samples();
        let compared = self.compared.as_ref()?;
        compared.at(samples, samples.last()?.at)
    }

    /// Whether it is about this series.
    pub fn shares_series(&self, metric: &str, labels: &Labels) -> bool {
        self.alert.metric == metric && self.alert.labels == *labels
    }

    /// Whether its series is driven on its behalf.
    pub fn is_driven(&self) -> bool {
        matches!(self.asked, Asked::Trigger { .. })
    }

    /// Its series is driven on its behalf from now on.
    pub fn triggered(&mut self, drive: &Drive) {
        self.asked = Asked::Trigger {
            ends: drive.pattern.ends(),
            held: false,
        };
    }

    /// Its series has been asked back to calm.
    pub fn recovered(&mut self) {
        self.asked = match self.condition {
            Condition::Calm if !self.is_driven() => Asked::Nothing,
            _ => Asked::Recovery,
        };
    }

    /// Its series does something else now.
    pub fn let_go(&mut self) {
        self.asked = Asked::Nothing;
    }

    /// Judges by what the series is at `now`.
    pub fn judge(&mut self, series: &Series, now: Duration) {
        self.value = series.value();
        let phase = series.phase();
        if self.is_driven() && phase != Phase::Driven {
            // The pattern is over, or the time for which it was to be held.
            self.asked = Asked::Recovery;
        }
        let holds = self.holds(now);
        let condition = self.settle(holds, phase);
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

    fn settle(&mut self, holds: bool, phase: Phase) -> Condition {
        match &mut self.asked {
            Asked::Trigger { held, .. } if holds => {
                *held = true;
                Condition::Active
            }
            Asked::Trigger {
                ends: true,
                held: true,
            } => Condition::Recovering,
            Asked::Trigger { .. } => Condition::Rising,
            Asked::Recovery if holds || phase == Phase::Recovering => Condition::Recovering,
            Asked::Nothing if holds => Condition::Active,
            Asked::Recovery | Asked::Nothing => {
                self.asked = Asked::Nothing;
                Condition::Calm
            }
        }
    }
}
