//! What is started, as whom, and how it is born: with a parent that it does not outlive.

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

/// Ends a child whose parent had died before the parent-death signal was armed.
const STILL_OURS: &str = r#"[ "$PPID" = "$0" ] || exit 1; exec "$@""#;

/// A program and how it is to run.
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

/// Which signal ends a program, by occasion.
#[derive(Clone, Copy)]
pub(crate) struct EndSignals {
    /// It is stopped, with a grace period.
    pub(crate) asked: Signal,
    /// Its value is dropped; there is no time to lose.
    pub(crate) dropped: Signal,
    /// Our process has died (the name as `setpriv` takes it).
    pub(crate) orphaned: &'static str,
}

impl EndSignals {
    /// A program without children of its own.
    pub(crate) const PROGRAM: Self = Self {
        asked: Signal::TERM,
        dropped: Signal::KILL,
        orphaned: "KILL",
    };
    /// PostgreSQL: fast shutdown, or immediate; both end its backends and give back its shared memory.
    pub(crate) const POSTGRES: Self = Self {
        asked: Signal::INT,
        dropped: Signal::QUIT,
        orphaned: "INT",
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
    /// A program without children of its own, as the current user.
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

    /// Starts it; what it says goes to `output`.
    pub(crate) fn spawn(&self, output: io::PipeWriter) -> Result<Child, LabError> {
        let refused = |error| LabError::io(self.program.display())(error);
        let mut command = guarded_command(&self.program, self.end_signals, self.user)?;
        // libpq's variables would lead PostgreSQL's programs to other databases.
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

/// A program that the kernel ends when this process has died; its arguments may follow.
pub(crate) fn guarded_command(
    program: &Path,
    end_signals: EndSignals,
    user: Option<User>,
) -> Result<Command, LabError> {
    let mut command = Command::new(executables::installed("setpriv", "util-linux")?);
    command.args(["--pdeathsig", end_signals.orphaned]);
    if let Some(User { uid, gid }) = user {
        command.args([
            format!("--reuid={uid}"),
            format!("--regid={gid}"),
            "--init-groups".into(),
        ]);
    }
    let parent = std::process::id().to_string();
    command.args(["--", "/bin/sh", "-c", STILL_OURS, &parent]);
    command.arg(program);
    Ok(command)
}

type Birth = (Command, mpsc::Sender<io::Result<Child>>);

/// Spawns `command` from a thread that lives as long as the process: the parent-death signal is sent when the *thread*
/// dies that a child was born of (prctl(2)), and tests share servers between threads that come and go.
pub(crate) fn spawn(command: Command) -> io::Result<Child> {
    static NURSERY: OnceLock<mpsc::Sender<Birth>> = OnceLock::new();
    let gone = |_| io::Error::other("the thread that starts children has gone");
    let nursery = NURSERY.get_or_init(|| {
        let (sender, births) = mpsc::channel::<Birth>();
        thread::spawn(move || {
            for (mut command, parent) in births {
                let _ = parent.send(command.spawn());
            }
        });
        sender
    });
    let (parent, child) = mpsc::channel();
    nursery.send((command, parent)).map_err(|_| gone(()))?;
    child.recv().map_err(|_| gone(()))?
}
