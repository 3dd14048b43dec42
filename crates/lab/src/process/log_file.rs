//! The log file of a child: its output, with its name before each line. The last lines are kept in memory.

use std::{
    collections::VecDeque,
    fs::File,
    io::{BufRead, BufReader, PipeReader, Read, Write},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use program::files::Folder;
use tokio::sync::watch;

use crate::error::LabError;

/// Lines kept in memory.
const KEPT_LINES: usize = 20;
/// Longer lines are split, in bytes.
const MAX_LINE_BYTES: u64 = 64 << 10;
/// How long to wait for the last output of a child that has ended. A grandchild may hold the pipe open for longer.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(1);

/// The last lines of a log.
pub(crate) struct Tail {
    lines: Arc<Mutex<VecDeque<String>>>,
    drained: watch::Receiver<()>,
}

impl Tail {
    /// Appends what arrives on `pipe` to the file `path`, until every writer has closed the pipe.
    pub(crate) fn follow(
        name: &'static str,
        pipe: PipeReader,
        path: &Path,
    ) -> Result<Self, LabError> {
        let refused = |error| LabError::io(path.display())(error);
        let folder = path.parent().unwrap_or(Path::new(""));
        let file_name = path.file_name().unwrap_or_default().to_string_lossy();
        let file = Folder::claim(folder).and_then(|folder| folder.append(&file_name));
        let file = file.map_err(refused)?;
        let lines = Arc::<Mutex<VecDeque<String>>>::default();
        let (drained, end) = watch::channel(());
        let kept = Arc::clone(&lines);
        thread::Builder::new()
            .name(format!("log-{name}"))
            .spawn(move || {
                copy(name, pipe, file, &kept);
                drop(drained);
            })
            .map_err(refused)?;
        Ok(Self {
            lines,
            drained: end,
        })
    }

    /// The last lines up to now.
    pub(crate) fn lines(&self) -> Vec<String> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().cloned().collect()
    }

    /// The last lines of a child that has ended: waits for its output, [`DRAIN_TIMEOUT`] at most.
    pub(crate) async fn last_lines(&self) -> Vec<String> {
        let mut drained = self.drained.clone();
        let _ = tokio::time::timeout(DRAIN_TIMEOUT, drained.changed()).await;
        self.lines()
    }
}

/// Ignores errors of the file, such as a full disk: a child must never wait for its log.
fn copy(name: &str, pipe: PipeReader, mut file: File, kept: &Mutex<VecDeque<String>>) {
    let mut pipe = BufReader::new(pipe);
    let mut bytes = Vec::new();
    while pipe
        .by_ref()
        .take(MAX_LINE_BYTES)
        .read_until(b'\n', &mut bytes)
        .is_ok_and(|read| read > 0)
    {
        let text = String::from_utf8_lossy(&bytes);
        let line = format!("{name} | {}", text.trim_end());
        let _ = file.write_all(format!("{line}\n").as_bytes());
        let mut lines = kept.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == KEPT_LINES {
            lines.pop_front();
        }
        lines.push_back(line);
        bytes.clear();
    }
}
