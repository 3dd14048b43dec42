//! The commands of `mock-metrics`, and where each is done. (`service-metrics` and `lab` do one thing each.)

use clap::{Parser, Subcommand};
use program::exit::ProgramError;
use simulator::{Source, app, backfill, lint, rules};

/// Simulates an application whose metrics set off alert rules on demand, and rehearses the rules.
#[derive(Debug, Parser)]
#[command(name = "mock-metrics", version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    source: Source,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the metrics and the control API (the default)
    Serve,
    /// Checks a catalogue and prints its errors
    Check(lint::CheckOptions),
    /// Rehearses alerts on real servers, from their trigger to the browser and back, and reports the time of each stage
    Drill(drill::DrillOptions),
    /// Prints the alerts of a catalogue as rules for Prometheus, as unit tests of the rules, or as a table
    Rules(rules::RulesOptions),
    /// Writes a history of all series and alerts, for `promtool tsdb create-blocks-from openmetrics`
    Backfill(backfill::BackfillOptions),
}

impl Arguments {
    /// Does what they ask.
    ///
    /// # Errors
    /// Why it could not be done.
    pub(crate) fn run(self) -> Result<(), ProgramError> {
        match self.command.unwrap_or(Command::Serve) {
            Command::Serve => actix::System::new().block_on(app::serve(&self.source)),
            Command::Check(options) => lint::check(&options, &self.source),
            Command::Drill(options) => {
                actix::System::new().block_on(drill::run(&options, &self.source))
            }
            Command::Rules(options) => rules::print(&self.source, &options),
            Command::Backfill(options) => {
                actix::System::new().block_on(backfill::backfill(options, &self.source))
            }
        }
    }
}
