//! Exit codes, and lines on stdout and stderr.
//!
//! | code | meaning                                                   |
//! |------|-----------------------------------------------------------|
//! | 0    | done, or stopped by a signal that asks for it             |
//! | 1    | failed                                                    |
//! | 2    | wrong usage; the command line parser finds most of it     |
//! | 4    | a server that is needed does not answer                   |
//! | 64   | wrong settings, or a file that is refused                 |
//! | 127  | no such command                                           |
//! | 130  | interrupted before it was done                            |
//! | 128 + n | ended by signal n                                      |

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

/// Why a program fails.
#[derive(Debug)]
pub enum ProgramError {
    /// Exit code 2: wrong usage that the command line parser cannot find.
    Usage(String),
    /// Exit code 64: wrong settings, one line for each.
    Settings(SettingsError),
    /// Exit code 64: a file is refused, one line for each mistake in it.
    Refused(String),
    /// Exit code 4: a server that is needed does not answer.
    Unreachable(String),
    /// Exit code 128 plus the signal's number, without a message: what a shell reports of a program that a signal ended.
    Signalled(Signal),
    /// Exit code 127, as in a shell: the command to run does not exist.
    NoCommand(String),
    /// Exit code 130: interrupted before it was done.
    Interrupted(String),
    /// Exit code 1: any other failure.
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

/// The exit code of `result`: its own (0 for `()`), or that of the error, whose message is printed on stderr with `program`
/// before each line. Flushes the log and both outputs.
pub fn code(program: &str, result: Result<impl Termination, ProgramError>) -> ExitCode {
    let code = match result {
        Ok(ended) => ended.report(),
        Err(error) => {
            for line in error.to_string().lines() {
                // The messages of some servers are indented with tabs.
                let line = line.replace('\t', "    ");
                eprint_line(&format!("{program}: {}", escaped(&line)));
            }
            code_of(&error)
        }
    };
    flush();
    code
}

/// Ends the process with code 1, after flushing the log and both outputs.
pub fn abort() -> ! {
    flush();
    process::exit(1)
}

/// Waits for the log and both outputs to be written, for [`output::flush`]'s timeout at most.
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

/// 128 plus the signal's number.
fn signalled(signal: Signal) -> ExitCode {
    u8::try_from(128 + signal.as_raw()).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// Prints a line on stderr. Does not wait for the reader.
pub fn eprint_line(line: &str) {
    output::stderr().push(format!("{line}\n"), Priority::Reserved);
}

/// Prints text on stdout. Does not wait for the reader: text that does not fit into the queue is lost.
pub fn print_lossy(text: String) {
    output::stdout().push(text, Priority::Reserved);
}

/// Like [`print_line`]; that stdout is closed is no error.
///
/// # Errors
/// When stdout cannot be written to for another reason.
pub fn print_line_if_open(line: &str) -> Result<(), ProgramError> {
    match print_line(line) {
        Err(ProgramError::Signalled(_)) => Ok(()),
        result => result,
    }
}

/// Prints a line on stdout, and waits for the reader. Unlike `println!`, a closed stdout is an error and no panic.
///
/// # Errors
/// When stdout cannot be written to.
pub fn print_line(line: &str) -> Result<(), ProgramError> {
    if let Some(queue) = output::started_stdout() {
        queue.flush(None);
    }
    writeln!(io::stdout(), "{line}").map_err(|error| write_error("stdout", &error))
}

/// The error of a program that could not write to `place`. If the reader has left, it ends as by SIGPIPE, which Rust
/// programs ignore.
pub fn write_error(place: &str, error: &io::Error) -> ProgramError {
    match error.kind() {
        ErrorKind::BrokenPipe => ProgramError::Signalled(Signal::PIPE),
        _ => ProgramError::Failed(format!("{place}: {error}")),
    }
}

/// The environment. Text that is not UTF-8 has replacement characters, so that the settings refuse it instead of a panic.
pub fn environment() -> BTreeMap<String, String> {
    let text = |part: std::ffi::OsString| part.to_string_lossy().into_owned();
    std::env::vars_os()
        .map(|(name, value)| (text(name), text(value)))
        .collect()
}
