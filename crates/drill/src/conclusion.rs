//! How a drill ends: its reports, its table, and the exit code with the reasons for it.

use std::path::PathBuf;

use program::{
    exit::{self, ProgramError},
    text::pluralize,
};

use crate::{
    progress,
    report::{self, Report},
    survey::DOUBT,
};
/// Writes all reports. Gives why some could not be written, a line each.
pub(super) fn write(report: &Report, paths: &[PathBuf]) -> Vec<String> {
    let written = paths.iter().map(|path| report::write(path, report));
    written
        .filter_map(|written| written.err().map(|error| error.to_string()))
        .collect()
}

/// Says the end, and gives what is to be the program's. `unwritten` are the faults of the reports, `held` is what could
/// not be recovered.
///
/// # Errors
/// [`ProgramError::Unreachable`] if nothing is wrong but that servers could not be asked; else every fault.
pub(super) fn conclude(
    report: &Report,
    unwritten: Vec<String>,
    held: Vec<String>,
) -> Result<(), ProgramError> {
    let mut faults = unwritten;
    if let Err(error) = exit::print_line_if_open(&report.table(progress::terminal_width())) {
        faults.push(error.to_string());
    }
    judged(report, faults, held)
}

fn judged(report: &Report, mut faults: Vec<String>, held: Vec<String>) -> Result<(), ProgramError> {
    if report.doubtful {
        faults.push(format!("every rule is doubtful: {DOUBT}"));
    }
    let failed = report.failed();
    let records = report.records.iter();
    let unasked = records.filter(|record| record.unasked()).count();
    let only_unasked = faults.is_empty() && unasked > 0 && unasked == failed.len();
    faults.extend(held);
    if !failed.is_empty() {
        let of_servers = match unasked {
            0 => String::new(),
            count => format!(" ({count} because a server could not be asked)"),
        };
        faults.push(format!(
            "{} of {} did not arrive as expected{of_servers}: {}",
            failed.len(),
            pluralize(report.records.len(), "alert"),
            failed.join(", ")
        ));
    }
    match (faults.is_empty(), only_unasked) {
        (true, _) => Ok(()),
        (false, true) => Err(ProgramError::Unreachable(faults.join("\n"))),
        (false, false) => Err(ProgramError::Failed(faults.join("\n"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{record::Outcome, report::tests::report};

    fn ended(change: impl FnOnce(&mut Report), faults: &[&str]) -> Result<(), ProgramError> {
        let mut report = report();
        change(&mut report);
        let faults = faults.iter().map(|fault| (*fault).to_owned());
        judged(&report, faults.collect(), vec!["held".to_owned()])
    }

    /// What has failed has failed since a server could not be asked.
    fn unasked(report: &mut Report) {
        for record in &mut report.records {
            if let Outcome::Failed { unasked, .. } = &mut record.outcome {
                *unasked = true;
            }
        }
    }

    #[test]
    fn a_server_that_cannot_be_asked_is_another_end_than_an_alert_that_fails() {
        let real = ended(|_| (), &[]).unwrap_err();
        assert!(matches!(real, ProgramError::Failed(_)), "{real:?}");
        let dead = ended(unasked, &[]).unwrap_err();
        let ProgramError::Unreachable(told) = dead else {
            panic!("{dead:?}");
        };
        assert!(
            told.contains("held\n1 of 2 alerts did not arrive as expected (1 because a server"),
            "{told}"
        );
        let unwritten = ended(unasked, &["--report r.md"]).unwrap_err();
        assert!(
            matches!(unwritten, ProgramError::Failed(_)),
            "{unwritten:?}"
        );
    }

    #[test]
    fn a_configuration_that_was_not_read_is_a_failure_with_its_reason() {
        let mut report = report();
        report.records.truncate(1);
        assert!(judged(&report, Vec::new(), Vec::new()).is_ok());
        report.doubtful = true;
        let told = judged(&report, Vec::new(), Vec::new())
            .unwrap_err()
            .to_string();
        assert!(
            told.starts_with("every rule is doubtful: Prometheus could not read"),
            "{told}"
        );
    }

    #[test]
    fn a_report_that_cannot_be_written_does_not_keep_the_others_from_being_written() {
        let folder = tempfile::tempdir().unwrap();
        let [gone, there] = ["no/r.md", "r.json"].map(|name| folder.path().join(name));
        let faults = write(&report(), &[gone, there.clone()]);
        assert!(
            faults.len() == 1 && faults[0].contains("no/r.md"),
            "{faults:?}"
        );
        assert!(there.exists());
    }
}
