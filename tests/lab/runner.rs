//! Runs the program `lab` as a user would, and reads what it says.

use std::{
    fs,
    fs::File,
    path::Path,
    process::{Child, Command, ExitStatus},
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::{processes, stub};
use crate::support::{eventually, scratch};

/// A `lab` with stand-ins for our programs. Dropping it kills it, and with it what it has started.
pub(crate) struct Runner {
    child: Child,
    words: TempDir,
}

impl Runner {
    /// `lab` on free ports.
    pub(crate) fn start(data: &Path) -> Self {
        Self::with(data, |_| {})
    }

    /// `lab` with what `change` says otherwise.
    pub(crate) fn with(data: &Path, change: impl FnOnce(&mut Command)) -> Self {
        let words = scratch();
        stub::install(words.path());
        let mut command = Command::new(env!("CARGO_BIN_EXE_lab"));
        command.arg("--fast").arg("--data").arg(data);
        command.stdout(File::create(words.path().join("stdout")).unwrap());
        command.stderr(File::create(words.path().join("stderr")).unwrap());
        change(&mut command);
        let given: Vec<_> = command.get_args().map(ToOwned::to_owned).collect();
        for (flag, value) in [
            ("--programs", words.path().as_os_str()),
            ("--postgres-port", "0".as_ref()),
            ("--prometheus-port", "0".as_ref()),
            ("--mock-port", "0".as_ref()),
            ("--gateway-port", "0".as_ref()),
        ] {
            if !given.iter().any(|word| word == flag) {
                command.arg(flag).arg(value);
            }
        }
        let child = command.spawn().unwrap();
        Self { child, words }
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it has said on stdout.
    pub(crate) fn stdout(&self) -> String {
        fs::read_to_string(self.words.path().join("stdout")).unwrap()
    }

    /// What it has said on stderr.
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

    /// The address that its table gives for `name`.
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

impl Drop for Runner {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
