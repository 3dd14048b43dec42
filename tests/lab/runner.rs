//! Runs the program `lab` as a user does, and reads its output.

use std::{
    fs,
    fs::File,
    path::Path,
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::{processes, stub};
use crate::support::{eventually, scratch};

/// A `lab` with stand-ins for our programs. Dropping it kills it and all that it has started.
pub(crate) struct Runner {
    child: Child,
    words: TempDir,
}

impl Runner {
    /// `lab` on free ports.
    pub(crate) fn start(data: &Path) -> Self {
        Self::with(data, |_| {})
    }

    /// `lab` with the changes of `change`.
    pub(crate) fn with(data: &Path, change: impl FnOnce(&mut Command)) -> Self {
        Self::with_command(data, &[], change)
    }

    /// `lab` that runs `command`.
    pub(crate) fn running(data: &Path, command: &[&str]) -> Self {
        Self::with_command(data, command, |_| {})
    }

    /// `lab` that runs `command`, with the changes of `change`.
    pub(crate) fn with_command(
        data: &Path,
        command: &[&str],
        change: impl FnOnce(&mut Command),
    ) -> Self {
        let words = scratch();
        let mut lab = program(data, words.path());
        write_output_to(&mut lab, words.path());
        change(&mut lab);
        complete(&mut lab, words.path(), command);
        Self::spawn(lab, words)
    }

    /// `lab` that runs `command` on a terminal of its own; what is typed there is written to [`Self::terminal`].
    pub(crate) fn on_terminal(data: &Path, command: &[&str]) -> Self {
        let words = scratch();
        let mut lab = program(data, words.path());
        complete(&mut lab, words.path(), command);
        let line = std::iter::once(lab.get_program())
            .chain(lab.get_args())
            .map(|word| format!("'{}'", word.to_str().unwrap().replace('\'', r"'\''")))
            .collect::<Vec<_>>();
        let mut script = Command::new("script");
        // A shell in between would get Ctrl-C too, and dash would end.
        let line = format!("exec {}", line.join(" "));
        script.args(["-qec", &line, "/dev/null"]);
        script.stdin(Stdio::piped());
        write_output_to(&mut script, words.path());
        Self::spawn(script, words)
    }

    fn spawn(mut command: Command, words: TempDir) -> Self {
        let child = command.spawn().unwrap();
        Self { child, words }
    }

    /// The input of its terminal.
    pub(crate) fn terminal(&mut self) -> &mut ChildStdin {
        self.child.stdin.as_mut().unwrap()
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its stdout so far.
    pub(crate) fn stdout(&self) -> String {
        fs::read_to_string(self.words.path().join("stdout")).unwrap()
    }

    /// Its stderr so far.
    pub(crate) fn stderr(&self) -> String {
        fs::read_to_string(self.words.path().join("stderr")).unwrap()
    }

    /// Waits for its table.
    pub(crate) async fn ready(&mut self) {
        let pid = self.pid();
        eventually("the lab is ready", async || {
            assert!(
                processes::runs(pid),
                "lab ended: {}{}",
                self.stdout(),
                self.stderr()
            );
            self.stdout().contains("Ctrl-C stops").then_some(())
        })
        .await;
    }

    /// The address of `name` in its table.
    pub(crate) fn address(&self, name: &str) -> String {
        let table = self.stdout();
        let mut lines = table.lines().rev().map(str::trim);
        let line = lines.find_map(|line| line.strip_prefix(name)).expect(name);
        line.trim().to_owned()
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for its end.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        let pid = self.pid();
        eventually("the lab has ended", async || {
            (!processes::runs(pid)).then_some(())
        })
        .await;
        self.child.wait().unwrap()
    }
}

fn program(data: &Path, words: &Path) -> Command {
    stub::install(words);
    let mut lab = Command::new(crate::support::program::LAB.as_str());
    lab.arg("--fast").arg("--data").arg(data);
    lab
}

fn write_output_to(command: &mut Command, words: &Path) {
    command.stdout(File::create(words.join("stdout")).unwrap());
    command.stderr(File::create(words.join("stderr")).unwrap());
}

/// Adds the flags that were not given, and the command.
fn complete(lab: &mut Command, programs: &Path, command: &[&str]) {
    let given: Vec<_> = lab.get_args().map(ToOwned::to_owned).collect();
    for (flag, value) in [
        ("--programs", programs.as_os_str()),
        ("--postgres-port", "0".as_ref()),
        ("--alertmanager-port", "0".as_ref()),
        ("--prometheus-port", "0".as_ref()),
        ("--mock-port", "0".as_ref()),
        ("--gateway-port", "0".as_ref()),
        ("--history", "0".as_ref()),
    ] {
        if !given.iter().any(|word| word == flag) {
            lab.arg(flag).arg(value);
        }
    }
    if !command.is_empty() {
        lab.arg("--").args(command);
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
