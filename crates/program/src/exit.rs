//! How a program ends: its exit code, and what it says on the way.

use std::{
    collections::BTreeMap,
    fmt,
    io::{self, ErrorKind, Write},
    process::{self, ExitCode, Termination},
};

use rustix::process::Signal;

use crate::{
    output::{self, Priority, escaped},
    settings::SettingsError,
};

/// Why a program ends otherwise than asked.
#[derive(Debug)]
pub enum ProgramError {
    /// Exit code 2: what was asked for does not exist, or not in this way.
    Usage(String),
    /// Exit code 64: one line per fault.
    Settings(SettingsError),
    /// Exit code 64: a file that it was given; one line per fault.
    Refused(String),
    /// Exit code 4: a server that it needs does not answer.
    Unreachable(String),
    /// Exit code 128 and the signal's number, without a word, as a shell tells of a program that the signal has ended.
    Signalled(Signal),
    /// Exit code 127: a command that it is to run does not exist, as a shell tells of it.
    NoCommand(String),
    /// Exit code 130: somebody has interrupted what is not done.
    Interrupted(String),
    /// Exit code 1: it could not start, or failed while it ran.
    Failed(String),
}

impl From<SettingsError> for ProgramError {
    fn from(error: SettingsError) -> Self {
        Self::Settings(error)
    }
}

impl fmt::Display for ProgramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings(error) => error.fmt(f),
            Self::Signalled(_) => Ok(()),
            Self::Usage(why)
            | Self::Refused(why)
            | Self::Unreachable(why)
            | Self::NoCommand(why)
            | Self::Interrupted(why)
            | Self::Failed(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for ProgramError {}

/// Says why on stderr, if there is a why, and gives the exit code: the result's own (0 for `()`), 1 failed, 4
/// unreachable, 64 bad settings, 2 bad usage (most of which the command line parser finds before), 127 no such command, 130
/// interrupted, 128 and more a signal.
/// What the program still has to say is written first, as far as somebody takes it at once.
pub fn code(program: &str, result: Result<impl Termination, ProgramError>) -> ExitCode {
    let code = match result {
        Ok(ended) => ended.report(),
        Err(error) => {
            for line in error.to_string().lines() {
                // Servers that are quoted indent with tabs.
                let line = line.replace('\t', "    ");
                eprint_line(&format!("{program}: {}", escaped(&line)));
            }
            code_of(&error)
        }
    };
    flush();
    code
}

/// Ends the process with code 1, from anywhere, after what has been logged is written as far as somebody takes it at once.
pub fn abort() -> ! {
    flush();
    process::exit(1)
}

/// Gives the log and both outputs a moment to be written.
fn flush() {
    log::logger().flush();
    output::flush();
}

fn code_of(error: &ProgramError) -> ExitCode {
    match error {
        ProgramError::Usage(_) => ExitCode::from(2),
        ProgramError::Settings(_) | ProgramError::Refused(_) => ExitCode::from(64),
        ProgramError::Unreachable(_) => ExitCode::from(4),
        ProgramError::NoCommand(_) => ExitCode::from(127),
        ProgramError::Interrupted(_) => ExitCode::from(130),
        ProgramError::Signalled(signal) => signalled(*signal),
        ProgramError::Failed(_) => ExitCode::FAILURE,
    }
}

/// The exit code that a shell gives to a program that `signal` has ended.
fn signalled(signal: Signal) -> ExitCode {
    u8::try_from(128 + signal.as_raw()).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// Prints a line on stderr, without waiting for whoever reads it.
pub fn eprint_line(line: &str) {
    output::stderr().push(format!("{line}\n"), Priority::Reserved);
}

/// Shows text on stdout without waiting for whoever reads it: what does not fit into the queue is not shown.
pub fn print_lossy(text: String) {
    output::stdout().push(text, Priority::Reserved);
}

/// Prints a line on stdout for whoever still reads it: a reader who has left is no error.
///
/// # Errors
/// When stdout cannot be written to for another reason.
pub fn print_line_if_open(line: &str) -> Result<(), ProgramError> {
    match print_line(line) {
        Err(ProgramError::Signalled(_)) => Ok(()),
        result => result,
    }
}

/// Prints a line on stdout, however long it takes to be read; unlike `println!`, a closed stdout is an error and not a
/// panic.
///
/// # Errors
/// When stdout cannot be written to.
pub fn print_line(line: &str) -> Result<(), ProgramError> {
    if let Some(queue) = output::started_stdout() {
        queue.flush(None);
    }
    writeln!(io::stdout(), "{line}").map_err(|error| write_error("stdout", &error))
}

/// What a program ends with that could not write to `place`. Where the reader has left, the SIGPIPE that Rust programs
/// ignore would have ended it.
pub fn write_error(place: &str, error: &io::Error) -> ProgramError {
    match error.kind() {
        ErrorKind::BrokenPipe => ProgramError::Signalled(Signal::PIPE),
        _ => ProgramError::Failed(format!("{place}: {error}")),
    }
}

/// The environment; what is not UTF-8 is passed with replacement characters, so that it is refused and not a panic.
pub fn environment() -> BTreeMap<String, String> {
    let text = |part: std::ffi::OsString| part.to_string_lossy().into_owned();
    std::env::vars_os()
        .map(|(name, value)| (text(name), text(value)))
        .collect()
}
