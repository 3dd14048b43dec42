//! The servers that are measured side by side, each started anew for each measurement.

use std::{
    env, fs,
    net::{Ipv4Addr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use service_metrics::lab::free_port;

use crate::{Outcome, scenario::Scenario};

const PATIENCE: Duration = Duration::from_secs(20);

/// A way to fan out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Rival {
    /// A bare write loop: the limit.
    Limit,
    /// The gateway.
    Gateway,
    /// Node, one buffer for all.
    NodeShared,
    /// Node, a text for each.
    NodeEach,
}

impl Rival {
    pub(crate) const ALL: [Self; 4] =
        [Self::Limit, Self::Gateway, Self::NodeShared, Self::NodeEach];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Limit => "write loop",
            Self::Gateway => "gateway",
            Self::NodeShared => "Node, shared",
            Self::NodeEach => "Node, each",
        }
    }

    /// Whether it can do what the scenario asks for.
    pub(crate) fn can(self, scenario: &Scenario) -> bool {
        !scenario.deflate || self != Self::Limit
    }
}

/// A running rival. Dropping it kills it.
pub(crate) struct Running {
    child: Child,
    pub(crate) port: u16,
    pub(crate) path: &'static str,
}

/// Where the rivals are found.
pub(crate) struct Programs {
    /// The folder of the installed peer.
    pub(crate) peer: Option<PathBuf>,
    /// The gateway's settings are written here.
    pub(crate) scratch: PathBuf,
}

impl Programs {
    pub(crate) fn start(
        &self,
        rival: Rival,
        scenario: &Scenario,
        upstream: &str,
    ) -> Outcome<Running> {
        let port = free_port()?;
        let milliseconds = scenario.interval.as_millis().to_string();
        // The kernel ends it with us.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL"]);
        let path = match rival {
            Rival::Limit => {
                command.arg(env::current_exe()?);
                command.args(["limit", &port.to_string(), upstream, &milliseconds]);
                "/"
            }
            Rival::Gateway => {
                command.arg(env!("CARGO_BIN_EXE_service-metrics"));
                command.arg("--config").arg(self.settings()?);
                command
                    .env("PORT", port.to_string())
                    .env("PROMETHEUS_URL", upstream)
                    .env("POLL_INTERVAL", &milliseconds);
                "/ws/instant"
            }
            Rival::NodeShared | Rival::NodeEach => {
                command.args(["node", "server.js"]);
                command.current_dir(self.peer.as_deref().ok_or("Node is missing")?);
                command
                    .env("NODE_ENV", "production")
                    .env("PORT", port.to_string())
                    .env("UPSTREAM", upstream)
                    .env("INTERVAL_MS", &milliseconds)
                    .env("SHARED", if rival == Rival::NodeShared { "1" } else { "0" })
                    .env("DEFLATE", if scenario.deflate { "1" } else { "0" });
                "/"
            }
        };
        let child = command.stdin(Stdio::null()).spawn()?;
        let running = Running { child, port, path };
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if Instant::now() > deadline {
                return Err(format!("{} does not listen", rival.name()).into());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(running)
    }

    /// One query on the channel `instant`; nothing else is polled.
    fn settings(&self) -> Outcome<PathBuf> {
        let file = self.scratch.join("gateway.toml");
        fs::write(
            &file,
            "range = []\n\n[server]\nhost = \"127.0.0.1\"\n\n[log]\nfilter = \"error\"\n\n\
             [[instant]]\nname = \"q\"\nquery = \"q\"\nchannels = [\"instant\"]\n",
        )?;
        Ok(file)
    }
}

impl Running {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Fails only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Installs the peer below `target`; `None` when there is no Node or no registry.
pub(crate) fn install_peer() -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/fanout/peer");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fanout-peer");
    fs::create_dir_all(&folder).ok()?;
    for file in ["package.json", "package-lock.json", "server.js"] {
        fs::copy(source.join(file), folder.join(file)).ok()?;
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--prefer-offline", "--no-audit", "--no-fund"]);
    let done = npm
        .current_dir(&folder)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    done.status.success().then_some(folder)
}
