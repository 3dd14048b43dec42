//! `mock-metrics`: a simulated application whose metrics set off alert rules on demand.

use std::process::ExitCode;

use clap::Parser;
use service_metrics::{commands::Arguments, exit, shutdown};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    shutdown::install_panic_hook();
    exit::code("mock-metrics", arguments.run())
}
