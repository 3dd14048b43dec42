//! How a program learns that it should stop, and what a panic means.

use std::{cell::Cell, fmt, panic, thread};

use rustix::process;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::exit::{self, ProgramError};

/// A signal that asks a program to stop; its name in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopSignal {
    /// SIGTERM.
    Terminate,
    /// SIGINT.
    Interrupt,
    /// SIGHUP.
    HangUp,
}

impl StopSignal {
    /// To pass it on, or to end with it.
    pub fn signal(self) -> process::Signal {
        match self {
            Self::Terminate => process::Signal::TERM,
            Self::Interrupt => process::Signal::INT,
            Self::HangUp => process::Signal::HUP,
        }
    }
}

impl fmt::Display for StopSignal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Terminate => "SIGTERM",
            Self::Interrupt => "SIGINT",
            Self::HangUp => "SIGHUP",
        })
    }
}

/// Resolves at the first SIGTERM, SIGINT, or SIGHUP (the terminal is closed). From then on a second
/// SIGTERM or SIGINT ends the process at once; a second SIGHUP does not, since a closing terminal says it more than once.
/// Whoever was started with SIGHUP ignored, as by `nohup`, goes on ignoring it.
///
/// # Errors
/// When the handlers cannot be installed.
pub fn stop_signal() -> Result<impl Future<Output = StopSignal>, ProgramError> {
    let listen =
        |kind| signal(kind).map_err(|error| ProgramError::Failed(format!("signals: {error}")));
    let mut terminate = listen(SignalKind::terminate())?;
    let mut interrupt = listen(SignalKind::interrupt())?;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut hangup = match hangup_ignored(&status) {
        true => None,
        false => Some(listen(SignalKind::hangup())?),
    };
    Ok(async move {
        let asked = tokio::select! {
            _ = terminate.recv() => StopSignal::Terminate,
            _ = interrupt.recv() => StopSignal::Interrupt,
            () = received(&mut hangup) => StopSignal::HangUp,
        };
        actix_rt::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            log::warn!("asked to stop a second time: ending at once");
            exit::abort();
        });
        asked
    })
}

async fn received(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => drop(signal.recv().await),
        None => std::future::pending().await,
    }
}

/// Whether a process with this `/proc/self/status` ignores SIGHUP, the first bit of its mask.
fn hangup_ignored(status: &str) -> bool {
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & 1 == 1)
}

thread_local! {
    static FATAL: Cell<bool> = const { Cell::new(false) };
}

/// Declares that a panic on this thread ends the process. Process-long actors call it when they start: actix would let
/// such an actor die silently, the worst of all states. A panic elsewhere (a session, a request) ends that one thing.
pub fn panics_here_are_fatal() {
    FATAL.set(true);
}

/// Runs a part of a process-long actor that shares its thread with others: a panic there ends the process as well.
pub fn with_fatal_panics<T>(run: impl FnOnce() -> T) -> T {
    let before = FATAL.replace(true);
    let done = run();
    FATAL.set(before);
    done
}

/// Installs the panic hook that logs every panic, and ends the process with code 1 where it is fatal.
pub fn install_panic_hook() {
    panic::set_hook(Box::new(|info| {
        let fatal = FATAL.get() || thread::current().name() == Some("main");
        if fatal {
            // A line of its own in the code too: no crowd of others can have it withheld.
            log::error!("panic, ending the process: {info}");
            exit::abort();
        }
        log::error!("panic: {info}");
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nohup_is_known_by_the_mask_of_ignored_signals() {
        assert!(hangup_ignored("SigBlk:\t0\nSigIgn:\t0000000000001001\n"));
        assert!(!hangup_ignored("SigIgn:\t0000000000001000\n"));
        assert!(!hangup_ignored(""));
    }
}
