//! The report as a table for a terminal.

use super::{COLUMNS, Report, cell, title};
use crate::recorder::record::Record;

/// A row for each alert, below it why it failed, and the totals. Where `width` is too narrow for all columns, a row has the
/// last stage only.
pub(super) fn write(report: &Report, width: Option<usize>) -> String {
    let wide = columns(report);
    let longest = wide.iter().map(|row| row.chars().count()).max();
    let rows = match width.is_some_and(|width| longest.unwrap_or(0) > width) {
        true => aligned(&report.records.iter().map(narrow).collect::<Vec<_>>()),
        false => wide,
    };
    let mut lines =
        vec!["Seconds since the trigger: taken / allowed by theory (! is late).".to_owned()];
    let heads = rows.len() - report.records.len();
    lines.extend(rows[..heads].iter().cloned());
    for (row, record) in rows[heads..].iter().zip(&report.records) {
        lines.push(row.clone());
        if let Some((stage, why)) = record.failure() {
            lines.push(format!("    at {stage}: {}", one_line(why)));
        }
        let warnings = record.warnings.iter();
        lines.extend(warnings.map(|warning| format!("    warning: {}", one_line(warning))));
    }
    lines.push(report.totals());
    lines.join("\n")
}

/// The head, and a row for each alert with all stages.
fn columns(report: &Report) -> Vec<String> {
    let mut head = vec!["alert".to_owned(), "verdict".to_owned()];
    head.extend(COLUMNS.map(|(_, name)| name.to_owned()));
    let mut rows = vec![head];
    for record in &report.records {
        let mut row = vec![title(record), record.verdict().name().to_owned()];
        row.extend(COLUMNS.map(|(stage, _)| cell(record.at(stage))));
        rows.push(row);
    }
    aligned(&rows)
}

/// The row of an alert with its last stage only.
fn narrow(record: &Record) -> Vec<String> {
    let last = record.reached.last();
    let stage = last.map_or(String::new(), |last| last.stage.to_string());
    let verdict = record.verdict().name().to_owned();
    vec![title(record), verdict, stage, cell(last)]
}

/// The rows with their cells aligned.
fn aligned(rows: &[Vec<String>]) -> Vec<String> {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<_> = (0..rows.first().map_or(0, Vec::len)).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths);
        let cells = cells.map(|(cell, width)| format!("{cell:<width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        line.trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// The text without control characters, which would move the cursor.
fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

#[cfg(test)]
mod tests {
    use super::super::tests::report;
    use super::*;

    #[test]
    fn a_row_has_the_times_taken_and_allowed_and_below_it_why() {
        let table = write(&report(), Some(200));
        let lines: Vec<_> = table.lines().collect();
        assert_eq!(lines.len(), 7, "{table}");
        assert!(
            lines[2].starts_with("DiskFull") && lines[2].contains("4.2 / 6.0"),
            "{table}"
        );
        assert!(lines[2].contains("12.3 / 10.0 !"), "{table}");
        assert!(lines[5].starts_with("    at pending: expr is"), "{table}");
        assert!(!table.contains('\u{1b}'));
    }

    #[test]
    fn a_narrow_terminal_has_a_line_per_alert() {
        let table = write(&report(), Some(79));
        let lines: Vec<_> = table.lines().collect();
        assert_eq!(lines.len(), 6, "{table}");
        assert!(
            lines[1].starts_with("DiskFull") && lines[1].ends_with("late    firing  12.3 / 10.0 !"),
            "{table}"
        );
        assert_eq!(lines[5], report().totals());
        assert_eq!(write(&report(), None), write(&report(), Some(200)));
    }
}
