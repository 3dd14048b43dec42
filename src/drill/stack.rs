//! What all rehearsals of a drill share, and how it lets go of what it drives.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    time::Duration,
};

use super::{
    record::{Ledger, Outcome},
    servers::{Servers, server::Fault, watch::Watch},
    stage::Stage,
    survey::Survey,
};

/// How often, and with which pause, a recovery is tried at the end.
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
    /// What the simulator may be driving for us.
    pub(super) triggered: RefCell<BTreeSet<String>>,
    /// Whether it may be playing a scenario for us.
    pub(super) playing: Cell<bool>,
}

/// A rehearsal that did not get on.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    stage: Stage,
    why: String,
}

/// What a stage gives, or why it was not reached.
pub(super) type Step<T = ()> = Result<T, Failure>;

impl Failure {
    /// It failed at `stage`.
    pub(super) fn at(stage: Stage, why: impl Into<String>) -> Self {
        let why = why.into();
        Self { stage, why }
    }
}

impl From<Failure> for Outcome {
    fn from(Failure { stage, why }: Failure) -> Self {
        Self::Failed { stage, why }
    }
}

impl Stack {
    /// Recovers everything that may still be driven. Gives what could not be recovered, a line each.
    pub(super) async fn let_go(&self) -> Vec<String> {
        let simulator = &self.servers.simulator;
        let mut held = Vec::new();
        if self.playing.get()
            && let Err(fault) = tried(async || simulator.stop().await).await
        {
            held.push(format!(
                "the scenario could not be stopped: {}",
                simulator.0.told(&fault)
            ));
        }
        let triggered = self.triggered.borrow().clone();
        for name in triggered {
            if let Err(fault) = tried(async || simulator.recover(&name).await).await {
                held.push(format!(
                    "{name} could not be recovered, and will recover by itself: {}",
                    simulator.0.told(&fault)
                ));
            }
        }
        held
    }
}

async fn tried(ask: impl AsyncFn() -> Result<(), Fault>) -> Result<(), Fault> {
    for _ in 1..TRIES {
        if ask().await.is_ok() {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
    ask().await
}
