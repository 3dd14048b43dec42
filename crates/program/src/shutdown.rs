//! Stop signals, and which panics end the process.

use std::{cell::Cell, fmt, panic, thread};

use rustix::process;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::exit::{self, ProgramError};

/// A signal that asks a program to stop. Displays as its name.
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
    /// The signal itself.
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

/// Resolves at the first SIGTERM, SIGINT or SIGHUP (the terminal is closed).
///
/// After it, a SIGTERM or SIGINT ends the process at once. A second SIGHUP does not, since a closing terminal sends
/// several. A program that is started with SIGHUP ignored, as by `nohup`, keeps ignoring it.
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
        let stop_signal = tokio::select! {
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
        stop_signal
    })
}

async fn received(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => drop(signal.recv().await),
        None => std::future::pending().await,
    }
}

/// Whether the process with this `/proc/self/status` ignores SIGHUP, the lowest bit of `SigIgn`.
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

/// Makes a panic on this thread end the process. Actors that live as long as the process call it when they start: actix
/// would let them die silently. A panic elsewhere ends the session or the request only.
pub fn panics_here_are_fatal() {
    FATAL.set(true);
}

/// Runs `run`, in which a panic ends the process. For actors that share their thread with others.
pub fn with_fatal_panics<T>(run: impl FnOnce() -> T) -> T {
    let before = FATAL.replace(true);
    let done = run();
    FATAL.set(before);
    done
}

/// Installs the panic hook: it logs every panic, and ends the process with code 1 where a panic is fatal.
pub fn install_panic_hook() {
    panic::set_hook(Box::new(|info| {
        let fatal = FATAL.get() || thread::current().name() == Some("main");
        if fatal {
            // A call of its own: the log withholds lines by call site.
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
