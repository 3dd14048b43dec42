//! What all rehearsals of a drill share, and how it lets go of what it drives.

use std::{cell::RefCell, collections::BTreeMap, time::Duration};

use chrono::Utc;
use futures_util::future::{join, join_all};
use program::text::pluralize;
use tokio::time::{Instant, sleep, timeout_at};

use crate::{
    judge::routes::Routes,
    record::{Ledger, Outcome},
    servers::{Servers, player::Ours, seen::Moment, server::Fault, watch::Watch},
    stage::Stage,
    survey::Survey,
};
/// For all recoveries at the end together: a lab kills its command 10 s after a signal.
const AT_MOST: Duration = Duration::from_secs(7);
/// How often a recovery is tried at the end, and the pause between two tries.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_secs(1);

/// What all rehearsals of a drill share.
pub(super) struct Stack {
    pub(super) servers: Servers,
    pub(super) watch: Watch,
    pub(super) survey: Survey,
    pub(super) ledger: Ledger,
    /// How much later than theory allows a stage may be reached.
    pub(super) grace: Duration,
    /// How fast time runs.
    pub(super) scale: f64,
    /// The flags that give another command the same catalogue.
    pub(super) flags: String,
    /// Whether rules that are not the catalogue's are told only.
    pub(super) other_rules: bool,
    /// Whom Alertmanager tells; nothing where people may be told.
    pub(super) routes: Option<Routes>,
    /// What the simulator may be driving for us.
    pub(super) triggered: RefCell<BTreeMap<String, Drive>>,
    /// The scenario that it may be playing for us.
    pub(super) playing: RefCell<Option<Ours>>,
}

/// A rehearsal that did not get on.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    stage: Stage,
    pub(super) why: String,
    unasked: bool,
}

/// What a stage gives, or why it was not reached.
pub(super) type Step<T = ()> = Result<T, Failure>;

impl Failure {
    /// It failed at `stage`.
    pub(super) fn at(stage: Stage, why: impl Into<String>) -> Self {
        Self {
            stage,
            why: why.into(),
            unasked: false,
        }
    }

    /// Whether it failed at `stage` is not known: a server could not be asked.
    pub(super) fn unasked(stage: Stage, why: impl Into<String>) -> Self {
        Self {
            unasked: true,
            ..Self::at(stage, why)
        }
    }
}

impl From<Failure> for Outcome {
    fn from(failure: Failure) -> Self {
        let Failure {
            stage,
            why,
            unasked,
        } = failure;
        Self::Failed {
            stage,
            why,
            unasked,
        }
    }
}

/// What may be driven for us, until it is recovered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Drive {
    /// When the simulator lets go of it by itself.
    pub(super) until: Moment,
    /// The simulator has said that it drives it.
    pub(super) known: bool,
}

impl Stack {
    /// What is to be let go of, in words.
    pub(super) fn held(&self) -> String {
        match (&*self.playing.borrow(), self.triggered.borrow().len()) {
            (Some(ours), _) => format!("stopping the scenario {}", ours.name()),
            (None, 0) => "nothing is to be recovered".to_owned(),
            (None, count) => format!("recovering {}", pluralize(count, "alert")),
        }
    }

    /// Stops the scenario if it is ours that is played.
    ///
    /// # Errors
    /// Why it may go on.
    pub(super) async fn stop(&self) -> Result<(), Fault> {
        let playing = self.playing.borrow().clone();
        if let Some(ours) = playing {
            self.servers.simulator.stop(&ours).await?;
            self.playing.take();
        }
        Ok(())
    }

    /// Recovers everything that may still be driven, all at once. Gives what could not be recovered, a line each.
    pub(super) async fn let_go(&self) -> Vec<String> {
        let simulator = &self.servers.simulator;
        let deadline = Instant::now() + AT_MOST;
        let triggered = self.triggered.borrow().clone();
        let alerts = triggered.into_iter().map(async |(name, drive)| {
            let recovered = tried(deadline, async || simulator.recover(&name).await).await;
            let fault = simulator.0.told(&recovered.err()?);
            let left = (drive.until - Utc::now()).num_seconds();
            Some(format!(
                "{name} could not be recovered: {fault}. {}",
                drive.told(left)
            ))
        });
        let scenario = async {
            let stopped = tried(deadline, async || self.stop().await).await;
            let fault = simulator.0.told(&stopped.err()?);
            Some(format!(
                "the scenario could not be stopped: {fault}. Where it runs, it runs until POST /api/scenarios/stop"
            ))
        };
        let (scenario, alerts) = join(scenario, join_all(alerts)).await;
        scenario
            .into_iter()
            .chain(alerts.into_iter().flatten())
            .collect()
    }
}

impl Drive {
    fn told(self, left: i64) -> String {
        let triggered = match self.known {
            true => "It was triggered",
            false => "Whether it was triggered is not known; if so, it was",
        };
        match left > 0 {
            true => format!("{triggered} with hold_seconds, which end it within {left} s"),
            false => format!("{triggered} with hold_seconds, which are over"),
        }
    }
}

/// Asks until it succeeds; gives the last answer that came before the deadline.
async fn tried(deadline: Instant, ask: impl AsyncFn() -> Result<(), Fault>) -> Result<(), Fault> {
    let silent = format!("no answer within {} s", AT_MOST.as_secs());
    let mut last = Err(Fault::Unreachable(silent));
    let tries = async {
        last = ask().await;
        for _ in 1..TRIES {
            if last.is_ok() {
                break;
            }
            sleep(PAUSE).await;
            last = ask().await;
        }
    };
    // Who has answered nothing else by then has answered `last`.
    let _ = timeout_at(deadline, tries).await;
    last
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn what_is_said_of_an_alert_that_is_left_is_what_is_known() {
        let told = |known, left| {
            let until = Utc::now();
            Drive { until, known }.told(left)
        };
        assert_eq!(
            told(true, 40),
            "It was triggered with hold_seconds, which end it within 40 s"
        );
        assert_eq!(
            told(false, -1),
            "Whether it was triggered is not known; if so, it was with hold_seconds, which are over"
        );
    }

    #[actix_rt::test]
    async fn who_does_not_answer_is_not_waited_for_beyond_the_deadline() {
        let deadline = Instant::now() + Duration::from_millis(1);
        let fault = tried(deadline, async || std::future::pending().await).await;
        assert_eq!(
            fault,
            Err(Fault::Unreachable("no answer within 7 s".to_owned()))
        );
    }

    #[actix_rt::test]
    async fn no_pause_lasts_beyond_the_deadline_and_what_was_answered_until_then_is_told() {
        let asked = Cell::new(0);
        let refused = Err(Fault::Status(503, "busy".to_owned()));
        let deadline = Instant::now() + Duration::from_millis(1);
        let told = tried(deadline, async || {
            asked.set(asked.get() + 1);
            refused.clone()
        });
        assert_eq!(told.await, refused);
        assert_eq!(asked.get(), 1);
    }
}
