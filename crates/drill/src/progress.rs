//! What is seen while a drill runs: on a terminal a table that is redrawn in place, else a line per stage.

use std::{
    cell::Cell,
    cmp::Reverse,
    io::IsTerminal,
    time::{Duration, Instant},
};

use chrono::Utc;
use program::exit;

use crate::{
    record::{Event, Ledger, Outcome, Record, Verdict},
    servers::seen::clock,
};
/// Where stdout is no terminal, the drill is silent no longer.
const STILL: Duration = Duration::from_secs(25);
/// How many of those that are waited for are named then.
const NAMED: usize = 3;
/// How often the seconds on a terminal move.
const REDRAW: Duration = Duration::from_millis(500);
/// Of a terminal that does not say how large it is.
const USUAL_SIZE: (usize, usize) = (80, 24);

/// Room for the longest stage.
const STAGE: usize = 24;

/// Shows how the rehearsals get on.
pub(super) struct Progress {
    terminal: bool,
    /// How many lines the table has on the screen.
    drawn: Cell<usize>,
    /// When something was last said.
    said: Cell<Instant>,
}

impl Progress {
    /// On stdout.
    pub(super) fn new() -> Self {
        Self {
            terminal: std::io::stdout().is_terminal(),
            drawn: Cell::new(0),
            said: Cell::new(Instant::now()),
        }
    }

    /// Shows an event of the rehearsal at `index`.
    pub(super) fn show(&self, records: &[Record], index: usize, event: Event) {
        if self.terminal {
            self.draw(records);
        } else if let Some(record) = records.get(index) {
            // A reader of stdout who is slow or has left neither delays the drill nor ends it: conditions are to be
            // recovered.
            self.said.set(Instant::now());
            exit::print_lossy(line(record, event) + "\n");
        }
    }

    /// Lets the seconds of a terminal's table move; where stdout is none, says on stderr what is still waited for. Does not end.
    pub(super) async fn keep_showing<T>(&self, ledger: &Ledger) -> T {
        loop {
            tokio::time::sleep(REDRAW).await;
            if self.terminal {
                self.draw(&ledger.records());
            } else if self.said.get().elapsed() >= STILL
                && let Some(still) = still(&ledger.records())
            {
                self.said.set(Instant::now());
                exit::eprint_line(&format!("mock-metrics: {still}"));
            }
        }
    }

    /// Takes the table off the screen.
    pub(super) fn finish(&self) {
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
        self.drawn.set(rows.len());
        exit::print_lossy(text);
    }

    /// Back to where the table begins, and everything below erased.
    fn erase(&self) -> String {
        match self.drawn.replace(0) {
            0 => String::new(),
            lines => format!("\x1b[{lines}A\x1b[J"),
        }
    }
}

/// How wide the terminal is; nothing where stdout is none.
pub(super) fn terminal_width() -> Option<usize> {
    std::io::stdout().is_terminal().then(|| size().0)
}

fn size() -> (usize, usize) {
    match rustix::termios::tcgetwinsize(std::io::stdout()) {
        Ok(size) if size.ws_col > 0 && size.ws_row > 0 => (size.ws_col.into(), size.ws_row.into()),
        _ => USUAL_SIZE,
    }
}

/// The table's lines, at most `most`: if not all alerts find room, those that are on their way come first.
fn rows(records: &[Record], most: usize) -> Vec<String> {
    let mut shown: Vec<&Record> = records.iter().collect();
    if shown.len() + 1 > most {
        shown.sort_by_key(|record| match record.outcome {
            Outcome::Running => 0,
            Outcome::Failed { .. } | Outcome::GivenUp { .. } => 1,
            Outcome::Waiting => 2,
            Outcome::Passed => 3,
        });
        shown.truncate(most.saturating_sub(1));
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
    let seconds = match (record.trigger, &record.outcome, record.reached.last()) {
        (Some(trigger), Outcome::Running, _) => Some((Utc::now() - trigger).as_seconds_f64()),
        (Some(_), _, Some(last)) => Some(last.seconds),
        _ => None,
    };
    let seconds = seconds.map(|seconds| format!("{seconds:.1} s"));
    let (stage, why) = match &record.outcome {
        Outcome::Waiting => ("waiting".to_owned(), ""),
        Outcome::Running => {
            let why = record.waits.as_deref();
            (format!("→ {}", record.next()), why.unwrap_or_default())
        }
        Outcome::Passed => (record.verdict().name().to_owned(), ""),
        Outcome::Failed { stage, why, .. } => (format!("FAILED at {stage}"), why.as_str()),
        Outcome::GivenUp { stage, why } => (format!("unfinished at {stage}"), why.as_str()),
    };
    let row = format!(
        "{:<family$} {:<name$} {stage:<STAGE$} {:>8} {why}",
        record.family,
        record.name,
        seconds.unwrap_or_default()
    );
    // An end of line, or worse, in a reason would spoil the table.
    row.replace(char::is_control, " ")
}

/// What is waited for, and until when at most: of several that which may take longest.
fn still(records: &[Record]) -> Option<String> {
    let mut waiting: Vec<_> = records
        .iter()
        .filter_map(|record| Some((record.until?, record)))
        .filter(|(_, record)| matches!(record.outcome, Outcome::Running | Outcome::Waiting))
        .collect();
    waiting.sort_by_key(|(until, _)| Reverse(*until));
    let told = waiting.iter().take(NAMED).map(|(until, record)| {
        let (name, stage) = (&record.name, record.next());
        format!("{name} for {stage}, until {} at most", clock(*until))
    });
    let told = told.collect::<Vec<_>>().join("; ");
    let more = match waiting.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    (!waiting.is_empty()).then(|| format!("still waits: {told}{more}"))
}

fn line(record: &Record, event: Event) -> String {
    let name = &record.name;
    if let (Event::Waits, Some(why)) = (event, &record.waits) {
        let until = record
            .until
            .map(|until| format!(" (waits until {} at most)", clock(until)));
        let until = until.unwrap_or_default();
        return format!("{name}: waits for {}: {why}{until}", record.next());
    }
    match (event, record.failure(), record.reached.last()) {
        (Event::Reached, _, Some(reached)) if record.trigger.is_none() => {
            format!("{name}: {}", reached.stage)
        }
        (Event::Reached, _, Some(reached)) => {
            let theory = reached
                .theory
                .map(|theory| format!(" (theory {theory:.1} s)"));
            let late = if reached.late() { ", late" } else { "" };
            format!(
                "{name}: {} at {:.1} s{}{late}",
                reached.stage,
                reached.seconds,
                theory.unwrap_or_default()
            )
        }
        (_, Some((stage, why)), _) => format!("{name}: FAILED at {stage}: {why}"),
        (_, None, _) => format!("{name}: {}", record.verdict().name()),
    }
}

#[cfg(test)]
#[path = "progress_tests.rs"]
mod tests;
