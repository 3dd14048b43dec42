//! The exporters that are measured side by side.

use std::{
    fs,
    net::{Ipv4Addr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use service_metrics::lab::free_port;

use crate::Outcome;

/// Until an exporter of many series serves.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running exporter. Dropping it kills it.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
    pub(crate) began: Instant,
}

impl Server {
    /// The simulator with a catalogue; `scratch` takes its settings.
    pub(crate) fn simulator(catalogue: &Path, scratch: &Path) -> Outcome<Self> {
        let settings = scratch.join("mock.toml");
        fs::write(
            &settings,
            "[server]\nhost = \"127.0.0.1\"\n\n[log]\nfilter = \"error\"\n",
        )?;
        start(|command, port| {
            command.arg(env!("CARGO_BIN_EXE_mock-metrics")).arg("serve");
            command.arg("--catalogue").arg(catalogue);
            command.arg("--config").arg(&settings);
            command.env("MOCK_SERVICE_PORT", port.to_string());
        })
    }

    /// Node with the series of an exposition; `peer` is where it is installed.
    pub(crate) fn prom_client(peer: &Path, series: &Path) -> Outcome<Self> {
        start(|command, port| {
            command.args(["node", "server.js"]).current_dir(peer);
            command.env("NODE_ENV", "production");
            command.env("PORT", port.to_string()).env("SERIES", series);
        })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fails only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until it listens.
fn start(tell: impl Fn(&mut Command, u16)) -> Outcome<Server> {
    let port = free_port()?;
    // The kernel ends it with us.
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL"]);
    tell(&mut command, port);
    let mut server = Server {
        child: command.stdin(Stdio::null()).spawn()?,
        port,
        began: Instant::now(),
    };
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        if let Some(status) = server.child.try_wait()? {
            return Err(format!("an exporter has ended: {status}").into());
        }
        if server.began.elapsed() > PATIENCE {
            return Err("an exporter does not listen".into());
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(server)
}

/// Installs the peer below `target`; `None` when there is no Node or no registry.
pub(crate) fn install_peer() -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/scrape/peer");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("scrape-peer");
    fs::create_dir_all(&folder).ok()?;
    for file in ["package.json", "package-lock.json", "server.js"] {
        fs::copy(source.join(file), folder.join(file)).ok()?;
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--prefer-offline", "--no-audit", "--no-fund"]);
    let npm = npm.current_dir(&folder).stdin(Stdio::null());
    let done = npm.output().ok()?;
    done.status.success().then_some(folder)
}
