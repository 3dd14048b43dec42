//! The exporters that are measured side by side.

use std::{fs, path::Path, time::Duration};

use crate::{Outcome, server::Server};

/// Until an exporter of many series serves.
const PATIENCE: Duration = Duration::from_secs(120);

/// The simulator with a catalogue; `scratch` takes its settings.
pub(crate) fn simulator(catalogue: &Path, scratch: &Path) -> Outcome<Server> {
    let settings = scratch.join("mock.toml");
    fs::write(
        &settings,
        "[server]\nhost = \"127.0.0.1\"\n\n[log]\nfilter = \"error\"\n",
    )?;
    Server::start(PATIENCE, |command, port| {
        command.arg(env!("CARGO_BIN_EXE_mock-metrics")).arg("serve");
        command.arg("--catalogue").arg(catalogue);
        command.arg("--config").arg(&settings);
        command.env("MOCK_SERVICE_PORT", port.to_string());
        Ok(())
    })
}

/// Node with the series of an exposition; `peer` is where it is installed.
pub(crate) fn prom_client(peer: &Path, series: &Path) -> Outcome<Server> {
    Server::start(PATIENCE, |command, port| {
        command.args(["node", "server.js"]).current_dir(peer);
        command.env("NODE_ENV", "production");
        command.env("PORT", port.to_string()).env("SERIES", series);
        Ok(())
    })
}
