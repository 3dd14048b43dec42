//! A running server: what can be done with its process, whatever it serves.

use std::time::Duration;

use crate::{
    error::LabError,
    process::{child::Child, launch::Launch},
};

/// The process of a running server. Dropping it ends the server.
pub struct Server {
    child: Child,
    grace: Duration,
}

impl Server {
    /// Starts a process. It has `grace` to stop before it is killed.
    pub(crate) fn spawn(launch: &Launch, grace: Duration) -> Result<Self, LabError> {
        let child = Child::spawn(launch)?;
        Ok(Self { child, grace })
    }

    /// Waits until `probe` returns true.
    ///
    /// # Errors
    /// If the server ends first, or `limit` is over.
    pub(crate) async fn ready(
        &self,
        limit: Duration,
        probe: impl AsyncFn() -> bool,
    ) -> Result<(), LabError> {
        self.child.ready(limit, probe).await
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.pid()
    }

    /// Freezes it and its descendants: connections stay open and nothing answers.
    ///
    /// # Errors
    /// If one of its processes does not stop.
    pub fn pause(&self) -> Result<(), LabError> {
        self.child.pause()
    }

    /// Thaws what [`Self::pause`] froze.
    pub fn resume(&self) {
        self.child.resume();
    }

    /// Kills it and its descendants.
    pub async fn kill(&self) {
        self.child.kill().await;
    }

    /// Asks it to stop, and kills it after its grace period.
    pub async fn stop(&self) {
        self.child.stop(self.grace).await;
    }

    /// Waits until it ends by itself; returns the error.
    pub(crate) async fn died(&self) -> LabError {
        self.child.died().await
    }
}
