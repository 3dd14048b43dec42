//! Collects the errors of one entry of a catalogue.

/// The errors of one alert or scenario, each with its key.
#[derive(Debug)]
pub(crate) struct EntryErrors {
    entry: String,
    lines: Vec<String>,
}

impl EntryErrors {
    /// No errors yet of `entry`, such as `alert DiskFull`.
    pub(crate) fn of(entry: impl Into<String>) -> Self {
        Self {
            entry: entry.into(),
            lines: Vec::new(),
        }
    }

    /// Adds an error about a key.
    pub(crate) fn add(&mut self, key: &str, message: impl AsRef<str>) {
        let message = message.as_ref().replace('\n', " ");
        self.lines.push(format!("{}: {key}: {message}", self.entry));
    }

    /// Adds an error about the entry as a whole.
    pub(crate) fn add_whole(&mut self, message: &str) {
        self.lines.push(format!("{}: {message}", self.entry));
    }

    /// The value of a key; an error is added, and gives `None`.
    pub(crate) fn take<T>(&mut self, key: &str, read: Result<T, String>) -> Option<T> {
        read.map_err(|message| self.add(key, message)).ok()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// One line per error.
    pub(crate) fn into_lines(self) -> Vec<String> {
        self.lines
    }
}
