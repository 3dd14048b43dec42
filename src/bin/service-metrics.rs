//! The gateway's command line.

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;
use program::{
    exit::{self, ProgramError},
    logging, shutdown,
};
use service_metrics::{app::Gateway, settings::GatewaySettings};

/// Live metrics and incidents for browsers. Settings: config/service-metrics.toml names them all.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// A settings file over the built-in defaults
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Check the settings, say what is wrong with them, and end
    #[arg(long)]
    check_config: bool,
}

fn main() -> ExitCode {
    exit::code("service-metrics", run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> Result<(), ProgramError> {
    let settings = GatewaySettings::load(arguments.config.as_deref(), &exit::environment())?;
    if arguments.check_config {
        settings.check_machine()?;
        return exit::print_line("the settings are valid");
    }
    logging::init(&settings.log);
    shutdown::install_panic_hook();
    actix::System::new().block_on(async {
        let stop = shutdown::stop_signal()?;
        Gateway::build(&settings)?.serve_until(stop).await
    })
}
