//! The servers that are measured side by side, each started anew for each measurement.

use std::{env, fs, path::PathBuf, time::Duration};

use crate::{Outcome, scenario::Scenario, server::Server};

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

/// A running rival, and where its sessions are.
pub(crate) struct Running {
    pub(crate) process: Server,
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
        let milliseconds = scenario.interval.as_millis().to_string();
        let path = match rival {
            Rival::Gateway => "/ws/instant",
            _ => "/",
        };
        let process = Server::start(PATIENCE, |command, port| {
            let port = port.to_string();
            match rival {
                Rival::Limit => {
                    command.arg(env::current_exe()?);
                    command.args(["limit", &port, upstream, &milliseconds]);
                }
                Rival::Gateway => {
                    command.arg(env!("CARGO_BIN_EXE_service-metrics"));
                    command.arg("--config").arg(self.settings()?);
                    command
                        .env("PORT", port)
                        .env("PROMETHEUS_URL", upstream)
                        .env("POLL_INTERVAL", &milliseconds);
                }
                Rival::NodeShared | Rival::NodeEach => {
                    command.args(["node", "server.js"]);
                    command.current_dir(self.peer.as_deref().ok_or("Node is missing")?);
                    let flag = |set| if set { "1" } else { "0" };
                    command
                        .env("NODE_ENV", "production")
                        .env("PORT", port)
                        .env("UPSTREAM", upstream)
                        .env("INTERVAL_MS", &milliseconds)
                        .env("SHARED", flag(rival == Rival::NodeShared))
                        .env("DEFLATE", flag(scenario.deflate));
                }
            }
            Ok(())
        })?;
        Ok(Running { process, path })
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
