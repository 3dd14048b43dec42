//! A guarded process whose output goes to a log file.

use std::{io, ops::Deref, process::ExitStatus, time::Duration};

use tokio::time::timeout;

use super::{
    guard::{POLL_PAUSE, ProcessGuard},
    launch::Launch,
    log_file::Tail,
};
use crate::error::LabError;

/// A running program. Dropping it ends the program and its descendants. Derefs to its [`ProcessGuard`].
pub(crate) struct Child {
    launch: Launch,
    process: ProcessGuard,
    tail: Tail,
}

impl Child {
    /// Starts a program.
    pub(crate) fn spawn(launch: &Launch) -> Result<Self, LabError> {
        let refused = |error: io::Error| LabError::io(launch.name)(error);
        let (output, input) = io::pipe().map_err(refused)?;
        let tail = Tail::follow(launch.name, output, &launch.log)?;
        let process = launch.spawn(input)?;
        Ok(Self {
            launch: launch.clone(),
            process: ProcessGuard::new(process, launch.end_signals).map_err(refused)?,
            tail,
        })
    }

    /// Waits until it ends, which is an error for a server.
    pub(crate) async fn died(&self) -> LabError {
        self.died_with(self.ended().await).await
    }

    /// The error of a program that has ended with `status`, with the last lines of its log.
    pub(crate) async fn died_with(&self, status: ExitStatus) -> LabError {
        LabError::Died {
            program: self.launch.name,
            status,
            log: self.tail.last_lines().await,
        }
    }

    /// Waits until `probe` returns true.
    ///
    /// # Errors
    /// If the program ends first, or `limit` is over.
    pub(crate) async fn ready(
        &self,
        limit: Duration,
        probe: impl AsyncFn() -> bool,
    ) -> Result<(), LabError> {
        let polled = async {
            while !probe().await {
                tokio::time::sleep(POLL_PAUSE).await;
            }
        };
        tokio::select! {
            error = self.died() => Err(error),
            answer = timeout(limit, polled) => answer.map_err(|_| LabError::NotReady {
                program: self.launch.name,
                after: limit,
                log: self.launch.log.clone(),
            }),
        }
    }

    /// Freezes it and its descendants, as [`ProcessGuard::pause`] does.
    pub(crate) fn pause(&self) -> Result<(), LabError> {
        self.process.pause().map_err(LabError::io(self.launch.name))
    }
}

impl Deref for Child {
    type Target = ProcessGuard;

    fn deref(&self) -> &ProcessGuard {
        &self.process
    }
}
