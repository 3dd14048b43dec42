//! What is seen while a drill runs: on a terminal a table that is redrawn in place, else a line per stage.

use std::{cell::Cell, io::IsTerminal, time::Duration};

use chrono::Utc;

use super::record::{Event, Ledger, Outcome, Record, Verdict};
use crate::exit;

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
}

impl Progress {
    /// On stdout.
    pub(super) fn new() -> Self {
        Self {
            terminal: std::io::stdout().is_terminal(),
            drawn: Cell::new(0),
        }
    }

    /// Shows an event of the rehearsal at `index`.
    pub(super) fn show(&self, records: &[Record], index: usize, event: Event) {
        if self.terminal {
            self.draw(records);
        } else if let Some(record) = records.get(index) {
            // A reader of stdout who is slow or has left neither delays the drill nor ends it: conditions are to be
            // recovered.
            exit::show(line(record, event) + "\n");
        }
    }

    /// Lets the seconds of a terminal's table move; does not end.
    pub(super) async fn keep_showing<T>(&self, ledger: &Ledger) -> T {
        loop {
            tokio::time::sleep(REDRAW).await;
            if self.terminal {
                self.draw(&ledger.records());
            }
        }
    }

    /// Takes the table off the screen.
    pub(super) fn finish(&self) {
        exit::show(self.erase());
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
        exit::show(text);
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

fn line(record: &Record, event: Event) -> String {
    let name = &record.name;
    if let (Event::Waits, Some(why)) = (event, &record.waits) {
        return format!("{name}: waits for {}: {why}", record.next());
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
mod tests {
    use super::*;
    use crate::drill::{record::Reached, stage::Stage};

    fn record(name: &str, outcome: Outcome) -> Record {
        Record {
            name: name.to_owned(),
            family: "disk".to_owned(),
            outcome,
            ..Record::default()
        }
    }

    #[test]
    fn a_screen_too_small_shows_what_is_on_its_way_first() {
        let failed = Outcome::Failed {
            stage: Stage::Firing,
            why: "never".to_owned(),
            unasked: false,
        };
        let records = [
            record("A", Outcome::Passed),
            record("B", Outcome::Waiting),
            record("C", failed),
            record("D", Outcome::Running),
        ];
        assert_eq!(rows(&records, 10).len(), 5);
        let small = rows(&records, 3);
        assert!(
            small[0].contains(" D ")
                && small[1].contains("FAILED at firing")
                && small[1].ends_with("never"),
            "{small:?}"
        );
        assert_eq!(small[2], "1 of 4 arrived, 1 failed");
    }

    #[test]
    fn a_line_says_what_was_reached_and_whether_late() {
        let reached = Reached {
            stage: Stage::Firing,
            at: Utc::now(),
            seconds: 12.34,
            theory: Some(12.0),
        };
        let mut record = record("A", Outcome::Running);
        record.reached.push(reached);
        record.trigger = Some(Utc::now());
        let line = line(&record, Event::Reached);
        assert_eq!(line, "A: firing at 12.3 s (theory 12.0 s), late");
    }

    #[test]
    fn who_waits_says_for_what() {
        let record = Record {
            waits: Some("it is active".to_owned()),
            ..record("A", Outcome::Running)
        };
        assert_eq!(
            line(&record, Event::Waits),
            "A: waits for rule: it is active"
        );
        assert!(row(&record, (4, 1)).ends_with(" it is active"));
    }
}
