//! A process that does not outlive its value.

use std::{
    io,
    process::ExitStatus,
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
use tokio::{sync::watch, time::timeout};

use super::{
    launch::EndSignals,
    tree::{descendants, is_still, runs, signal_each},
};

pub(crate) const POLL_PAUSE: Duration = Duration::from_millis(20);
/// How long a drop may take before the process is killed.
const DROP_GRACE: Duration = Duration::from_secs(5);
/// How long a process may take to stand still after a SIGSTOP. The kernel needs moments, but on a loaded machine.
const FREEZE_GRACE: Duration = Duration::from_secs(5);

/// A running process. Dropping it ends the process and its children.
pub(crate) struct ProcessGuard {
    end_signals: EndSignals,
    pid: Pid,
    /// Reaped only through this: until then the process id cannot become somebody else's.
    handle: Mutex<std::process::Child>,
    /// Closed at its end.
    alive: watch::Receiver<()>,
}

impl ProcessGuard {
    /// Takes charge of a process that has just been started.
    pub(crate) fn guard(process: std::process::Child, end_signals: EndSignals) -> io::Result<Self> {
        let pid = Pid::from_child(&process);
        Ok(Self {
            end_signals,
            pid,
            handle: Mutex::new(process),
            alive: watch_over(pid)?,
        })
    }

    /// The process id.
    pub(crate) fn pid(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// The same, as the kernel's calls take it.
    pub(crate) fn id(&self) -> Pid {
        self.pid
    }

    /// How it ended, if it has.
    pub(crate) fn status(&self) -> Option<ExitStatus> {
        let mut process = self.handle.lock().unwrap_or_else(PoisonError::into_inner);
        process.try_wait().ok().flatten()
    }

    /// Waits for its end.
    pub(crate) async fn ended(&self) -> ExitStatus {
        loop {
            if let Some(status) = self.status() {
                return status;
            }
            if self.alive.clone().changed().await.is_err() && self.status().is_none() {
                // The watch has failed: look now and then instead.
                tokio::time::sleep(POLL_PAUSE).await;
            }
        }
    }

    /// Asks it to end, and kills it if it has not after `grace`.
    pub(crate) async fn stop(&self, grace: Duration) -> ExitStatus {
        self.resume();
        self.signal(self.end_signals.asked);
        match timeout(grace, self.ended()).await {
            Ok(status) => status,
            Err(_) => self.kill().await,
        }
    }

    /// What it has started, directly or not; nothing once it has ended.
    pub(crate) fn children(&self) -> Vec<Pid> {
        match self.status() {
            Some(_) => Vec::new(),
            None => descendants(self.pid),
        }
    }

    /// Sends `signal` to it alone.
    pub(crate) fn signal(&self, signal: Signal) {
        if self.status().is_none() {
            // Still ours, if perhaps a zombie by now, which minds no signal.
            let _ = kill_process(self.pid, signal);
        }
    }

    /// Kills it and its children, and waits until all are gone.
    pub(crate) async fn kill(&self) -> ExitStatus {
        let family = self.kill_family();
        let status = self.ended().await;
        while family.iter().any(|pid| runs(*pid)) {
            tokio::time::sleep(POLL_PAUSE).await;
        }
        status
    }

    /// Freezes it and its children: connections stay open and nothing answers from the return of this call on.
    pub(crate) fn pause(&self) -> io::Result<()> {
        // The parent first, so that it cannot have another child meanwhile.
        self.signal(Signal::STOP);
        await_stillness(&[self.pid])?;
        let children = self.signal_children(Signal::STOP);
        await_stillness(&children)
    }

    /// Thaws what [`Self::pause`] froze.
    pub(crate) fn resume(&self) {
        self.signal_children(Signal::CONT);
        self.signal(Signal::CONT);
    }

    fn kill_family(&self) -> Vec<Pid> {
        self.signal(Signal::STOP);
        let family = self.signal_children(Signal::KILL);
        self.signal(Signal::KILL);
        family
    }

    /// Gives the children's process ids.
    fn signal_children(&self, signal: Signal) -> Vec<Pid> {
        let children = self.children();
        signal_each(&children, signal);
        children
    }
}

impl Drop for ProcessGuard {
    fn drop(&mut self) {
        if self.status().is_some() {
            return;
        }
        if self.end_signals.dropped != Signal::KILL {
            self.resume();
            self.signal(self.end_signals.dropped);
            let deadline = Instant::now() + DROP_GRACE;
            while self.status().is_none() && Instant::now() < deadline {
                thread::sleep(POLL_PAUSE);
            }
        }
        self.kill_family();
        let process = self
            .handle
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        let _ = process.wait();
    }
}

fn await_stillness(processes: &[Pid]) -> io::Result<()> {
    let deadline = Instant::now() + FREEZE_GRACE;
    while let Some(moving) = processes.iter().find(|pid| !is_still(**pid)) {
        if Instant::now() > deadline {
            let why = format!("process {} does not obey SIGSTOP", moving.as_raw_nonzero());
            return Err(io::Error::other(why));
        }
        thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

/// A channel that closes when the process has ended. It is left to be reaped by its owner.
fn watch_over(pid: Pid) -> io::Result<watch::Receiver<()>> {
    let (alive, watched) = watch::channel(());
    thread::Builder::new().spawn(move || {
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while matches!(waitid(WaitId::Pid(pid), look), Err(rustix::io::Errno::INTR)) {}
        drop(alive);
    })?;
    Ok(watched)
}
