//! How child processes are started: program, user, environment, and a parent-death signal.

use std::{
    ffi::OsString,
    fs, io,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{OnceLock, mpsc},
    thread,
};

use rustix::process::Signal;

use crate::{error::LabError, executables};

/// A shell script that ends the child if its parent died before the parent-death signal was set.
const CHECK_PARENT: &str = r#"[ "$PPID" = "$0" ] || exit 1; exec "$@""#;

/// A program, and how it is run.
#[derive(Clone)]
pub(crate) struct Launch {
    pub(crate) name: &'static str,
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) environment: Vec<(&'static str, String)>,
    pub(crate) user: Option<User>,
    pub(crate) log: PathBuf,
    pub(crate) end_signals: EndSignals,
}

/// The signals that end a program.
#[derive(Clone, Copy)]
pub(crate) struct EndSignals {
    /// Asks it to stop; it has a grace period.
    pub(crate) stop: Signal,
    /// Ends it when its value is dropped.
    pub(crate) on_drop: Signal,
    /// Ends it when our process dies, by its name for `setpriv`.
    pub(crate) on_parent_death: &'static str,
}

impl EndSignals {
    /// A program without children of its own.
    pub(crate) const PROGRAM: Self = Self {
        stop: Signal::TERM,
        on_drop: Signal::KILL,
        on_parent_death: "KILL",
    };
    /// PostgreSQL: SIGINT is its fast shutdown, SIGQUIT its immediate one. Both end its backends and free its shared memory.
    pub(crate) const POSTGRES: Self = Self {
        stop: Signal::INT,
        on_drop: Signal::QUIT,
        on_parent_death: "INT",
    };
}

/// A user of this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl User {
    /// Looks a user up in `/etc/passwd`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let passwd = fs::read_to_string("/etc/passwd").ok()?;
        let mut fields = passwd
            .lines()
            .map(|line| line.split(':'))
            .find_map(|mut fields| (fields.next()? == name).then_some(fields))?
            .skip(1);
        Some(Self {
            uid: fields.next()?.parse().ok()?,
            gid: fields.next()?.parse().ok()?,
        })
    }
}

impl Launch {
    /// A program without children of its own, run as the current user.
    pub(crate) fn new(name: &'static str, program: PathBuf, log: &Path) -> Self {
        Self {
            name,
            program,
            arguments: Vec::new(),
            environment: Vec::new(),
            user: None,
            log: log.to_owned(),
            end_signals: EndSignals::PROGRAM,
        }
    }

    /// Adds arguments.
    pub(crate) fn args(mut self, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Starts it, with stdout and stderr to `output`.
    pub(crate) fn spawn(&self, output: io::PipeWriter) -> Result<Child, LabError> {
        let refused = |error| LabError::io(self.program.display())(error);
        let mut command = guarded_command(&self.program, self.end_signals, self.user)?;
        // libpq's variables would direct PostgreSQL's programs to other databases.
        for (name, _) in
            std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG"))
        {
            command.env_remove(name);
        }
        command
            .args(&self.arguments)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(output.try_clone().map_err(refused)?)
            .stderr(output);
        spawn(command).map_err(refused)
    }
}

/// A command for `program` that the kernel ends when this process dies. Arguments may be added.
pub(crate) fn guarded_command(
    program: &Path,
    end_signals: EndSignals,
    user: Option<User>,
) -> Result<Command, LabError> {
    let mut command = Command::new(executables::installed("setpriv", "util-linux")?);
    command.args(["--pdeathsig", end_signals.on_parent_death]);
    if let Some(User { uid, gid }) = user {
        command.args([
            format!("--reuid={uid}"),
            format!("--regid={gid}"),
            "--init-groups".into(),
        ]);
    }
    let parent = std::process::id().to_string();
    command.args(["--", "/bin/sh", "-c", CHECK_PARENT, &parent]);
    command.arg(program);
    Ok(command)
}

type SpawnRequest = (Command, mpsc::Sender<io::Result<Child>>);

/// Spawns `command` from a thread that lives as long as the process. The kernel sends the parent-death signal when the
/// *thread* that spawned a child ends (prctl(2)), and tests share servers between threads.
pub(crate) fn spawn(command: Command) -> io::Result<Child> {
    static SPAWNER: OnceLock<mpsc::Sender<SpawnRequest>> = OnceLock::new();
    let gone = |_| io::Error::other("the thread that starts children has ended");
    let spawner = SPAWNER.get_or_init(|| {
        let (sender, requests) = mpsc::channel::<SpawnRequest>();
        thread::spawn(move || {
            for (mut command, parent) in requests {
                let _ = parent.send(command.spawn());
            }
        });
        sender
    });
    let (parent, child) = mpsc::channel();
    spawner.send((command, parent)).map_err(|_| gone(()))?;
    child.recv().map_err(|_| gone(()))?
}
