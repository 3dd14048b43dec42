//! The command that a lab was started for: `lab -- COMMAND`.

use std::{
    env,
    ffi::OsString,
    io::{IsTerminal, stdin},
    os::unix::process::{CommandExt, ExitStatusExt},
    path::{Path, PathBuf},
    process::{ExitCode, ExitStatus},
    time::Duration,
};

use program::shutdown::StopSignal;
use rustix::process::Signal;
use tokio::time::{sleep, timeout};

use super::{
    guard::{POLL_PAUSE, ProcessGuard},
    launch::{EndSignals, guarded_command, spawn},
    subreaper::Subreaper,
};
use crate::{error::LabError, executables};

/// How long the command may take to end after a signal, before it is killed.
const GRACE: Duration = Duration::from_secs(10);

/// A command that exists, its arguments, and its `PATH`.
pub(crate) struct LabCommand {
    program: PathBuf,
    arguments: Vec<OsString>,
    path: OsString,
}

impl LabCommand {
    /// Finds the program that `words` begin with; `None` where there are no words. `programs` is the folder of our own
    /// programs, which the command finds by `PATH`.
    pub(crate) fn find(
        words: &[OsString],
        programs: Option<&Path>,
    ) -> Result<Option<Self>, LabError> {
        let [name, arguments @ ..] = words else {
            return Ok(None);
        };
        let ours = executables::ours("mock-metrics", programs)?;
        let others = executables::search_path();
        let folders = ours.parent().map(PathBuf::from).into_iter();
        let path = env::join_paths(folders.chain(env::split_paths(&others))).unwrap_or(others);
        Ok(Some(Self {
            program: executables::command(name, &path)?,
            arguments: arguments.to_vec(),
            path,
        }))
    }

    /// Runs the command with `environment` to its end. When `stop` resolves, the command gets that signal and has
    /// [`GRACE`] to end. When `died` resolves, a server has died: the command is ended and that error returned.
    pub(crate) async fn run(
        &self,
        environment: &[(&str, String)],
        died: impl Future<Output = LabError>,
        stop: impl Future<Output = StopSignal> + Unpin,
    ) -> Result<ExitStatus, LabError> {
        let refused = |error| LabError::io(self.program.display())(error);
        let subreaper = Subreaper::start().map_err(refused)?;
        // With a terminal, the command stays in our process group: it reads from the terminal, and Ctrl-C reaches it
        // directly.
        let on_terminal = stdin().is_terminal();
        let command = self.start(environment, on_terminal)?;
        let running = Running {
            command: &command,
            subreaper: &subreaper,
            on_terminal,
        };
        tokio::select! {
            ended = running.to_end(died, stop) => ended,
            Err(error) = subreaper.reap(command.id()) => Err(refused(error)),
        }
    }

    fn start(
        &self,
        environment: &[(&str, String)],
        on_terminal: bool,
    ) -> Result<ProcessGuard, LabError> {
        let mut command = guarded_command(&self.program, EndSignals::PROGRAM, None)?;
        command
            .args(&self.arguments)
            .env("PATH", &self.path)
            .envs(environment.iter().map(|(name, value)| (name, value)));
        if !on_terminal {
            command.process_group(0);
        }
        spawn(command)
            .and_then(|process| ProcessGuard::new(process, EndSignals::PROGRAM))
            .map_err(LabError::io(self.program.display()))
    }
}

/// The exit code of the lab: that of the command, or 128 plus the signal that ended it, as in a shell.
pub(crate) fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal));
    let code = code.and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}

/// The running command and its descendants.
struct Running<'a> {
    command: &'a ProcessGuard,
    subreaper: &'a Subreaper,
    on_terminal: bool,
}

impl Running<'_> {
    async fn to_end(
        &self,
        died: impl Future<Output = LabError>,
        mut stop: impl Future<Output = StopSignal> + Unpin,
    ) -> Result<ExitStatus, LabError> {
        let stop_signal = tokio::select! {
            status = self.command.ended() => {
                // Ctrl-C reaches the command and the lab; the end of the command may be noticed first.
                match timeout(POLL_PAUSE, &mut stop).await {
                    Ok(stop_signal) => stop_signal,
                    Err(_) => return Ok(status),
                }
            }
            stop_signal = &mut stop => stop_signal,
            error = died => {
                self.stop(Some(Signal::TERM)).await;
                return Err(error);
            }
        };
        let signal = stop_signal.signal();
        // Many programs end at once at a second signal.
        let received = self.on_terminal && signal == Signal::INT;
        Ok(self.stop((!received).then_some(signal)).await)
    }

    /// Sends `signal`, and waits until the command and its descendants have ended. Kills them after [`GRACE`].
    async fn stop(&self, signal: Option<Signal>) -> ExitStatus {
        if let Some(signal) = signal {
            self.subreaper.signal(signal);
        }
        let mut limit = GRACE;
        loop {
            if let Ok(status) = timeout(limit, self.all_ended()).await {
                return status;
            }
            self.subreaper.signal(Signal::KILL);
            // Again, since a process may have started another one meanwhile.
            limit = POLL_PAUSE * 5;
        }
    }

    async fn all_ended(&self) -> ExitStatus {
        let status = self.command.ended().await;
        while self.subreaper.runs() {
            sleep(POLL_PAUSE).await;
        }
        status
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lab_ends_with_the_commands_code_or_128_and_the_signal() {
        for (status, code) in [(0, 0), (7 << 8, 7), (9, 137), (15, 143)] {
            assert_eq!(
                exit_code(ExitStatus::from_raw(status)),
                ExitCode::from(code)
            );
        }
    }
}
