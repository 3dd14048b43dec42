//! `mock-metrics check FILE`.

use std::path::PathBuf;

use clap::Args;
use program::{
    exit::{self, ProgramError},
    text::pluralize,
};
use promql;

use super::{
    Catalogue, Verdict,
    promtool::{self, Said},
};
use crate::{Source, rules};

/// The arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckOptions {
    /// The catalogue to check
    file: PathBuf,
}

/// Checks a catalogue, at the time scale that was asked for, and says which of its alerts can fire.
///
/// # Errors
/// Every fault that could be found, a line each; what the promtool at hand refuses; a catalogue besides the one to check; settings.
pub fn check(options: &CheckOptions, source: &Source) -> Result<(), ProgramError> {
    source.without_settings("check")?;
    if source.catalogue.is_some() {
        let told = "--catalogue does not go with check: the FILE is the catalogue to check";
        return Err(ProgramError::Usage(told.to_owned()));
    }
    let file = options.file.display();
    let catalogue = Catalogue::load_with(Some(&options.file), source.scale(), |expr| {
        promtool::refusal(expr).unwrap_or_else(|| promql::syntax_error_position(expr))
    })?;
    match promtool::check_rules(&rules::rule_file(&catalogue)) {
        Said::Takes => {}
        Said::Refuses(version, lines) => {
            let told = lines
                .iter()
                .map(|line| format!("{file}: promtool {version} refuses the rules: {line}"));
            return Err(ProgramError::Refused(told.collect::<Vec<_>>().join("\n")));
        }
        Said::Nothing => exit::print_line(&format!(
            "{file}: note: no promtool is here: PromQL was read as that of Prometheus 3, which has functions that 2 has not"
        ))?,
    }
    for note in catalogue.notes() {
        exit::print_line(&format!("{file}: note: {note}"))?;
    }
    let verdicts = catalogue.verdicts();
    for (alert, verdict) in catalogue.alerts.iter().zip(&verdicts) {
        let told = match verdict {
            Verdict::Can => continue,
            Verdict::Cannot(why) => format!("cannot fire: {why}"),
            Verdict::Unknown(why) => {
                format!(
                    "not known whether it can fire, which only a drill can tell: its expression {why}"
                )
            }
        };
        exit::print_line(&format!("{file}: alert {}: {told}", alert.name))?;
    }
    let alerts = pluralize(catalogue.alerts.len(), "alert");
    let scenarios = pluralize(catalogue.scenarios.len(), "scenario");
    exit::print_line(&format!(
        "{file}: {alerts} and {scenarios}: {}",
        counts(&verdicts)
    ))
}

/// `2 can fire, 1 cannot`.
fn counts(verdicts: &[Verdict]) -> String {
    let count = |is: fn(&Verdict) -> bool| verdicts.iter().filter(|verdict| is(verdict)).count();
    let counts = [
        (count(|verdict| *verdict == Verdict::Can), "can fire"),
        (
            count(|verdict| matches!(verdict, Verdict::Cannot(_))),
            "cannot",
        ),
        (
            count(|verdict| matches!(verdict, Verdict::Unknown(_))),
            "not known",
        ),
    ];
    let told = counts.iter().filter(|(count, _)| *count > 0);
    let told: Vec<_> = told
        .map(|(count, words)| format!("{count} {words}"))
        .collect();
    told.join(", ")
}
