//! The report as Markdown.

use alerting::format_duration;

use super::{COLUMNS, Report, cell, title};
use crate::time::format_time_scale;

/// The report as a page: how the servers were set up, a row for each alert, and why some failed.
pub(super) fn write(report: &Report) -> String {
    let mut page = format!("# Drill: {}\n\n", report.totals());
    let what = report
        .scenario
        .as_ref()
        .map(|name| format!(", scenario {name}"));
    let intervals = report.intervals;
    let (started, finished) = report.times();
    page += &format!(
        "{} to {}, catalogue {}{}, time scale {}.\nScraped every {}, evaluated every {}, polled by the gateway every {}; \
         grace {}.\n",
        started,
        finished,
        escape(report.catalogue.as_deref().unwrap_or("built in")),
        escape(&what.unwrap_or_default()),
        format_time_scale(report.time_scale),
        format_duration(intervals.scrape),
        format_duration(intervals.evaluation),
        format_duration(intervals.poll),
        format_duration(report.grace),
    );
    for (name, address) in &report.servers {
        page += &format!("- {name}: {}\n", escape(address));
    }
    for warning in &report.warnings {
        page += &format!("- Warning: {}\n", escape(warning));
    }
    page += "\nSeconds since the trigger: taken / allowed by theory (! is late).\n\n";
    page += &table(report);
    page += &reasons(report);
    page
}

fn table(report: &Report) -> String {
    let mut table = "| family | alert | verdict |".to_owned();
    table.extend(COLUMNS.map(|(_, name)| format!(" {name} |")));
    table += "\n|---|---|---|";
    table.extend(COLUMNS.map(|_| "---:|"));
    table.push('\n');
    for record in &report.records {
        table += &format!(
            "| {} | {} | {} |",
            escape(&record.family),
            escape(&title(record)),
            record.verdict().name()
        );
        table.extend(COLUMNS.map(|(stage, _)| format!(" {} |", cell(record.at(stage)))));
        table.push('\n');
    }
    table
}

fn reasons(report: &Report) -> String {
    let mut reasons = String::new();
    for record in &report.records {
        if let Some((stage, why)) = record.failure() {
            let (title, verdict) = (escape(&title(record)), record.verdict().name());
            reasons += &format!("- **{title}** {verdict} at {stage}: {}\n", escape(why));
        }
        for warning in &record.warnings {
            reasons += &format!("- {}: {}\n", escape(&title(record)), escape(warning));
        }
    }
    match reasons.is_empty() {
        true => reasons,
        false => format!("\n## Why\n\n{reasons}"),
    }
}

/// A text on one line, in which no character is special in Markdown or HTML.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            c if c.is_control() => escaped.push(' '),
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '|' | '`' | '*' | '_' | '[' | ']' | '\\' | '#' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::tests::report;
    use super::*;

    #[test]
    fn every_row_has_as_many_cells_as_the_head_whatever_the_texts_hold() {
        let page = write(&report());
        let rows: Vec<_> = page.lines().filter(|line| line.starts_with('|')).collect();
        assert_eq!(rows.len(), 4, "{page}");
        for row in &rows {
            let bars = row.replace("\\|", "").matches('|').count();
            assert_eq!(bars, 4 + COLUMNS.len(), "{row}");
        }
        assert!(
            page.contains("| disk | DiskFull | late | 4.2 / 6.0 |"),
            "{page}"
        );
        let (times, _) = page.split_once(", catalogue").unwrap();
        let (_, times) = times.rsplit_once('\n').unwrap();
        for time in times.split(" to ") {
            let form = time.len() == "2026-01-01T00:00:00.000Z".len() && time.ends_with('Z');
            assert!(form, "{times}");
        }
        assert!(
            page.contains("failed at pending: expr is \\`m &gt; 1 \\|"),
            "{page}"
        );
        assert!(!page.contains('\u{0}') && !page.contains("<b>"));
    }
}
