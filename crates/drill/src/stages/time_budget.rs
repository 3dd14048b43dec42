//! How much time each stage has, counted from the stage before it.

use std::time::Duration;

use simulator::{
    catalogue::Alert,
    prediction::{self, PredictionError},
};

use super::Stage;

/// The simulator updates its series once a second.
const SIMULATOR_INTERVAL: Duration = Duration::from_secs(1);
/// Alertmanager's webhook makes the gateway poll. Alertmanager notifies at most once a second (`group_interval` of the
/// gateway's route).
const WEBHOOK_DELAY: Duration = Duration::from_secs(1);
/// For a request between two programs.
const TRANSPORT: Duration = Duration::from_secs(1);
/// An expression that cannot be predicted has at least this many scrapes.
const UNPREDICTED_SCRAPES: u32 = 10;

/// How often each program asks the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Intervals {
    /// Prometheus scrapes the simulator.
    pub(crate) scrape: Duration,
    /// Prometheus evaluates its rules.
    pub(crate) evaluation: Duration,
    /// The gateway polls Prometheus.
    pub(crate) poll: Duration,
    /// The drill asks Prometheus and Alertmanager.
    pub(crate) observation: Duration,
}

/// The time budget of one alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TimeBudget {
    /// From the trigger until the expression holds in Prometheus.
    crossing: Duration,
    /// From the recovery until Prometheus no longer has the alert.
    resolution: Duration,
    /// The rule's `for`.
    for_duration: Duration,
    /// How far back the expression looks.
    lookback: Duration,
    /// Added where another alert's rehearsal is waited for.
    slack: Duration,
    /// Whether Alertmanager notifies the gateway of it.
    notifies_gateway: bool,
    intervals: Intervals,
    /// Whether `crossing` and `resolution` are predictions. If not, they are generous guesses.
    pub(crate) predicted: bool,
}

impl TimeBudget {
    /// The time budget of an alert.
    ///
    /// # Errors
    /// Why its trigger cannot make it fire, or its recovery cannot resolve it.
    pub(crate) fn of(alert: &Alert, intervals: Intervals) -> Result<Self, String> {
        let lookback = prediction::lookback(alert);
        let (rise, fall, predicted) = match prediction::predict(alert, intervals.scrape) {
            Ok(prediction) => (prediction.rise, prediction.fall, true),
            Err(PredictionError::Unsupported(_)) => {
                let window = lookback * 2 + intervals.scrape * UNPREDICTED_SCRAPES;
                let rise = alert.trigger.settles_after(alert.baseline) + window;
                (rise, alert.recover.settles_after() + window, false)
            }
            Err(PredictionError::Baseline(why)) => return Err(format!("its baseline {why}")),
            Err(PredictionError::Trigger(why)) => return Err(format!("its trigger {why}")),
            Err(PredictionError::Recovery(why)) => return Err(format!("its recovery {why}")),
        };
        // A scrape may be late or lost, and the simulator may have updated its series just before the trigger.
        let delay = intervals.scrape + SIMULATOR_INTERVAL + intervals.observation;
        let keep_firing = rounded_up(alert.keep_firing_for, intervals.evaluation);
        Ok(Self {
            crossing: rise + delay,
            resolution: fall + delay + keep_firing + intervals.evaluation,
            for_duration: alert.for_duration,
            lookback,
            slack: Duration::ZERO,
            notifies_gateway: true,
            intervals,
            predicted,
        })
    }

    /// How long after the stage before it `stage` is reached at the latest. `None` for a stage that is not waited for.
    pub(crate) fn allows(&self, stage: Stage) -> Option<Duration> {
        let Intervals {
            evaluation,
            observation,
            ..
        } = self.intervals;
        Some(match stage {
            Stage::Rule | Stage::Calm | Stage::Trigger | Stage::Recover => return None,
            Stage::Crossed => self.crossing + self.slack,
            // The next evaluation sees what the query saw.
            Stage::Pending => evaluation + observation,
            // `for` ends with an evaluation, and one evaluation may be late.
            Stage::Firing => rounded_up(self.for_duration, evaluation) + evaluation + observation,
            // Prometheus sends it with the evaluation that fires it, and again with the next if that failed.
            Stage::Alertmanager => evaluation + TRANSPORT + observation + self.slack,
            Stage::ResolvedAlertmanager => evaluation + TRANSPORT + observation,
            Stage::Browser | Stage::ResolvedBrowser => {
                self.until_gateway_polls() + TRANSPORT + observation
            }
            Stage::ResolvedPrometheus => self.resolution + self.slack,
        })
    }

    /// From the trigger to the browser, at the latest.
    pub(crate) fn until_browser(&self) -> Duration {
        [
            Stage::Crossed,
            Stage::Pending,
            Stage::Firing,
            Stage::Alertmanager,
            Stage::Browser,
        ]
        .into_iter()
        .filter_map(|stage| self.allows(stage))
        .sum()
    }

    /// How far back the expression looks. After baseline values for this long, nothing of an earlier trigger is left.
    pub(crate) fn lookback(&self) -> Duration {
        self.lookback
    }

    /// How often Prometheus scrapes.
    pub(crate) fn scrape_interval(&self) -> Duration {
        self.intervals.scrape
    }

    /// The budget of an inhibited alert: `slack` for the alert that causes it. Alertmanager does not notify the gateway of
    /// it, which sees it at its next poll only.
    pub(crate) fn for_inhibited(self, slack: Duration) -> Self {
        Self {
            slack,
            notifies_gateway: false,
            ..self
        }
    }

    fn until_gateway_polls(&self) -> Duration {
        match self.notifies_gateway {
            true => self.intervals.poll.min(WEBHOOK_DELAY),
            false => self.intervals.poll,
        }
    }
}

/// `duration` as a whole number of steps.
fn rounded_up(duration: Duration, step: Duration) -> Duration {
    let steps = duration.as_nanos().div_ceil(step.as_nanos().max(1));
    step * u32::try_from(steps).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use simulator::lint::CheckedCatalogue;

    fn seconds(s: u64) -> Duration {
        Duration::from_secs(s)
    }

    fn intervals() -> Intervals {
        Intervals {
            scrape: seconds(15),
            evaluation: seconds(15),
            poll: seconds(10),
            observation: seconds(1),
        }
    }

    #[test]
    fn each_bound_is_what_its_stage_waits_for() {
        let catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
        let down = catalogue.alert("ServiceDown").unwrap();
        let budget = TimeBudget::of(down, intervals()).unwrap();
        for (stage, bound) in [
            (Stage::Rule, None),
            (Stage::Trigger, None),
            (Stage::Crossed, Some(15 + 15 + 1 + 1)),
            (Stage::Pending, Some(15 + 1)),
            (Stage::Firing, Some(30 + 15 + 1)),
            (Stage::Alertmanager, Some(15 + 1 + 1)),
            (Stage::Browser, Some(1 + 1 + 1)),
            (Stage::ResolvedPrometheus, Some(15 + 15 + 1 + 1 + 15)),
        ] {
            assert_eq!(budget.allows(stage), bound.map(seconds), "{stage}");
        }
        assert_eq!(budget.until_browser(), seconds(32 + 16 + 46 + 17 + 3));
        assert!(budget.predicted);
        let inhibited = budget.for_inhibited(seconds(5));
        assert_eq!(inhibited.allows(Stage::Browser), Some(seconds(10 + 1 + 1)));
        assert_eq!(inhibited.allows(Stage::Alertmanager), Some(seconds(17 + 5)));
    }

    #[test]
    fn a_for_is_rounded_up_to_evaluations() {
        assert_eq!(rounded_up(seconds(31), seconds(15)), seconds(45));
        assert_eq!(rounded_up(seconds(30), seconds(15)), seconds(30));
        assert_eq!(rounded_up(seconds(0), seconds(15)), seconds(0));
    }

    #[test]
    fn an_expression_that_cannot_be_predicted_has_a_generous_budget() {
        let catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
        let mut alert = Alert::clone(catalogue.alert("ServiceDown").unwrap());
        alert.expr = "mock_service_up / mock_other < 1".to_owned();
        let budget = TimeBudget::of(&alert, intervals()).unwrap();
        assert!(!budget.predicted && budget.allows(Stage::Crossed) > Some(seconds(150)));
    }

    #[test]
    fn a_guess_covers_the_windows_of_the_expression() {
        let catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
        let mut alert = Alert::clone(catalogue.alert("ServiceDown").unwrap());
        alert.expr = "rate(mock_service_up[5m]) / rate(mock_other[10m]) < 1".to_owned();
        let budget = TimeBudget::of(&alert, intervals()).unwrap();
        assert_eq!(budget.lookback(), seconds(600));
        for stage in [Stage::Crossed, Stage::ResolvedPrometheus] {
            assert!(budget.allows(stage) > Some(seconds(600)), "{stage}");
        }
    }
}
