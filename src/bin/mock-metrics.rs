//! `mock-metrics`: a simulated application whose metrics set off alert rules on demand.

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use service_metrics::exit::{self, ProgramError};
use service_metrics::{logging, mock::Mock, settings::mock::MockSettings, shutdown};

/// Simulates an application whose metrics set off alert rules on demand.
#[derive(Parser)]
#[command(name = "mock-metrics", version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Settings to use over the defaults.
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the metrics and the control API; so does no command at all.
    Serve,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    shutdown::install_panic_hook();
    let Command::Serve = arguments.command.unwrap_or(Command::Serve);
    let result = actix::System::new().block_on(serve(arguments.config));
    exit::code("mock-metrics", result)
}

async fn serve(config: Option<PathBuf>) -> Result<(), ProgramError> {
    let settings = MockSettings::load(config.as_deref(), &exit::environment())?;
    logging::init(&settings.log);
    let stop = shutdown::signalled()?;
    Mock::build(settings)?.serve_until(stop).await
}
