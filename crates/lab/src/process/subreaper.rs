//! All that the command of a lab has started. What outlives its parent becomes a child of ours: so it is found, and there
//! is somebody to reap it.

use std::io;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, getpid, set_child_subreaper, waitid};
use tokio::signal::unix::{self, SignalKind};

use super::tree::{descendants, descendants_without, runs, signal_each};

/// What descends from us, but for what ran before it was adopted: the servers.
pub(crate) struct Subreaper {
    servers: Vec<Pid>,
}

impl Subreaper {
    /// Whatever is started from now on.
    pub(crate) fn adopt() -> io::Result<Self> {
        set_child_subreaper(Some(getpid()))?;
        Ok(Self {
            servers: descendants(getpid()),
        })
    }

    /// Reaps what has ended, for ever, but not `command`, whose owner wants to know how it ended.
    pub(crate) async fn reap(&self, command: Pid) -> io::Result<()> {
        let mut deaths = unix::signal(SignalKind::child())?;
        while deaths.recv().await.is_some() {
            let all = self.all().into_iter();
            for dead in all.filter(|pid| *pid != command && !runs(*pid)) {
                // Of those whose parent lives the parent hears: they are no children of ours.
                let _ = waitid(
                    WaitId::Pid(dead),
                    WaitIdOptions::EXITED | WaitIdOptions::NOHANG,
                );
            }
        }
        Ok(())
    }

    /// Whether any of it runs.
    pub(crate) fn runs(&self) -> bool {
        self.all().into_iter().any(runs)
    }

    /// Sends `signal` to all of it.
    pub(crate) fn signal(&self, signal: Signal) {
        signal_each(&self.all(), signal);
    }

    fn all(&self) -> Vec<Pid> {
        descendants_without(getpid(), &self.servers)
    }
}
