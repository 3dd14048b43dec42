//! The whole lab: in which order things start and stop, and what ends it.

use std::{fs::File, path::PathBuf, pin::pin};

use super::{LabError, LabOptions, Postgres, Progress, Prometheus, Service, plan::Plan, report};
use crate::{
    exit::{self, ProgramError},
    shutdown,
};

/// Everything, running and ready. Dropping it ends all of it.
// The order of the fields is the order in which they are dropped.
pub struct Lab {
    /// service-metrics.
    pub gateway: Service,
    /// mock-metrics.
    pub mock: Service,
    /// It scrapes itself, the gateway and the simulator.
    pub prometheus: Prometheus,
    /// The platform's database.
    pub postgres: Postgres,
    /// Where the logs are.
    pub logs: PathBuf,
    /// What is otherwise than asked, a line each.
    pub notes: Vec<String>,
    _lock: File,
}

/// Runs a lab until it is asked to stop, or one of its programs ends.
///
/// # Errors
/// When something is missing or taken, or when a program ended by itself.
pub async fn run(options: &LabOptions) -> Result<(), ProgramError> {
    let mut asked = pin!(shutdown::signalled()?);
    let lab = tokio::select! {
        // What has been started until then ends with the other future.
        _ = &mut asked => return Ok(()),
        started = Lab::start(options, Progress::for_stdout()) => started?,
    };
    let ended = match exit::say(&report::table(&lab)) {
        Ok(()) => tokio::select! {
            signal = &mut asked => exit::say(&format!("{signal}: stopping")),
            death = lab.died() => Err(death.into()),
        },
        unheard => unheard,
    };
    lab.stop().await;
    ended
}

impl Lab {
    /// Starts everything and waits until it is ready.
    ///
    /// # Errors
    /// When something is missing or taken, or does not get ready; nothing is left running then.
    pub async fn start(options: &LabOptions, progress: Progress) -> Result<Self, LabError> {
        let mut plan = Plan::check(options).await?;
        let postgres = progress.during("PostgreSQL", plan.postgres()).await?;
        let mock = progress.during("mock-metrics", plan.mock()).await?;
        let prometheus = progress.during("Prometheus", plan.prometheus()).await?;
        let gateway = plan.gateway(&prometheus, &postgres);
        let gateway = progress.during("service-metrics", gateway).await?;
        Ok(Self {
            gateway,
            mock,
            prometheus,
            postgres,
            logs: plan.logs,
            notes: plan.notes,
            _lock: plan.lock,
        })
    }

    /// Waits until one of the programs ends by itself, and says which one and how.
    pub async fn died(&self) -> LabError {
        tokio::select! {
            death = self.postgres.died() => death,
            death = self.prometheus.died() => death,
            death = self.mock.died() => death,
            death = self.gateway.died() => death,
        }
    }

    /// Stops everything, readers before what they read.
    pub async fn stop(self) {
        self.gateway.stop().await;
        self.mock.stop().await;
        self.prometheus.stop().await;
        self.postgres.stop().await;
    }
}
