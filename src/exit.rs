//! How a program ends: its exit code, and what it says on the way.

use std::{
    collections::BTreeMap,
    fmt,
    io::{ErrorKind, Write},
    process::{ExitCode, Termination},
};

use crate::settings::SettingsError;

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
            Self::Usage(why) | Self::Refused(why) | Self::Unreachable(why) | Self::Failed(why) => {
                f.write_str(why)
            }
        }
    }
}

impl std::error::Error for ProgramError {}

/// Says why on stderr, if there is a why, and gives the exit code: the result's own (0 for `()`), 1 failed, 4
/// unreachable, 64 bad settings, 2 bad usage (most of which the command line parser finds before).
pub fn code(program: &str, result: Result<impl Termination, ProgramError>) -> ExitCode {
    let error = match result {
        Ok(ended) => return ended.report(),
        Err(error) => error,
    };
    for line in error.to_string().lines() {
        tell(&format!("{program}: {line}"));
    }
    match error {
        ProgramError::Usage(_) => ExitCode::from(2),
        ProgramError::Settings(_) | ProgramError::Refused(_) => ExitCode::from(64),
        ProgramError::Unreachable(_) => ExitCode::from(4),
        ProgramError::Failed(_) => ExitCode::FAILURE,
    }
}

/// Prints a line on stderr. With stderr closed there is nobody left to tell.
pub fn tell(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Prints a line on stdout for whoever still reads it: a reader who has left is no error.
///
/// # Errors
/// When stdout cannot be written to for another reason.
pub fn mention(line: &str) -> Result<(), ProgramError> {
    match writeln!(std::io::stdout(), "{line}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(ProgramError::Failed(format!("stdout: {error}")))
        }
        _ => Ok(()),
    }
}

/// Prints a line on stdout; unlike `println!`, a closed stdout is an error and not a panic.
///
/// # Errors
/// When stdout cannot be written to.
pub fn say(line: &str) -> Result<(), ProgramError> {
    writeln!(std::io::stdout(), "{line}")
        .map_err(|error| ProgramError::Failed(format!("stdout: {error}")))
}

/// The environment; what is not UTF-8 is passed with replacement characters, so that it is refused and not a panic.
pub fn environment() -> BTreeMap<String, String> {
    let text = |part: std::ffi::OsString| part.to_string_lossy().into_owned();
    std::env::vars_os()
        .map(|(name, value)| (text(name), text(value)))
        .collect()
}
