//! The table at the end, for people at a terminal.

use super::{COLUMNS, Report, cell, title};
use crate::drill::record::Verdict;

/// A row per alert, why it failed below it, and the totals.
pub(super) fn write(report: &Report) -> String {
    let mut head = vec!["alert".to_owned(), "verdict".to_owned()];
    head.extend(COLUMNS.map(|(_, name)| name.to_owned()));
    let mut rows = vec![head];
    for record in &report.records {
        let mut row = vec![title(record), record.verdict().name().to_owned()];
        row.extend(COLUMNS.map(|(stage, _)| cell(record.at(stage))));
        rows.push(row);
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: Vec<_> = (0..rows[0].len())
        .map(|column| width(column).unwrap_or(0))
        .collect();

    let mut lines =
        vec!["Seconds since the trigger: taken / allowed by theory (! is late).".to_owned()];
    for (row, record) in rows
        .iter()
        .zip(std::iter::once(None).chain(report.records.iter().map(Some)))
    {
        let cells = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"));
        lines.push(cells.collect::<Vec<_>>().join("  ").trim_end().to_owned());
        if let Some((stage, why)) = record.and_then(|record| record.failure()) {
            lines.push(format!("    at {stage}: {}", one_line(why)));
        }
        let warnings = record.filter(|record| record.verdict() != Verdict::Unfinished);
        for warning in warnings.iter().flat_map(|record| &record.warnings) {
            lines.push(format!("    warning: {}", one_line(warning)));
        }
    }
    lines.push(report.totals());
    lines.join("\n")
}

/// Nothing in it moves the cursor.
fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drill::report::tests::report;

    #[test]
    fn a_row_holds_taken_and_theory_and_below_it_why() {
        let table = write(&report());
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
}
