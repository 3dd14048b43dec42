//! The table of stage, check, result and milliseconds; a check that panics is a row like any other.

use std::{any::Any, fmt::Write as _, io::Write as _, panic::AssertUnwindSafe, time::Instant};

use futures_util::FutureExt;

#[derive(Default)]
pub(super) struct Report {
    rows: Vec<Row>,
}

struct Row {
    stage: &'static str,
    check: &'static str,
    milliseconds: u128,
    /// What was seen, or what was wrong.
    outcome: Result<String, String>,
}

impl Report {
    /// Makes one check: what it gives is shown; that it panics is its failure.
    pub(super) async fn check(
        &mut self,
        stage: &'static str,
        check: &'static str,
        seen: impl Future<Output = String>,
    ) {
        let began = Instant::now();
        let outcome = AssertUnwindSafe(seen).catch_unwind().await;
        self.rows.push(Row {
            stage,
            check,
            milliseconds: began.elapsed().as_millis(),
            outcome: outcome.map_err(|panic| reason(&*panic)),
        });
    }

    /// Prints the table, and fails with every stage and check that failed, or when there were not `expected` checks.
    pub(super) fn conclude(&self, expected: usize) {
        // Not `print!`, which the test harness would swallow.
        let _ = std::io::stdout().write_all(self.table().as_bytes());
        let failures = self.failures();
        assert!(failures.is_empty(), "{}", failures.join("\n"));
        assert_eq!(self.rows.len(), expected, "checks made");
    }

    fn failures(&self) -> Vec<String> {
        let failed = |row: &Row| {
            let why = row.outcome.as_ref().err()?;
            Some(format!("{}: {}: {why}", row.stage, row.check))
        };
        self.rows.iter().filter_map(failed).collect()
    }

    fn table(&self) -> String {
        let mut table = format!("\n{}\n", line("stage", "check", "result", "ms", "seen"));
        let mut stage = "";
        for row in &self.rows {
            let shown = if row.stage == stage { "" } else { row.stage };
            stage = row.stage;
            let (result, seen) = match &row.outcome {
                Ok(seen) => ("passed", seen),
                Err(why) => ("FAILED", why),
            };
            let seen = seen.lines().next().unwrap_or_default();
            let milliseconds = row.milliseconds.to_string();
            table += &line(shown, row.check, result, &milliseconds, seen);
            table.push('\n');
        }
        let failed = self.failures().len();
        let total = self.rows.len();
        let _ = writeln!(table, "{} of {total} checks passed\n", total - failed);
        table
    }
}

fn line(stage: &str, check: &str, result: &str, milliseconds: &str, seen: &str) -> String {
    format!("{stage:<18}{check:<34}{result:<8}{milliseconds:>7}  {seen}")
}

fn reason(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without words")
        .to_owned()
}

#[actix_rt::test]
async fn a_check_that_fails_is_a_row_and_is_named_at_the_end() {
    let mut report = Report::default();
    report
        .check("1 one", "good", async { "fine".to_owned() })
        .await;
    report
        .check("2 two", "bad", async { panic!("it says {}", 77) })
        .await;
    assert_eq!(report.failures(), ["2 two: bad: it says 77"]);
    let table = report.table();
    for (stage, words) in [("1 one", "passed"), ("2 two", "FAILED")] {
        let row = table.lines().find(|row| row.starts_with(stage)).unwrap();
        assert!(row.contains(words), "{table}");
    }
    assert!(table.contains("1 of 2 checks passed"), "{table}");
}
