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

use rustix::process::{Pid, Signal, getpid, set_child_subreaper};
use tokio::time::{sleep, timeout};

use super::{
    Lab, LabError, LabOptions,
    family::{descendants, descendants_without, runs, signal_each},
    launch::{Ending, born, guarded},
    process::{LOOK_AGAIN, Process},
    programs,
};
use crate::shutdown;

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

    /// Runs it on `lab` to its end. When `asked` resolves with a signal's name, the command gets that signal, and time.
    pub(crate) async fn run(
        &self,
        lab: &Lab,
        mut asked: impl Future<Output = &'static str> + Unpin,
    ) -> Result<ExitStatus, LabError> {
        // In our process group, if there is a terminal: it reads from it, and a Ctrl-C reaches it directly.
        let on_terminal = stdin().is_terminal();
        // What it leaves behind becomes a child of ours, and is found as one.
        set_child_subreaper(Some(getpid())).map_err(|error| LabError::io("prctl")(error.into()))?;
        let servers = descendants(getpid());
        let command = self.start(lab, on_terminal)?;
        let name = tokio::select! {
            // A Ctrl-C has reached both of us when it ends the command, which may be heard of first.
            status = command.ended() => match timeout(LOOK_AGAIN, &mut asked).await {
                Ok(name) => name,
                Err(_) => return Ok(status),
            },
            name = &mut asked => name,
            death = lab.died() => {
                stop(&command, &servers, Some(Signal::TERM)).await;
                return Err(death);
            }
        };
        let signal = shutdown::named(name);
        // A second signal would be taken for impatience.
        let has_it = on_terminal && signal == Signal::INT;
        Ok(stop(&command, &servers, (!has_it).then_some(signal)).await)
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

/// Waits for the end of the command and of what it had started, which is all that we have but the `servers`, and kills it
/// when the time is over.
async fn stop(command: &Process, servers: &[Pid], signal: Option<Signal>) -> ExitStatus {
    let left = || -> Vec<Pid> {
        let all = descendants_without(getpid(), servers).into_iter();
        all.filter(|pid| runs(*pid)).collect()
    };
    if let Some(signal) = signal {
        signal_each(&left(), signal);
    }
    let all_ended = async {
        let status = command.ended().await;
        while !left().is_empty() {
            sleep(LOOK_AGAIN).await;
        }
        status
    };
    if let Ok(status) = timeout(GRACE, all_ended).await {
        return status;
    }
    let status = command.kill().await;
    loop {
        let left = left();
        if left.is_empty() {
            return status;
        }
        signal_each(&left, Signal::KILL);
        sleep(LOOK_AGAIN).await;
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
