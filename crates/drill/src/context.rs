//! What all rehearsals of a drill share, and how everything that is triggered is recovered at its end.

use std::{cell::RefCell, collections::BTreeMap, time::Duration};

use alerting::routing::RoutingTree;
use chrono::Utc;
use futures_util::future::{join, join_all};
use program::text::pluralize;
use prometheus_api::json_api::JsonApiError;
use tokio::time::{Instant, sleep, timeout_at};

use crate::{
    observers::{Observers, servers::Servers, simulator::OwnRun},
    preflight::Preflight,
    time::Moment,
};

/// For all recoveries at the end together: a lab kills its command 10 s after a signal.
const RECOVERY_TIMEOUT: Duration = Duration::from_secs(7);
/// How often a recovery is tried at the end, and the pause between two attempts.
const RECOVERY_ATTEMPTS: u32 = 3;
const RECOVERY_PAUSE: Duration = Duration::from_secs(1);

/// What all rehearsals of a drill share.
pub(crate) struct DrillContext {
    pub(crate) servers: Servers,
    pub(crate) observers: Observers,
    pub(crate) preflight: Preflight,
    /// How long after its time budget a stage may be reached.
    pub(crate) grace: Duration,
    pub(crate) time_scale: f64,
    /// The flags with which another command has the same catalogue.
    pub(crate) catalogue_flags: String,
    /// Whether a rule that differs from the catalogue's is a warning only.
    pub(crate) allows_other_rules: bool,
    /// Alertmanager's routing; `None` where people may be notified.
    pub(crate) routing: Option<RoutingTree>,
    /// The alerts that the simulator may be driving for this drill.
    pub(crate) triggers: RefCell<BTreeMap<String, Trigger>>,
    /// The scenario that the simulator may be running for this drill.
    pub(crate) scenario: RefCell<Option<OwnRun>>,
}

/// An alert that was triggered and is not recovered yet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trigger {
    /// When the simulator recovers it by itself.
    pub(crate) ends: Moment,
    /// Whether the simulator has confirmed the trigger.
    pub(crate) confirmed: bool,
}

impl DrillContext {
    /// What is still to be recovered, in words.
    pub(crate) fn pending_recoveries(&self) -> String {
        match (&*self.scenario.borrow(), self.triggers.borrow().len()) {
            (Some(run), _) => format!("stopping the scenario {}", run.name()),
            (None, 0) => "nothing is to be recovered".to_owned(),
            (None, count) => format!("recovering {}", pluralize(count, "alert")),
        }
    }

    /// Stops the scenario of this drill, if it is running.
    ///
    /// # Errors
    /// Why it may go on.
    pub(crate) async fn stop_scenario(&self) -> Result<(), JsonApiError> {
        let run = self.scenario.borrow().clone();
        if let Some(run) = run {
            self.servers.simulator.api.stop_scenario(&run).await?;
            self.scenario.take();
        }
        Ok(())
    }

    /// Recovers everything that may still be driven, all at once. Gives a line for each failure.
    pub(crate) async fn recover_all(&self) -> Vec<String> {
        let simulator = &self.servers.simulator;
        let deadline = Instant::now() + RECOVERY_TIMEOUT;
        let triggers = self.triggers.borrow().clone();
        let alerts = triggers.into_iter().map(async |(name, trigger)| {
            let recover = async || simulator.api.recover(&name).await;
            let error = retry(deadline, recover).await.err()?;
            let seconds_left = (trigger.ends - Utc::now()).num_seconds();
            Some(format!(
                "{name} could not be recovered: {}. {}",
                simulator.describe(&error),
                trigger.how_it_ends(seconds_left)
            ))
        });
        let scenario = async {
            let error = retry(deadline, async || self.stop_scenario().await)
                .await
                .err()?;
            let error = simulator.describe(&error);
            Some(format!(
                "the scenario could not be stopped: {error}. If it is running, it runs until POST /api/scenarios/stop"
            ))
        };
        let (scenario, alerts) = join(scenario, join_all(alerts)).await;
        scenario
            .into_iter()
            .chain(alerts.into_iter().flatten())
            .collect()
    }
}

impl Trigger {
    fn how_it_ends(self, seconds_left: i64) -> String {
        let triggered = match self.confirmed {
            true => "It was triggered",
            false => "Whether it was triggered is not known; if so, it was",
        };
        match seconds_left > 0 {
            true => {
                format!("{triggered} with hold_seconds, which end it within {seconds_left} s")
            }
            false => format!("{triggered} with hold_seconds, which are over"),
        }
    }
}

/// Tries until it succeeds. Gives the last result before the deadline.
async fn retry(
    deadline: Instant,
    attempt: impl AsyncFn() -> Result<(), JsonApiError>,
) -> Result<(), JsonApiError> {
    let seconds = RECOVERY_TIMEOUT.as_secs();
    let mut last = Err(JsonApiError::Unreachable(format!(
        "no answer within {seconds} s"
    )));
    let attempts = async {
        last = attempt().await;
        for _ in 1..RECOVERY_ATTEMPTS {
            if last.is_ok() {
                break;
            }
            sleep(RECOVERY_PAUSE).await;
            last = attempt().await;
        }
    };
    // After the deadline, `last` is what the last attempt gave that ended.
    let _ = timeout_at(deadline, attempts).await;
    last
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn an_alert_that_is_not_recovered_says_when_it_ends_as_far_as_that_is_known() {
        let text = |confirmed, left| {
            let ends = Utc::now();
            Trigger { ends, confirmed }.how_it_ends(left)
        };
        assert_eq!(
            text(true, 40),
            "It was triggered with hold_seconds, which end it within 40 s"
        );
        assert_eq!(
            text(false, -1),
            "Whether it was triggered is not known; if so, it was with hold_seconds, which are over"
        );
    }

    #[actix_rt::test]
    async fn no_answer_is_waited_for_beyond_the_deadline() {
        let deadline = Instant::now() + Duration::from_millis(1);
        let error = retry(deadline, async || std::future::pending().await).await;
        assert_eq!(
            error,
            Err(JsonApiError::Unreachable("no answer within 7 s".to_owned()))
        );
    }

    #[actix_rt::test]
    async fn no_pause_lasts_beyond_the_deadline_and_the_last_answer_counts() {
        let asked = Cell::new(0);
        let refused = Err(JsonApiError::Status(503, "busy".to_owned()));
        let deadline = Instant::now() + Duration::from_millis(1);
        let retried = retry(deadline, async || {
            asked.set(asked.get() + 1);
            refused.clone()
        });
        assert_eq!(retried.await, refused);
        assert_eq!(asked.get(), 1);
    }
}
