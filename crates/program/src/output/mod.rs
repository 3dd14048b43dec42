//! Stdout and stderr through queues in memory, each written by a thread: a reader that is stuck never stops a program.
//! Used by the log and by [`crate::exit`].

mod printable;
mod queue;

use std::{
    sync::OnceLock,
    time::{Duration, Instant},
};

pub use printable::{escaped, is_printable};
pub use queue::{LineQueue, Priority};

/// How long [`flush`] waits.
const FLUSH_TIMEOUT: Duration = Duration::from_millis(500);

static STDOUT: OnceLock<LineQueue> = OnceLock::new();
static STDERR: OnceLock<LineQueue> = OnceLock::new();

/// The queue of stdout; its thread starts with the first call.
pub fn stdout() -> &'static LineQueue {
    STDOUT.get_or_init(|| LineQueue::start("stdout", rustix::stdio::stdout()))
}

/// The queue of stdout, if [`stdout`] has been called.
pub fn started_stdout() -> Option<&'static LineQueue> {
    STDOUT.get()
}

/// The queue of stderr, which the log uses; its thread starts with the first call.
pub fn stderr() -> &'static LineQueue {
    STDERR.get_or_init(|| LineQueue::start("stderr", rustix::stdio::stderr()))
}

/// Waits until both queues are empty, at most `FLUSH_TIMEOUT`.
pub fn flush() {
    let deadline = Instant::now() + FLUSH_TIMEOUT;
    for queue in [&STDOUT, &STDERR].into_iter().filter_map(OnceLock::get) {
        queue.flush(Some(deadline));
    }
}
