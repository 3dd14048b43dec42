//! The command that a lab was started for: `lab -- COMMAND`.

use std::{
    env,
    ffi::OsString,
    io::{IsTerminal, stdin},
    os::unix::process::{CommandExt, ExitStatusExt},
    path::PathBuf,
    process::{ExitCode, ExitStatus},
    time::Duration,
};

use program::shutdown::StopSignal;
use rustix::process::Signal;
use tokio::time::{sleep, timeout};

use crate::{
    Lab, LabError, LabOptions,
    launch::{Ending, born, guarded},
    offspring::Offspring,
    process::{LOOK_AGAIN, Process},
    programs,
};
/// How long the command may take to clean up.
const GRACE: Duration = Duration::from_secs(10);

/// A command that exists, and where it looks for programs.
pub(crate) struct Errand {
    program: PathBuf,
    arguments: Vec<OsString>,
    path: OsString,
}

impl Errand {
    /// What `options` ask for, if anything.
    pub(crate) fn of(options: &LabOptions) -> Result<Option<Self>, LabError> {
        let [name, arguments @ ..] = &options.command[..] else {
            return Ok(None);
        };
        let ours = programs::ours("mock-metrics", options.programs.as_deref())?;
        let others = programs::search_path();
        let folders = ours.parent().map(PathBuf::from).into_iter();
        let path = env::join_paths(folders.chain(env::split_paths(&others))).unwrap_or(others);
        Ok(Some(Self {
            program: programs::command(name, &path)?,
            arguments: arguments.to_vec(),
            path,
        }))
    }

    /// Runs it on `lab` to its end. When `asked` resolves with a signal, the command gets that signal, and time.
    pub(crate) async fn run(
        &self,
        lab: &Lab,
        asked: impl Future<Output = StopSignal> + Unpin,
    ) -> Result<ExitStatus, LabError> {
        let refused = |error| LabError::io(self.program.display())(error);
        let offspring = Offspring::adopt().map_err(refused)?;
        // In our process group, if there is a terminal: it reads from it, and a Ctrl-C reaches it directly.
        let on_terminal = stdin().is_terminal();
        let command = self.start(lab, on_terminal)?;
        let running = Running {
            command: &command,
            offspring: &offspring,
            on_terminal,
        };
        tokio::select! {
            ended = running.to_its_end(lab, asked) => ended,
            Err(error) = offspring.reap(command.id()) => Err(refused(error)),
        }
    }

    fn start(&self, lab: &Lab, on_terminal: bool) -> Result<Process, LabError> {
        let mut command = guarded(&self.program, Ending::PROGRAM, None)?;
        command
            .args(&self.arguments)
            .env("PATH", &self.path)
            .env("PROMETHEUS_URL", lab.prometheus.url())
            .env("ALERTMANAGER_URL", lab.alertmanager.url())
            .env("GATEWAY_URL", lab.gateway.url())
            .env("SIMULATOR_URL", lab.mock.url())
            .env("DATABASE_URL", lab.postgres.url());
        if !on_terminal {
            command.process_group(0);
        }
        born(command)
            .and_then(|process| Process::guard(process, Ending::PROGRAM))
            .map_err(LabError::io(self.program.display()))
    }
}

/// How we end when the command has ended so: with its code, or as a shell would after a signal.
pub(crate) fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal));
    let code = code.and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}

/// The command while it runs, and what it has started.
struct Running<'a> {
    command: &'a Process,
    offspring: &'a Offspring,
    on_terminal: bool,
}

impl Running<'_> {
    async fn to_its_end(
        &self,
        lab: &Lab,
        mut asked: impl Future<Output = StopSignal> + Unpin,
    ) -> Result<ExitStatus, LabError> {
        let name = tokio::select! {
            status = self.command.ended() => {
                // A Ctrl-C reaches both of us, and that it has ended the command may be heard of first.
                match timeout(LOOK_AGAIN, &mut asked).await {
                    Ok(name) => name,
                    Err(_) => return Ok(status),
                }
            }
            name = &mut asked => name,
            death = lab.died() => {
                self.stop(Some(Signal::TERM)).await;
                return Err(death);
            }
        };
        let signal = name.signal();
        // A second signal would be taken for impatience.
        let has_it = self.on_terminal && signal == Signal::INT;
        Ok(self.stop((!has_it).then_some(signal)).await)
    }

    /// Waits for the end of the command and of what it has started, and kills all when the time is over.
    async fn stop(&self, signal: Option<Signal>) -> ExitStatus {
        if let Some(signal) = signal {
            self.offspring.signal(signal);
        }
        let mut patience = GRACE;
        loop {
            if let Ok(status) = timeout(patience, self.all_ended()).await {
                return status;
            }
            self.offspring.signal(Signal::KILL);
            // Again, since one may have been born meanwhile.
            patience = LOOK_AGAIN * 5;
        }
    }

    async fn all_ended(&self) -> ExitStatus {
        let status = self.command.ended().await;
        while self.offspring.runs() {
            sleep(LOOK_AGAIN).await;
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
