//! `mock-metrics`: a simulated application whose metrics set off alert rules on demand.

mod commands;

use std::process::ExitCode;

use clap::Parser;
use program::{exit, shutdown};

use commands::Arguments;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    shutdown::install_panic_hook();
    exit::code("mock-metrics", arguments.run())
}
