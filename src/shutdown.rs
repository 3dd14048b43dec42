//! How a program learns that it should stop, and what a panic means.

use std::{cell::Cell, panic, thread};

use tokio::signal::unix::{SignalKind, signal};

use crate::exit::ProgramError;

/// Resolves with the signal's name at the first SIGTERM or SIGINT. From then on a second one ends the process at once.
///
/// # Errors
/// When the handlers cannot be installed.
pub fn signalled() -> Result<impl Future<Output = &'static str>, ProgramError> {
    let listen =
        |kind| signal(kind).map_err(|error| ProgramError::Failed(format!("signals: {error}")));
    let mut terminate = listen(SignalKind::terminate())?;
    let mut interrupt = listen(SignalKind::interrupt())?;
    Ok(async move {
        let name = tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        };
        actix_rt::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            log::warn!("asked to stop a second time: ending at once");
            std::process::exit(1);
        });
        name
    })
}

thread_local! {
    static FATAL: Cell<bool> = const { Cell::new(false) };
}

/// Declares that a panic on this thread ends the process. Process-long actors call it when they start: actix would let
/// such an actor die silently, the worst of all states. A panic elsewhere (a session, a request) ends that one thing.
pub fn panics_here_are_fatal() {
    FATAL.set(true);
}

/// Installs the panic hook that logs every panic, and ends the process with code 1 where it is fatal.
pub fn install_panic_hook() {
    panic::set_hook(Box::new(|info| {
        let fatal = FATAL.get() || thread::current().name() == Some("main");
        log::error!(
            "panic{}: {info}",
            if fatal { ", ending the process" } else { "" }
        );
        if fatal {
            std::process::exit(1);
        }
    }));
}
