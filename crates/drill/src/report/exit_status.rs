//! The end of a drill: the table on stdout, and the exit code with its reasons.

use program::{
    exit::{self, ProgramError},
    text::pluralize,
};

use super::{Report, progress, table};
use crate::preflight::warnings::RELOAD_FAILED;

/// Prints the table, and gives the result of the program. `unwritten` has a line for each report that could not be written,
/// `unrecovered` one for each alert that could not be recovered.
///
/// # Errors
/// [`ProgramError::Unreachable`] if nothing failed but that servers did not answer, else [`ProgramError::Failed`]; with a
/// line for each reason.
pub(crate) fn finish(
    report: &Report,
    unwritten: Vec<String>,
    unrecovered: Vec<String>,
) -> Result<(), ProgramError> {
    let mut errors = unwritten;
    let table = table::write(report, progress::terminal_width());
    if let Err(error) = exit::print_line_if_open(&table) {
        errors.push(error.to_string());
    }
    exit_status(report, errors, unrecovered)
}

fn exit_status(
    report: &Report,
    mut errors: Vec<String>,
    unrecovered: Vec<String>,
) -> Result<(), ProgramError> {
    if report.reload_failed {
        errors.push(format!("every rule is doubtful: {RELOAD_FAILED}"));
    }
    let failed = report.failed();
    let records = report.records.iter();
    let without_answer = records.filter(|record| record.lacks_an_answer()).count();
    let only_answers_are_missing =
        errors.is_empty() && without_answer > 0 && without_answer == failed.len();
    errors.extend(unrecovered);
    if !failed.is_empty() {
        let without_answer = match without_answer {
            0 => String::new(),
            count => format!(" ({count} because a server did not answer)"),
        };
        errors.push(format!(
            "{} of {} did not arrive as expected{without_answer}: {}",
            failed.len(),
            pluralize(report.records.len(), "alert"),
            failed.join(", ")
        ));
    }
    match (errors.is_empty(), only_answers_are_missing) {
        (true, _) => Ok(()),
        (false, true) => Err(ProgramError::Unreachable(errors.join("\n"))),
        (false, false) => Err(ProgramError::Failed(errors.join("\n"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{recorder::record::State, report::tests::report};

    fn ended(change: impl FnOnce(&mut Report), errors: &[&str]) -> Result<(), ProgramError> {
        let mut report = report();
        change(&mut report);
        let errors = errors.iter().map(|error| (*error).to_owned());
        exit_status(&report, errors.collect(), vec!["unrecovered".to_owned()])
    }

    /// Every failure is that a server did not answer.
    fn without_answer(report: &mut Report) {
        for record in &mut report.records {
            if let State::Failed(error) = &mut record.state {
                error.no_answer = true;
            }
        }
    }

    #[test]
    fn a_server_that_does_not_answer_has_another_exit_code_than_an_alert_that_fails() {
        let real = ended(|_| (), &[]).unwrap_err();
        assert!(matches!(real, ProgramError::Failed(_)), "{real:?}");
        let dead = ended(without_answer, &[]).unwrap_err();
        let ProgramError::Unreachable(reasons) = dead else {
            panic!("{dead:?}");
        };
        assert!(
            reasons.contains(
                "unrecovered\n1 of 2 alerts did not arrive as expected (1 because a server"
            ),
            "{reasons}"
        );
        let unwritten = ended(without_answer, &["--report r.md"]).unwrap_err();
        assert!(
            matches!(unwritten, ProgramError::Failed(_)),
            "{unwritten:?}"
        );
    }

    #[test]
    fn a_configuration_that_was_not_read_is_a_failure_with_its_reason() {
        let mut report = report();
        report.records.truncate(1);
        assert!(exit_status(&report, Vec::new(), Vec::new()).is_ok());
        report.reload_failed = true;
        let reasons = exit_status(&report, Vec::new(), Vec::new())
            .unwrap_err()
            .to_string();
        assert!(
            reasons.starts_with("every rule is doubtful: Prometheus could not read"),
            "{reasons}"
        );
    }
}
