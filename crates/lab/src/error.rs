//! Why the lab, or a server of it, cannot start or ended; worded for the user at the terminal.

use std::{ffi::OsString, fmt, io, path::PathBuf, process::ExitStatus, time::Duration};

use program::exit::ProgramError;

/// Why the lab, or a server of it, cannot start or ended.
#[derive(Debug)]
pub enum LabError {
    /// A program is not installed or not built.
    Missing {
        /// The program's name.
        program: String,
        /// The command that provides it.
        remedy: String,
    },
    /// A command is in no folder of `PATH`, or not executable.
    NoCommand(OsString),
    /// A configuration file lacks the address that the lab replaces by its own.
    NoAddress {
        /// The file.
        file: PathBuf,
        /// The address.
        address: &'static str,
    },
    /// The port of one of our programs is taken.
    PortTaken {
        /// The program.
        program: &'static str,
        /// The port.
        port: u16,
        /// The flag that changes it.
        flag: &'static str,
    },
    /// Another lab runs on this data directory.
    Locked(PathBuf),
    /// A folder with SQL files is missing or empty.
    NoSql(PathBuf),
    /// A program ended by itself.
    Died {
        /// Its name.
        program: &'static str,
        /// How it ended.
        status: ExitStatus,
        /// The last lines of its log.
        log: Vec<String>,
    },
    /// `mock-metrics` refuses the catalogue.
    CatalogueRefused {
        /// The file, as the options name it.
        catalogue: PathBuf,
        /// One line for each mistake.
        faults: Vec<String>,
    },
    /// A program runs but does not get ready in time.
    NotReady {
        /// Its name.
        program: &'static str,
        /// How long the lab has waited.
        after: Duration,
        /// Its log file.
        log: PathBuf,
    },
    /// The operating system refused something.
    Io {
        /// What was accessed.
        what: String,
        /// The error.
        error: io::Error,
    },
    /// A cluster whose owner has no password: every local user may do everything.
    Unguarded(PathBuf),
    /// PostgreSQL returned an error.
    Database(String),
}

impl LabError {
    /// For `map_err`: an error of the operating system, with what was accessed.
    pub(crate) fn io(what: impl fmt::Display) -> impl FnOnce(io::Error) -> Self {
        let what = what.to_string();
        move |error| Self::Io { what, error }
    }

    /// Whether a server found its port taken, although it had been free.
    pub(crate) fn is_lost_port(&self) -> bool {
        matches!(self, Self::Died { log, .. }
            if log.iter().any(|line| line.to_lowercase().contains("address already in use")))
    }
}

impl fmt::Display for LabError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { program, remedy } => write!(f, "{program} is missing: {remedy}"),
            Self::NoCommand(name) => {
                write!(f, "{} is not a command that could be run", name.display())
            }
            Self::NoAddress { file, address } => write!(
                f,
                "{} does not name {address}, the gateway's address, which the lab replaces by its own",
                file.display()
            ),
            Self::PortTaken {
                program,
                port,
                flag,
            } => write!(
                f,
                "port {port} of {program} is taken: stop what listens there, or choose another one with {flag} PORT"
            ),
            Self::Locked(data) => write!(
                f,
                "another lab runs on {}: stop it, or choose another directory with --data DIR",
                data.display()
            ),
            Self::NoSql(folder) => write!(
                f,
                "no SQL files in {}: name the repository's folder with --repository DIR",
                folder.display()
            ),
            Self::Died {
                program,
                status,
                log,
            } => {
                write!(f, "{program} ended unexpectedly ({status})")?;
                log.iter().try_for_each(|line| write!(f, "\n  {line}"))
            }
            Self::CatalogueRefused { catalogue, faults } => {
                write!(f, "the catalogue {} is refused:", catalogue.display())?;
                faults.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
            }
            Self::NotReady {
                program,
                after,
                log,
            } => write!(
                f,
                "{program} is not ready after {} s: see {}",
                after.as_secs(),
                log.display()
            ),
            Self::Io { what, error } => write!(f, "{what}: {error}"),
            Self::Unguarded(cluster) => write!(
                f,
                "the database in {0} lets everybody in as its owner: to have it made again, remove it with rm -r {0}",
                cluster.display()
            ),
            Self::Database(why) => write!(f, "PostgreSQL: {why}"),
        }
    }
}

impl std::error::Error for LabError {}

impl From<LabError> for ProgramError {
    fn from(error: LabError) -> Self {
        match error {
            LabError::CatalogueRefused { .. } => Self::Refused(error.to_string()),
            LabError::NoCommand(_) => Self::NoCommand(error.to_string()),
            _ => Self::Failed(error.to_string()),
        }
    }
}
