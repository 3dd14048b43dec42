//! `mock-metrics check FILE`: checks a catalogue and prints which of its alerts can fire.

use std::path::PathBuf;

use alerting::{format_duration, rule_file, template};
use clap::Args;
use program::{
    exit::{self, ProgramError},
    text::pluralize,
};

use super::{
    can_fire::{CanFire, can_fire},
    checked::CheckedCatalogue,
    promtool::{self, PromtoolResult},
    semantic::{narrow_window, why_two_scrapes},
};
use crate::{
    catalogue::{Catalogue, parse_promql},
    prediction,
    source::Source,
};

/// The arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckOptions {
    /// The catalogue to check
    file: PathBuf,
}

/// Checks a catalogue at the time scale of `source`, and prints which of its alerts can fire.
///
/// # Errors
/// A line per error of the catalogue; what promtool refuses; flags that `check` does not take.
pub fn check(options: &CheckOptions, source: &Source) -> Result<(), ProgramError> {
    source.without_settings("check")?;
    if source.catalogue.is_some() {
        let message = "--catalogue cannot be used with check: FILE is the catalogue to check";
        return Err(ProgramError::Usage(message.to_owned()));
    }
    let file = options.file.display().to_string();
    let catalogue = CheckedCatalogue::load_with(Some(&options.file), source.scale(), |expr| {
        promtool::expression_error(expr).unwrap_or_else(|| promql::syntax_error_position(expr))
    })?;
    check_with_promtool(&file, &catalogue)?;
    for note in notes(&catalogue) {
        exit::print_line(&format!("{file}: note: {note}"))?;
    }
    let results = can_fire(&catalogue);
    for (alert, result) in catalogue.alerts.iter().zip(&results) {
        let message = match result {
            CanFire::Yes => continue,
            CanFire::No(reason) => format!("cannot fire: {reason}"),
            CanFire::Unknown(reason) => {
                format!("only a drill can show whether it can fire: its expression {reason}")
            }
        };
        exit::print_line(&format!("{file}: alert {}: {message}", alert.name))?;
    }
    let alerts = pluralize(catalogue.alerts.len(), "alert");
    let scenarios = pluralize(catalogue.scenarios.len(), "scenario");
    let summary = summary(&results);
    exit::print_line(&format!("{file}: {alerts} and {scenarios}: {summary}"))
}

fn check_with_promtool(file: &str, catalogue: &CheckedCatalogue) -> Result<(), ProgramError> {
    let mut rules = String::new();
    rule_file::write(&mut rules, &catalogue.rule_groups())
        .expect("writing to a string does not fail");
    match promtool::check_rules(&rules) {
        PromtoolResult::Valid => Ok(()),
        PromtoolResult::Invalid(version, lines) => {
            let lines = lines.iter();
            let lines: Vec<_> = lines
                .map(|line| format!("{file}: promtool {version} refuses the rules: {line}"))
                .collect();
            Err(ProgramError::Refused(lines.join("\n")))
        }
        PromtoolResult::Unavailable => exit::print_line(&format!(
            "{file}: note: promtool is not installed: PromQL was parsed as by Prometheus 3, which has functions that Prometheus 2 lacks"
        )),
    }
}

/// `2 can fire, 1 cannot`.
fn summary(results: &[CanFire]) -> String {
    let count = |is: fn(&CanFire) -> bool| results.iter().filter(|result| is(result)).count();
    let counts = [
        (count(|result| *result == CanFire::Yes), "can fire"),
        (count(|result| matches!(result, CanFire::No(_))), "cannot"),
        (
            count(|result| matches!(result, CanFire::Unknown(_))),
            "not known",
        ),
    ];
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let counts: Vec<_> = counts
        .map(|(count, words)| format!("{count} {words}"))
        .collect();
    counts.join(", ")
}

/// Notes on a valid catalogue: a line for each part that may not do what its author expects.
pub(super) fn notes(catalogue: &Catalogue) -> Vec<String> {
    let mut notes = Vec::new();
    for alert in &catalogue.alerts {
        let mut note = |key: &str, message: &str| {
            notes.push(format!("alert {}: {key}: {message}", alert.name));
        };
        let expression = parse_promql(&alert.expr);
        let interval = catalogue.timing.interval;
        if let Ok(expression) = expression
            && let Some((key, window)) = narrow_window(alert, &expression, interval)
        {
            let message = format!(
                "{} may hold fewer than two scrapes, {}",
                format_duration(window),
                why_two_scrapes(interval)
            );
            note(key, &message);
        }
        let predictor = prediction::predictor(alert, interval);
        if predictor.is_ok_and(|predictor| !predictor.keeps("drill")) {
            note(
                "expr",
                "drops the label drill, so that a drill notifies people; add drill to its `by`",
            );
        }
        let texts = [
            ("summary", &alert.summary),
            ("description", &alert.description),
        ];
        for (key, text) in texts {
            if template::render(text, &alert.labels, 1.0).is_none() {
                note(key, "only promtool can check this template completely");
            }
        }
    }
    notes
}
