//! Our programs as processes: run to their end, or watched while they serve.

use std::{
    cell::RefCell,
    env,
    fs::{self, File},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{LazyLock, Once},
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::{NOWHERE, eventually, scratch, workspace};

pub(crate) static GATEWAY: LazyLock<String> = LazyLock::new(|| built("service-metrics"));
pub(crate) static LAB: LazyLock<String> = LazyLock::new(|| built("lab"));
pub(crate) static MOCK: LazyLock<String> = LazyLock::new(|| built("mock-metrics"));

/// The path of a program. The programs belong to other packages than most tests: cargo would leave them as they were
/// built last.
fn built(program: &str) -> String {
    static BUILD: Once = Once::new();
    let folder = env::current_exe().unwrap();
    let folder = folder.ancestors().nth(2).unwrap();
    BUILD.call_once(|| {
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--locked", "--bins", "--target-dir"])
            .arg(folder.parent().unwrap())
            .current_dir(workspace())
            .status();
        assert!(built.unwrap().success(), "cargo build --bins");
    });
    folder.join(program).to_str().unwrap().to_owned()
}

/// A program with an empty environment.
pub(crate) fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command.env_clear().stdin(Stdio::null());
    command
}

/// The gateway on a free port of loopback, without Prometheus and PostgreSQL.
pub(crate) fn gateway() -> Command {
    let mut command = command(&GATEWAY);
    command
        .env("PORT", "0")
        .env("SERVICE_METRICS__SERVER__HOST", "127.0.0.1")
        .env("PROMETHEUS_URL", NOWHERE)
        .env("DATABASE_URL", "postgres://metrics_reader@127.0.0.1:9/none");
    command
}

/// How a program ended, and what it said.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) stderr: String,
}

/// Runs a program that ends by itself.
pub(crate) fn run(command: &mut Command) -> Ended {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ended {
        code: output.status.code(),
        out: text(output.stdout),
        stderr: text(output.stderr),
    }
}

/// A program that serves. Dropping it kills it.
pub(crate) struct Running {
    child: RefCell<Child>,
    words: TempDir,
}

impl Running {
    /// Starts it; stdout and stderr go to files.
    pub(crate) fn start(command: &mut Command) -> Self {
        let words = scratch();
        let file = |name| File::create(words.path().join(name)).unwrap();
        command.stdout(file("stdout")).stderr(file("stderr"));
        Self {
            child: RefCell::new(command.spawn().unwrap()),
            words,
        }
    }

    /// Starts it with a log that goes elsewhere; stdout goes to a file.
    pub(crate) fn logging_to(command: &mut Command, stderr: impl Into<Stdio>) -> Self {
        let words = scratch();
        let file = File::create(words.path().join("stdout")).unwrap();
        command.stdout(file).stderr(stderr);
        Self {
            child: RefCell::new(command.spawn().unwrap()),
            words,
        }
    }

    /// What it has said on stderr so far: its log.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.words.path().join("stderr")).unwrap()
    }

    /// What it has said on stdout so far.
    pub(crate) fn out(&self) -> String {
        fs::read_to_string(self.words.path().join("stdout")).unwrap()
    }

    /// The port that it logged, behind the word that its log has there.
    pub(crate) async fn port(&self) -> u16 {
        eventually("the program listens", async || {
            if let Some(status) = self.status() {
                panic!("it ended ({status}): {}", self.log());
            }
            let log = self.log();
            let (_, address) = log.split_once("listen")?;
            let (address, _) = address.split_once(['\n', '"'])?;
            address.rsplit_once(':')?.1.parse().ok()
        })
        .await
    }

    /// Waits for words in its log.
    pub(crate) async fn says(&self, words: &str) {
        eventually(words, async || {
            let ended = self.status();
            if self.log().contains(words) {
                return Some(());
            }
            assert!(ended.is_none(), "it ended ({ended:?}): {}", self.log());
            None
        })
        .await;
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.borrow().id()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child.borrow()), signal).unwrap();
    }

    /// How it has ended, if it has.
    pub(crate) fn status(&self) -> Option<ExitStatus> {
        self.child.borrow_mut().try_wait().unwrap()
    }

    pub(crate) async fn ended(&self) -> ExitStatus {
        eventually("the program has ended", async || self.status()).await
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let child = self.child.get_mut();
        let _ = child.kill();
        let _ = child.wait();
    }
}
