//! `mock-metrics rules`: prints the rules of a catalogue, unit tests of these rules, or a table of the alerts.
//!
//! ```text
//! Catalogue ──▶ alerting::rule_file                        ──▶ monitoring/prometheus/alert.rules.yml
//!           ──▶ cases (series that the simulation moves) ──▶ unit_tests ──▶ promtool test rules
//!           ──▶ table                                      ──▶ Ai/output/alerts.md
//! ```

mod case;
mod cases;
mod notation;
mod table;
mod unit_tests;

use std::fmt;

use alerting::rule_file;
use clap::{Args, ValueEnum};
use program::exit::{self, ProgramError};

use crate::{catalogue::Catalogue, source::Source};

/// The arguments of `rules`.
#[derive(Debug, Args)]
pub struct RulesOptions {
    /// What to print
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = Format::Rules)]
    format: Format,
    /// Path of the rule file, relative to the file of unit tests
    #[arg(long, value_name = "FILE", default_value = "alert.rules.yml")]
    rules_file: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Prometheus' rule file
    Rules,
    /// Unit tests of the rule file, for `promtool test rules`
    Tests,
    /// The alerts as a table in Markdown
    Table,
}

/// Prints the rules, the unit tests or the table.
///
/// # Errors
/// The errors of the catalogue; `--config`, which `rules` does not take; a closed stdout.
pub fn print(source: &Source, options: &RulesOptions) -> Result<(), ProgramError> {
    source.without_settings("rules")?;
    let catalogue = source.catalogue()?;
    let mut out = String::new();
    let heading = heading(source, options.format);
    write(&mut out, &catalogue, options, &heading).expect("writing to a string does not fail");
    exit::print_line(out.trim_end())
}

fn write(
    out: &mut String,
    catalogue: &Catalogue,
    options: &RulesOptions,
    heading: &str,
) -> fmt::Result {
    match options.format {
        Format::Table => table::write(out, catalogue),
        Format::Rules => {
            out.push_str(heading);
            rule_file::write(out, &catalogue.rule_groups())
        }
        Format::Tests => {
            out.push_str(heading);
            unit_tests::write(out, catalogue, &options.rules_file)
        }
    }
}

/// A comment that says what the file was made from, and how to make it again.
fn heading(source: &Source, format: Format) -> String {
    let mut command = "mock-metrics rules".to_owned();
    if format == Format::Tests {
        command += " --format tests";
    }
    let mut from = "config/alerts.toml".to_owned();
    if let Some(file) = &source.catalogue {
        // In quotes and escaped: a file's name may hold the end of the comment.
        from = format!("{:?}", file.display().to_string());
        command += &format!(" --catalogue {from}");
    }
    if let Some(scale) = source.time_scale.filter(|scale| *scale != 1.0) {
        command += &format!(" --time-scale {scale}");
    }
    format!("# Made from {from}. Change that, not this, and make it again: {command}\n")
}
