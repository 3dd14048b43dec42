//! `mock-metrics rules`: what Prometheus is told of the catalogue, and the proof that it was told right.
//!
//! ```text
//! Catalogue ──▶ rule_file  ──▶ monitoring/prometheus/alert.rules.yml
//!           ──▶ cases (made-up series, by the simulator's own stepping) ──▶ unit_tests ──▶ promtool test rules
//!           ──▶ table      ──▶ Ai/output/alerts.md
//! ```

mod case;
mod cases;
mod notation;
mod rule_file;
mod table;
mod unit_tests;

use std::fmt;

use clap::{Args, ValueEnum};
use program::exit::{self, ProgramError};

use crate::{catalogue::Catalogue, source::Source};
/// The arguments of `rules`.
#[derive(Debug, Args)]
pub struct RulesOptions {
    /// What to print
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = Format::Rules)]
    format: Format,
    /// How unit tests name the rule file, seen from where they will be
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

/// The rule file of a catalogue.
pub fn rule_file(catalogue: &Catalogue) -> String {
    let mut out = String::new();
    rule_file::write(&mut out, catalogue).expect("a string takes everything");
    out
}

/// Prints what the options ask for.
///
/// # Errors
/// Every fault of the catalogue; settings, which it does not use; a closed stdout.
pub fn print(source: &Source, options: &RulesOptions) -> Result<(), ProgramError> {
    source.without_settings("rules")?;
    let catalogue = source.catalogue()?;
    let mut out = String::new();
    let heading = heading(source, options.format);
    written(&mut out, &catalogue, options, &heading).expect("a string takes everything");
    exit::print_line(out.trim_end())
}

fn written(
    out: &mut String,
    catalogue: &Catalogue,
    options: &RulesOptions,
    heading: &str,
) -> fmt::Result {
    match options.format {
        Format::Table => table::write(out, catalogue),
        Format::Rules => {
            out.push_str(heading);
            rule_file::write(out, catalogue)
        }
        Format::Tests => {
            out.push_str(heading);
            unit_tests::write(out, catalogue, &options.rules_file)
        }
    }
}

/// A comment: what a file was made from, and how to make it again.
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
