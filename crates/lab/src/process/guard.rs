//! A process that ends when its value is dropped.

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
    tree::{descendants, is_stopped, runs, signal_each},
};

/// Pause between two looks at the state of a process.
pub(crate) const POLL_PAUSE: Duration = Duration::from_millis(20);
/// How long a process may take to end when its value is dropped, before it is killed.
const DROP_GRACE: Duration = Duration::from_secs(5);
/// How long a process may take to stop after SIGSTOP. A loaded machine needs a while.
const FREEZE_GRACE: Duration = Duration::from_secs(5);

/// A running process. Dropping it ends the process and its children.
pub(crate) struct ProcessGuard {
    end_signals: EndSignals,
    pid: Pid,
    /// The process is reaped only through this handle, so that its id is not reused before.
    handle: Mutex<std::process::Child>,
    /// Closed when the process ends.
    alive: watch::Receiver<()>,
}

impl ProcessGuard {
    /// Guards a process that has just been started.
    pub(crate) fn new(process: std::process::Child, end_signals: EndSignals) -> io::Result<Self> {
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

    /// The process id as rustix takes it.
    pub(crate) fn id(&self) -> Pid {
        self.pid
    }

    /// Its exit status; `None` while it runs.
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
                // The watching thread has failed: poll instead.
                tokio::time::sleep(POLL_PAUSE).await;
            }
        }
    }

    /// Asks it to stop, and kills it after `grace`.
    pub(crate) async fn stop(&self, grace: Duration) -> ExitStatus {
        self.resume();
        self.signal(self.end_signals.stop);
        match timeout(grace, self.ended()).await {
            Ok(status) => status,
            Err(_) => self.kill().await,
        }
    }

    /// Its descendants; none once it has ended.
    pub(crate) fn descendants(&self) -> Vec<Pid> {
        match self.status() {
            Some(_) => Vec::new(),
            None => descendants(self.pid),
        }
    }

    /// Sends `signal` to the process, not to its descendants.
    pub(crate) fn signal(&self, signal: Signal) {
        if self.status().is_none() {
            // Not reaped yet: the id is still ours, and a zombie ignores signals.
            let _ = kill_process(self.pid, signal);
        }
    }

    /// Kills it and its descendants, and waits until all have ended.
    pub(crate) async fn kill(&self) -> ExitStatus {
        let killed = self.kill_tree();
        let status = self.ended().await;
        while killed.iter().any(|pid| runs(*pid)) {
            tokio::time::sleep(POLL_PAUSE).await;
        }
        status
    }

    /// Freezes it and its descendants. When this returns, connections stay open and nothing answers.
    pub(crate) fn pause(&self) -> io::Result<()> {
        // The parent first, so that it cannot start another child.
        self.signal(Signal::STOP);
        await_stopped(&[self.pid])?;
        let processes = self.signal_descendants(Signal::STOP);
        await_stopped(&processes)
    }

    /// Thaws what [`Self::pause`] froze.
    pub(crate) fn resume(&self) {
        self.signal_descendants(Signal::CONT);
        self.signal(Signal::CONT);
    }

    fn kill_tree(&self) -> Vec<Pid> {
        self.signal(Signal::STOP);
        let killed = self.signal_descendants(Signal::KILL);
        self.signal(Signal::KILL);
        killed
    }

    /// Sends `signal` to the descendants, and returns their ids.
    fn signal_descendants(&self, signal: Signal) -> Vec<Pid> {
        let processes = self.descendants();
        signal_each(&processes, signal);
        processes
    }
}

impl Drop for ProcessGuard {
    fn drop(&mut self) {
        if self.status().is_some() {
            return;
        }
        if self.end_signals.on_drop != Signal::KILL {
            self.resume();
            self.signal(self.end_signals.on_drop);
            let deadline = Instant::now() + DROP_GRACE;
            while self.status().is_none() && Instant::now() < deadline {
                thread::sleep(POLL_PAUSE);
            }
        }
        let killed = self.kill_tree();
        let process = self
            .handle
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        let _ = process.wait();
        // SIGKILL takes effect some time after it is sent.
        let deadline = Instant::now() + DROP_GRACE;
        while killed.iter().any(|pid| runs(*pid)) && Instant::now() < deadline {
            thread::sleep(POLL_PAUSE);
        }
    }
}

fn await_stopped(processes: &[Pid]) -> io::Result<()> {
    let deadline = Instant::now() + FREEZE_GRACE;
    while let Some(moving) = processes.iter().find(|pid| !is_stopped(**pid)) {
        if Instant::now() > deadline {
            let why = format!("process {} does not obey SIGSTOP", moving.as_raw_nonzero());
            return Err(io::Error::other(why));
        }
        thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

/// A channel that closes when the process ends. The owner still has to reap the process.
fn watch_over(pid: Pid) -> io::Result<watch::Receiver<()>> {
    let (alive, watched) = watch::channel(());
    thread::Builder::new().spawn(move || {
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while matches!(waitid(WaitId::Pid(pid), look), Err(rustix::io::Errno::INTR)) {}
        drop(alive);
    })?;
    Ok(watched)
}
