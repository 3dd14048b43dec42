//! A bounded queue of lines, and the thread that writes them. Adding a line never blocks: lines that do not fit are
//! counted, and reported in one line when the reader continues.

use std::{
    collections::VecDeque,
    io,
    os::fd::AsFd,
    sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError},
    thread,
    time::Instant,
};

use rustix::{
    event::{PollFd, PollFlags, poll},
    io::Errno,
};

/// Bytes that may wait to be written.
const CAPACITY_BYTES: usize = 1 << 20;
/// Bytes beyond [`CAPACITY_BYTES`] for [`Priority::Reserved`].
const RESERVE_BYTES: usize = 64 << 10;
/// At most this much is written at once, so that little is lost when a write fails.
const CHUNK_BYTES: usize = 16 << 10;

/// Which part of the queue a line may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// Dropped while the queue is full.
    Normal,
    /// May use the reserve: why a program ends, and errors.
    Reserved,
}

/// Lines on their way to one file descriptor.
pub struct LineQueue(Arc<Shared>);

struct Shared {
    name: &'static str,
    state: Mutex<State>,
    /// Notified when a line is added.
    filled: Condvar,
    /// Notified when lines have been written or dropped.
    drained: Condvar,
    /// Turns the report of dropped lines into a log line.
    report_format: OnceLock<fn(&str) -> String>,
}

#[derive(Default)]
struct State {
    lines: VecDeque<String>,
    /// Bytes of the lines that wait and of those that are being written.
    bytes: usize,
    dropped: u64,
    /// Dropped lines that have not been reported yet.
    unreported: u64,
    /// Why the last write failed; `None` if lines are dropped because nobody reads.
    error: Option<io::Error>,
    /// Set when a line does not fit, until half of the queue has been written.
    full: bool,
}

impl LineQueue {
    /// Starts the thread that writes to `file`. `name` stands in reports of dropped lines.
    pub fn start(name: &'static str, file: impl AsFd + Send + 'static) -> Self {
        let shared = Arc::new(Shared {
            name,
            state: Mutex::default(),
            filled: Condvar::new(),
            drained: Condvar::new(),
            report_format: OnceLock::new(),
        });
        let writing = Arc::clone(&shared);
        let writer = thread::Builder::new().name(format!("write-{name}"));
        // Without a thread the queue fills and its lines are dropped. There is nowhere to report it.
        let _ = writer.spawn(move || writing.write_to(&file));
        Self(shared)
    }

    /// Sets how reports of dropped lines are formatted, with their line end. Only the first call counts.
    pub fn report_as(&self, format: fn(&str) -> String) {
        let _ = self.0.report_format.set(format);
    }

    /// Adds `line`, which includes its line end. Never blocks.
    pub fn push(&self, line: String, priority: Priority) {
        let reserved = priority == Priority::Reserved;
        let capacity = if reserved {
            CAPACITY_BYTES + RESERVE_BYTES
        } else {
            CAPACITY_BYTES
        };
        let mut state = self.0.lock();
        if (state.full && !reserved) || state.bytes + line.len() > capacity {
            state.full = true;
            state.dropped += 1;
            state.unreported += 1;
            return;
        }
        state.bytes += line.len();
        state.lines.push_back(line);
        drop(state);
        self.0.filled.notify_one();
    }

    /// Lines dropped since the start.
    pub fn dropped(&self) -> u64 {
        self.0.lock().dropped
    }

    /// Waits until all lines have been written, or until `deadline`.
    pub fn flush(&self, deadline: Option<Instant>) {
        let mut state = self.0.lock();
        while state.bytes > 0 {
            let Some(deadline) = deadline else {
                let waited = self.0.drained.wait(state);
                state = waited.unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let waited = self.0.drained.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_to(&self, file: &impl AsFd) {
        let mut chunk = String::new();
        // True after a failed write, which may have left half a line.
        let mut torn = false;
        loop {
            let lines = self.next(&mut chunk);
            let length = chunk.len();
            if torn {
                chunk.insert(0, '\n');
            }
            let written = write_all(file, chunk.as_bytes());
            torn = written.as_ref().is_err_and(|(some, _)| *some);
            self.settle(lines, length, written.map_err(|(_, error)| error));
        }
    }

    /// Waits for lines, moves some into `chunk`, and returns their number.
    fn next(&self, chunk: &mut String) -> u64 {
        chunk.clear();
        let mut lines = 0;
        let waited = self
            .filled
            .wait_while(self.lock(), |state| state.lines.is_empty());
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        while let Some(line) = state.lines.front() {
            if lines > 0 && chunk.len() + line.len() > CHUNK_BYTES {
                break;
            }
            chunk.push_str(line);
            state.lines.pop_front();
            lines += 1;
        }
        lines
    }

    /// Records the result of writing `lines` lines of `length` bytes.
    fn settle(&self, lines: u64, length: usize, written: io::Result<()>) {
        let mut state = self.lock();
        state.bytes -= length;
        match written {
            Err(error) => {
                state.dropped += lines;
                state.unreported += lines;
                state.error = Some(error);
                // With room again, lines are accepted again: only a write finds out whether the error persists.
                state.full &= state.bytes > CAPACITY_BYTES / 2;
            }
            Ok(()) if state.unreported > 0 && state.bytes <= CAPACITY_BYTES / 2 => {
                let report = self.report(state.unreported, state.error.take().as_ref());
                state.unreported = 0;
                state.full = false;
                state.bytes += report.len();
                state.lines.push_back(report);
            }
            Ok(()) => {}
        }
        drop(state);
        self.drained.notify_all();
    }

    fn report(&self, dropped: u64, error: Option<&io::Error>) -> String {
        let name = self.name;
        let lines = match dropped {
            1 => "1 log line was".to_owned(),
            many => format!("{many} log lines were"),
        };
        let text = match error {
            None => format!("{lines} dropped while {name} was not read"),
            Some(error) => format!("{lines} dropped: {name}: {error}"),
        };
        match self.report_format.get() {
            Some(format) => format(&text),
            None => text + "\n",
        }
    }
}

/// Writes all of `bytes`, and waits for the reader. An error says whether some bytes were written before it.
fn write_all(file: &impl AsFd, mut bytes: &[u8]) -> Result<(), (bool, io::Error)> {
    let whole = bytes.len();
    while !bytes.is_empty() {
        let failed = |errno: Errno| (bytes.len() < whole, io::Error::from(errno));
        match rustix::io::write(file, bytes) {
            Ok(0) => return Err(failed(Errno::IO)),
            Ok(written) => bytes = &bytes[written..],
            Err(Errno::INTR) => {}
            // Another process with the same pipe has made it non-blocking.
            Err(Errno::AGAIN) => match poll(&mut [PollFd::new(file, PollFlags::OUT)], None) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(errno) => return Err(failed(errno)),
            },
            Err(errno) => return Err(failed(errno)),
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
