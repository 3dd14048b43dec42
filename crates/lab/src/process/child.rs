//! A running program: a guarded process whose words go to a log.

use std::{io, ops::Deref, process::ExitStatus, time::Duration};

use tokio::time::timeout;

use super::{
    guard::{POLL_PAUSE, ProcessGuard},
    launch::Launch,
    log_file::Tail,
};
use crate::error::LabError;

/// A running program. Dropping it ends the program and its children. [`Process`] says what else can be done with it.
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
            process: ProcessGuard::guard(process, launch.end_signals).map_err(refused)?,
            tail,
        })
    }

    /// Waits for its end, and gives it as the error that it is for a server.
    pub(crate) async fn died(&self) -> LabError {
        self.death(self.ended().await).await
    }

    /// Its end with `status`, as an error with its last words.
    pub(crate) async fn death(&self, status: ExitStatus) -> LabError {
        LabError::Died {
            program: self.launch.name,
            status,
            log: self.tail.last_lines().await,
        }
    }

    /// Waits until `probe` says yes; the child's end and the end of patience are errors.
    pub(crate) async fn ready(
        &self,
        patience: Duration,
        probe: impl AsyncFn() -> bool,
    ) -> Result<(), LabError> {
        let asked = async {
            while !probe().await {
                tokio::time::sleep(POLL_PAUSE).await;
            }
        };
        tokio::select! {
            error = self.died() => Err(error),
            answer = timeout(patience, asked) => answer.map_err(|_| LabError::NotReady {
                program: self.launch.name,
                after: patience,
                log: self.launch.log.clone(),
            }),
        }
    }

    /// Freezes it and its children: connections stay open and nothing answers from the return of this call on.
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
