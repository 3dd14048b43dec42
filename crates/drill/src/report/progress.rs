//! What a drill prints while it runs: on a terminal a table that is redrawn in place, else a line for each stage.

use std::{
    cell::Cell,
    cmp::Reverse,
    io::IsTerminal,
    time::{Duration, Instant},
};

use chrono::Utc;
use program::exit;

use crate::{
    recorder::{
        Event, Ledger,
        record::{Record, StageError, State, Verdict},
    },
    time::format_time,
};

/// Where stdout is no terminal, the drill prints a reminder after being silent for so long.
const REMINDER_INTERVAL: Duration = Duration::from_secs(25);
/// How many alerts a reminder names.
const MAX_NAMED: usize = 3;
/// How often the table on a terminal is redrawn.
const REDRAW_INTERVAL: Duration = Duration::from_millis(500);
/// The columns and lines of a terminal that does not say how large it is.
const DEFAULT_SIZE: (usize, usize) = (80, 24);
/// The width of the column of stages: that of the longest one.
const STAGE_WIDTH: usize = 24;

/// Shows the progress of the rehearsals on stdout.
pub(crate) struct ProgressDisplay {
    is_terminal: bool,
    /// How many lines the table has on the screen.
    drawn_lines: Cell<usize>,
    /// When a line was last printed.
    last_line: Cell<Instant>,
}

impl ProgressDisplay {
    /// Finds out whether stdout is a terminal.
    pub(crate) fn new() -> Self {
        Self {
            is_terminal: std::io::stdout().is_terminal(),
            drawn_lines: Cell::new(0),
            last_line: Cell::new(Instant::now()),
        }
    }

    /// Shows an event of the rehearsal at `index`.
    pub(crate) fn show(&self, records: &[Record], index: usize, event: Event) {
        if self.is_terminal {
            self.draw(records);
        } else if let Some(record) = records.get(index) {
            // A reader of stdout that is slow or gone must not delay the drill or end it before the recoveries.
            self.last_line.set(Instant::now());
            exit::print_lossy(line(record, event) + "\n");
        }
    }

    /// Redraws the table on a terminal; elsewhere, prints reminders on stderr. Does not end.
    pub(crate) async fn keep_showing<T>(&self, ledger: &Ledger) -> T {
        loop {
            tokio::time::sleep(REDRAW_INTERVAL).await;
            if self.is_terminal {
                self.draw(&ledger.records());
            } else if self.last_line.get().elapsed() >= REMINDER_INTERVAL
                && let Some(reminder) = reminder(&ledger.records())
            {
                self.last_line.set(Instant::now());
                exit::eprint_line(&format!("mock-metrics: {reminder}"));
            }
        }
    }

    /// Removes the table from the screen.
    pub(crate) fn finish(&self) {
        exit::print_lossy(self.erase());
    }

    fn draw(&self, records: &[Record]) {
        let (width, height) = size();
        let rows = rows(records, height.saturating_sub(2));
        let mut text = self.erase();
        for row in &rows {
            text.extend(row.chars().take(width.saturating_sub(1)));
            text.push('\n');
        }
        self.drawn_lines.set(rows.len());
        exit::print_lossy(text);
    }

    /// Control codes that remove the table.
    fn erase(&self) -> String {
        match self.drawn_lines.replace(0) {
            0 => String::new(),
            lines => format!("\x1b[{lines}A\x1b[J"),
        }
    }
}

/// The width of the terminal; `None` if stdout is none.
pub(crate) fn terminal_width() -> Option<usize> {
    std::io::stdout().is_terminal().then(|| size().0)
}

fn size() -> (usize, usize) {
    match rustix::termios::tcgetwinsize(std::io::stdout()) {
        Ok(size) if size.ws_col > 0 && size.ws_row > 0 => (size.ws_col.into(), size.ws_row.into()),
        _ => DEFAULT_SIZE,
    }
}

/// The lines of the table, `max` at most. If there are more alerts, running ones come first.
fn rows(records: &[Record], max: usize) -> Vec<String> {
    let mut shown: Vec<&Record> = records.iter().collect();
    if shown.len() + 1 > max {
        shown.sort_by_key(|record| match record.state {
            State::Running => 0,
            State::Failed(_) | State::Interrupted { .. } => 1,
            State::Waiting => 2,
            State::Passed => 3,
        });
        shown.truncate(max.saturating_sub(1));
    }
    let longest = |text: fn(&Record) -> &str| records.iter().map(|record| text(record).len()).max();
    let widths = (
        longest(|record| &record.family).unwrap_or(0),
        longest(|record| &record.name).unwrap_or(0),
    );
    let mut rows: Vec<_> = shown
        .into_iter()
        .map(|record| row(record, widths))
        .collect();
    let count = |verdict| {
        records
            .iter()
            .filter(|record| record.verdict() == verdict)
            .count()
    };
    rows.push(format!(
        "{} of {} arrived, {} failed",
        count(Verdict::Passed) + count(Verdict::Late),
        records.len(),
        count(Verdict::Failed)
    ));
    rows
}

fn row(record: &Record, (family, name): (usize, usize)) -> String {
    let seconds = match (record.triggered, &record.state, record.reached.last()) {
        (Some(triggered), State::Running, _) => Some((Utc::now() - triggered).as_seconds_f64()),
        (Some(_), _, Some(last)) => Some(last.seconds),
        _ => None,
    };
    let seconds = seconds.map(|seconds| format!("{seconds:.1} s"));
    let (stage, why) = match &record.state {
        State::Waiting => ("waiting".to_owned(), ""),
        State::Running => {
            let why = record.waits_for.as_deref();
            (
                format!("→ {}", record.next_stage()),
                why.unwrap_or_default(),
            )
        }
        State::Passed => (record.verdict().name().to_owned(), ""),
        State::Failed(StageError { stage, why, .. }) => {
            (format!("FAILED at {stage}"), why.as_str())
        }
        State::Interrupted { stage, why } => (format!("unfinished at {stage}"), why.as_str()),
    };
    let row = format!(
        "{:<family$} {:<name$} {stage:<STAGE_WIDTH$} {:>8} {why}",
        record.family,
        record.name,
        seconds.unwrap_or_default()
    );
    // Control characters in a reason would break the table.
    row.replace(char::is_control, " ")
}

/// The alerts that are waited for, and until when at most; the latest first.
fn reminder(records: &[Record]) -> Option<String> {
    let mut waiting: Vec<_> = records
        .iter()
        .filter_map(|record| Some((record.deadline?, record)))
        .filter(|(_, record)| matches!(record.state, State::Running | State::Waiting))
        .collect();
    waiting.sort_by_key(|(deadline, _)| Reverse(*deadline));
    let named = waiting.iter().take(MAX_NAMED).map(|(deadline, record)| {
        let (name, stage) = (&record.name, record.next_stage());
        format!(
            "{name} for {stage}, until {} at most",
            format_time(*deadline)
        )
    });
    let named = named.collect::<Vec<_>>().join("; ");
    let more = match waiting.len().saturating_sub(MAX_NAMED) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    (!waiting.is_empty()).then(|| format!("still waits: {named}{more}"))
}

fn line(record: &Record, event: Event) -> String {
    let name = &record.name;
    if let (Event::Waits, Some(why)) = (event, &record.waits_for) {
        let until = record
            .deadline
            .map(|deadline| format!(" (waits until {} at most)", format_time(deadline)));
        let until = until.unwrap_or_default();
        return format!("{name}: waits for {}: {why}{until}", record.next_stage());
    }
    match (event, record.failure(), record.reached.last()) {
        (Event::Reached, _, Some(reached)) if record.triggered.is_none() => {
            format!("{name}: {}", reached.stage)
        }
        (Event::Reached, _, Some(reached)) => {
            let budget = reached
                .budget
                .map(|budget| format!(" (theory {budget:.1} s)"));
            let late = if reached.is_late() { ", late" } else { "" };
            format!(
                "{name}: {} at {:.1} s{}{late}",
                reached.stage,
                reached.seconds,
                budget.unwrap_or_default()
            )
        }
        (_, Some((stage, why)), _) => format!("{name}: FAILED at {stage}: {why}"),
        (_, None, _) => format!("{name}: {}", record.verdict().name()),
    }
}

#[cfg(test)]
#[path = "progress_tests.rs"]
mod tests;
