//! A running program that does not outlive its value.

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
    LabError,
    family::{is_still, runs, signal_descendants},
    launch::Launch,
    log_file::Tail,
};

const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// How long a drop may take before the child is killed.
const DROP_GRACE: Duration = Duration::from_secs(5);
/// How long a process may take to stand still after a SIGSTOP. The kernel needs moments, but on a loaded machine.
const FREEZE_GRACE: Duration = Duration::from_secs(5);

/// A running program. Dropping it ends the program and its children.
pub(crate) struct Child {
    launch: Launch,
    pid: Pid,
    /// Reaped only through this: until then the process id cannot become somebody else's.
    process: Mutex<std::process::Child>,
    /// Closed at its end.
    alive: watch::Receiver<()>,
    tail: Tail,
}

impl Child {
    /// Starts a program.
    pub(crate) fn spawn(launch: &Launch) -> Result<Self, LabError> {
        let refused = |error: io::Error| LabError::io(launch.name)(error);
        let (output, input) = io::pipe().map_err(refused)?;
        let tail = Tail::follow(launch.name, output, &launch.log)?;
        let process = launch.spawn(input)?;
        let pid = Pid::from_child(&process);
        Ok(Self {
            launch: launch.clone(),
            pid,
            process: Mutex::new(process),
            alive: watch_over(pid).map_err(refused)?,
            tail,
        })
    }

    /// The process id of the program.
    pub(crate) fn pid(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// How it ended, if it has.
    pub(crate) fn status(&self) -> Option<ExitStatus> {
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
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
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        }
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
                tokio::time::sleep(LOOK_AGAIN).await;
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

    /// Asks it to end, and kills it if it has not after `grace`.
    pub(crate) async fn stop(&self, grace: Duration) -> ExitStatus {
        self.resume();
        self.signal(self.launch.ending.asked);
        match timeout(grace, self.ended()).await {
            Ok(status) => status,
            Err(_) => self.kill().await,
        }
    }

    /// Kills it and its children, and waits until all are gone.
    pub(crate) async fn kill(&self) -> ExitStatus {
        let family = self.kill_family();
        let status = self.ended().await;
        while family.iter().any(|pid| runs(*pid)) {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        status
    }

    /// Freezes it and its children: connections stay open and nothing answers from the return of this call on.
    pub(crate) fn pause(&self) -> Result<(), LabError> {
        // The parent first, so that it cannot have another child meanwhile.
        self.signal(Signal::STOP);
        self.await_stillness(&[self.pid])?;
        let children = self.signal_children(Signal::STOP);
        self.await_stillness(&children)
    }

    fn await_stillness(&self, processes: &[Pid]) -> Result<(), LabError> {
        let deadline = Instant::now() + FREEZE_GRACE;
        while let Some(moving) = processes.iter().find(|pid| !is_still(**pid)) {
            if Instant::now() > deadline {
                let why = format!("process {} does not obey SIGSTOP", moving.as_raw_nonzero());
                return Err(LabError::io(self.launch.name)(io::Error::other(why)));
            }
            thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    /// Thaws what [`Self::pause`] froze.
    pub(crate) fn resume(&self) {
        self.signal_children(Signal::CONT);
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        if self.status().is_none() {
            // Still ours, if perhaps a zombie by now, which minds no signal.
            let _ = kill_process(self.pid, signal);
        }
    }

    fn kill_family(&self) -> Vec<Pid> {
        self.signal(Signal::STOP);
        let family = self.signal_children(Signal::KILL);
        self.signal(Signal::KILL);
        family
    }

    /// Gives the children's process ids.
    fn signal_children(&self, signal: Signal) -> Vec<Pid> {
        match self.status() {
            None => signal_descendants(self.pid, signal),
            Some(_) => Vec::new(),
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if self.status().is_some() {
            return;
        }
        if self.launch.ending.dropped != Signal::KILL {
            self.resume();
            self.signal(self.launch.ending.dropped);
            let deadline = Instant::now() + DROP_GRACE;
            while self.status().is_none() && Instant::now() < deadline {
                thread::sleep(LOOK_AGAIN);
            }
        }
        self.kill_family();
        let process = self
            .process
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        let _ = process.wait();
    }
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
