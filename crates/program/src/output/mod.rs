//! Stdout and stderr without waiting for whoever reads them: lines are queued in memory and written by a thread. Used by
//! the log and by [`crate::exit`]; a reader that is stuck must never stop a program.

mod printable;
mod queue;

use std::{
    sync::OnceLock,
    time::{Duration, Instant},
};

pub use printable::{escaped, is_printable};
pub use queue::{LineQueue, Priority};

/// How long the end of a program waits for each of its last lines to be taken.
const FLUSH_TIMEOUT: Duration = Duration::from_millis(500);

static STDOUT: OnceLock<LineQueue> = OnceLock::new();
static STDERR: OnceLock<LineQueue> = OnceLock::new();

/// The queue of stdout; its thread starts with the first call.
pub fn stdout() -> &'static LineQueue {
    STDOUT.get_or_init(|| LineQueue::start("stdout", rustix::stdio::stdout()))
}

/// The queue of stdout, if it has been used.
pub fn started_stdout() -> Option<&'static LineQueue> {
    STDOUT.get()
}

/// The queue of stderr, which the log goes to; its thread starts with the first call.
pub fn stderr() -> &'static LineQueue {
    STDERR.get_or_init(|| LineQueue::start("stderr", rustix::stdio::stderr()))
}

/// Waits until everything queued has been written, at most half a second.
pub fn flush() {
    let deadline = Instant::now() + FLUSH_TIMEOUT;
    for queue in [&STDOUT, &STDERR].into_iter().filter_map(OnceLock::get) {
        queue.flush(Some(deadline));
    }
}
