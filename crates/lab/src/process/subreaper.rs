//! Makes this process the subreaper of the command's descendants (prctl(2)): a process that outlives its parent becomes our
//! child, so that it can be found and reaped.

use std::io;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, getpid, set_child_subreaper, waitid};
use tokio::signal::unix::{self, SignalKind};

use super::tree::{descendants, descendants_without, runs, signal_each};

/// The descendants of this process, without those that ran before: the servers.
pub(crate) struct Subreaper {
    servers: Vec<Pid>,
}

impl Subreaper {
    /// Adopts the descendants of all processes that are started from now on.
    pub(crate) fn start() -> io::Result<Self> {
        set_child_subreaper(Some(getpid()))?;
        Ok(Self {
            servers: descendants(getpid()),
        })
    }

    /// Reaps processes as they end, except `command`, which its owner reaps. Does not return unless it fails.
    pub(crate) async fn reap(&self, command: Pid) -> io::Result<()> {
        let mut deaths = unix::signal(SignalKind::child())?;
        while deaths.recv().await.is_some() {
            let all = self.all().into_iter();
            for dead in all.filter(|pid| *pid != command && !runs(*pid)) {
                // Fails for a process whose parent lives: it is no child of ours.
                let _ = waitid(
                    WaitId::Pid(dead),
                    WaitIdOptions::EXITED | WaitIdOptions::NOHANG,
                );
            }
        }
        Ok(())
    }

    /// Whether any of them runs.
    pub(crate) fn runs(&self) -> bool {
        self.all().into_iter().any(runs)
    }

    /// Sends `signal` to all of them.
    pub(crate) fn signal(&self, signal: Signal) {
        signal_each(&self.all(), signal);
    }

    fn all(&self) -> Vec<Pid> {
        descendants_without(getpid(), &self.servers)
    }
}
