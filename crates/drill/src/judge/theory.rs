//! How long theory allows for each stage, counted from the stage before it.

use std::time::Duration;

use simulator::{
    catalogue::Alert,
    prediction::{self, PredictionError},
};

use crate::stage::Stage;
/// The simulator moves its series once a second.
const SIMULATOR_BEAT: Duration = Duration::from_secs(1);
/// The webhook makes the gateway look: Alertmanager tells a group at most once a second (`group_interval` of its route).
const WEBHOOK: Duration = Duration::from_secs(1);
/// For requests on their way, between any two programs.
const TRANSPORT: Duration = Duration::from_secs(1);
/// Where nothing can be predicted, at least so many scrapes are waited for.
const UNPREDICTED_SCRAPES: u32 = 10;

/// How often everybody looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pace {
    /// Prometheus at the simulator.
    pub(crate) scrape: Duration,
    /// Prometheus at its rules.
    pub(crate) evaluation: Duration,
    /// The gateway at Prometheus.
    pub(crate) poll: Duration,
    /// The drill at Prometheus and Alertmanager.
    pub(crate) beat: Duration,
}

/// What theory says of one alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Theory {
    /// From the trigger until the expression holds in Prometheus.
    crossed: Duration,
    /// From the recovery until Prometheus has the alert no longer.
    resolved: Duration,
    hold_for: Duration,
    /// How far back the expression looks.
    reach: Duration,
    /// For what depends on another alert's course.
    slack: Duration,
    /// Whether Alertmanager tells the gateway of it.
    told: bool,
    pace: Pace,
    /// Whether the expression's course was played; if not, the two are guesses, and generous.
    pub(crate) predicted: bool,
}

impl Theory {
    /// The theory of an alert.
    ///
    /// # Errors
    /// Why its trigger cannot lead to an alert, or its recovery not end one.
    pub(crate) fn of(alert: &Alert, pace: Pace) -> Result<Self, String> {
        let reach = prediction::lookback(alert);
        let (rise, fall, predicted) = match prediction::predict(alert, pace.scrape) {
            Ok(prediction) => (prediction.rise, prediction.fall, true),
            Err(PredictionError::Unsupported(_)) => {
                let window = reach * 2 + pace.scrape * UNPREDICTED_SCRAPES;
                let there = alert.trigger.settles_after(alert.baseline);
                (
                    there + window,
                    alert.recover.settles_after() + window,
                    false,
                )
            }
            Err(PredictionError::Baseline(told)) => return Err(format!("its baseline {told}")),
            Err(PredictionError::Trigger(told)) => return Err(format!("its trigger {told}")),
            Err(PredictionError::Recovery(told)) => return Err(format!("its recovery {told}")),
        };
        // One scrape more than predicted, since a scrape may be late or lost; a beat, since the simulator may have just
        // moved when it is told.
        let moved = pace.scrape + SIMULATOR_BEAT + pace.beat;
        Ok(Self {
            crossed: rise + moved,
            resolved: fall
                + moved
                + rounded_up(alert.keep_firing_for, pace.evaluation)
                + pace.evaluation,
            hold_for: alert.for_duration,
            reach,
            slack: Duration::ZERO,
            told: true,
            pace,
            predicted,
        })
    }

    /// How long after the stage before it `stage` is reached at the latest; `None` where theory says nothing.
    pub(crate) fn allows(&self, stage: Stage) -> Option<Duration> {
        let Pace {
            evaluation, beat, ..
        } = self.pace;
        Some(match stage {
            Stage::Rule | Stage::Calm | Stage::Trigger | Stage::Recover => return None,
            Stage::Crossed => self.crossed + self.slack,
            // The rule sees what the query saw at its next evaluation.
            Stage::Pending => evaluation + beat,
            // An evaluation fires what has been pending for `for`: `for` is rounded up to evaluations; one may be late.
            Stage::Firing => rounded_up(self.hold_for, evaluation) + evaluation + beat,
            // Told with the evaluation that fires it; again with the next, if the message was lost.
            Stage::Alertmanager => evaluation + TRANSPORT + beat + self.slack,
            Stage::ResolvedAlertmanager => evaluation + TRANSPORT + beat,
            // At the gateway's next look, or when the webhook makes it look.
            Stage::Browser | Stage::ResolvedBrowser => self.look() + TRANSPORT + beat,
            Stage::ResolvedPrometheus => self.resolved + self.slack,
        })
    }

    /// From the trigger until the browser has it, at the latest.
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

    /// How far back its expression looks: calm values for so long, and it is as if it had never been otherwise.
    pub(crate) fn reach(&self) -> Duration {
        self.reach
    }

    /// How often Prometheus scrapes.
    pub(crate) fn scrape(&self) -> Duration {
        self.pace.scrape
    }

    /// For an alert that is inhibited: `more` for what depends on the alert that brings it about; and since Alertmanager
    /// tells nobody of it, the gateway sees it at its next look only.
    pub(crate) fn inhibited(self, more: Duration) -> Self {
        Self {
            slack: more,
            told: false,
            ..self
        }
    }

    /// Until the gateway looks.
    fn look(&self) -> Duration {
        match self.told {
            true => self.pace.poll.min(WEBHOOK),
            false => self.pace.poll,
        }
    }
}

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

    fn pace() -> Pace {
        Pace {
            scrape: seconds(15),
            evaluation: seconds(15),
            poll: seconds(10),
            beat: seconds(1),
        }
    }

    #[test]
    fn each_bound_is_what_its_stage_waits_for() {
        let catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
        let down = catalogue.alert("ServiceDown").unwrap();
        let theory = Theory::of(down, pace()).unwrap();
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
            assert_eq!(theory.allows(stage), bound.map(seconds), "{stage}");
        }
        assert_eq!(theory.until_browser(), seconds(32 + 16 + 46 + 17 + 3));
        assert!(theory.predicted);
        let inhibited = theory.inhibited(seconds(5));
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
    fn what_cannot_be_predicted_is_given_time_and_said_to_be() {
        let catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
        let mut alert = Alert::clone(catalogue.alert("ServiceDown").unwrap());
        alert.expr = "mock_service_up / mock_other < 1".to_owned();
        let theory = Theory::of(&alert, pace()).unwrap();
        assert!(!theory.predicted && theory.allows(Stage::Crossed) > Some(seconds(150)));
    }

    #[test]
    fn a_guess_waits_for_the_windows_in_the_expression() {
        let catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
        let mut alert = Alert::clone(catalogue.alert("ServiceDown").unwrap());
        alert.expr = "rate(mock_service_up[5m]) / rate(mock_other[10m]) < 1".to_owned();
        let theory = Theory::of(&alert, pace()).unwrap();
        assert_eq!(theory.reach(), seconds(600));
        for stage in [Stage::Crossed, Stage::ResolvedPrometheus] {
            assert!(theory.allows(stage) > Some(seconds(600)), "{stage}");
        }
    }
}
