//! The program `lab`: PostgreSQL, Alertmanager, Prometheus and both programs with one command.

use std::process::ExitCode;

use clap::Parser;
use lab::LabOptions;
use program::{exit, logging, settings::log::LogSettings, shutdown};

fn main() -> ExitCode {
    let options = LabOptions::parse();
    shutdown::install_panic_hook();
    // RUST_LOG is for the programs that the lab starts; the lab itself prints to stdout.
    logging::init(&LogSettings {
        filter: "warn".to_owned(),
        format: "text".to_owned(),
    });
    exit::code(
        "lab",
        actix::System::new().block_on(async { lab::run(&options).await }),
    )
}
