//! The servers that are measured side by side, each started anew for each measurement.

use std::{env, fs, path::PathBuf, time::Duration};

use crate::{Outcome, payload::Payload, scenario::Scenario, server::Server};

const PATIENCE: Duration = Duration::from_secs(20);

/// A way to fan out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Rival {
    /// A bare write loop: the limit.
    Limit,
    /// The gateway.
    Gateway,
    /// The gateway with one thread, as the others have.
    GatewayAlone,
    /// Node, one buffer for all.
    NodeShared,
    /// Node, a text for each.
    NodeEach,
}

impl Rival {
    pub(crate) const ALL: [Self; 5] = [
        Self::Limit,
        Self::Gateway,
        Self::GatewayAlone,
        Self::NodeShared,
        Self::NodeEach,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Limit => "write loop",
            Self::Gateway => "gateway",
            Self::GatewayAlone => "gateway, 1 worker",
            Self::NodeShared => "Node, shared",
            Self::NodeEach => "Node, each",
        }
    }

    /// Whether it is worth the time: the seed's own way is known to be far behind, and one worker answers a question
    /// about the others' threads.
    pub(crate) fn takes_part(self, scenario: &Scenario) -> bool {
        match self {
            Self::Limit | Self::Gateway | Self::NodeShared => true,
            Self::GatewayAlone => scenario.bytes == 20_000,
            Self::NodeEach => scenario.bytes <= 20_000 && scenario.sessions <= 9_000,
        }
    }

    pub(crate) fn is_node(self) -> bool {
        matches!(self, Self::NodeShared | Self::NodeEach)
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
    /// The program of the gateway.
    pub(crate) gateway: PathBuf,
    /// The gateway's settings are written here.
    pub(crate) scratch: PathBuf,
    /// What a real Prometheus has answered, where it was asked.
    pub(crate) recorded: Vec<Payload>,
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
            Rival::Gateway | Rival::GatewayAlone => "/ws/instant",
            _ => "/",
        };
        let process = Server::start(PATIENCE, |command, port| {
            let port = port.to_string();
            match rival {
                Rival::Limit => {
                    command.arg(env::current_exe()?);
                    command.args(["limit", &port, upstream, &milliseconds]);
                }
                Rival::Gateway | Rival::GatewayAlone => {
                    let workers = if rival == Rival::Gateway { 0 } else { 1 };
                    command.arg(&self.gateway);
                    command.arg("--config").arg(self.settings(workers)?);
                    command
                        .env("PORT", port)
                        .env("PROMETHEUS_URL", upstream)
                        .env("SERVICE_METRICS__WEBSOCKET__MAX_SESSIONS_PER_ADDRESS", "0")
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
    fn settings(&self, workers: usize) -> Outcome<PathBuf> {
        let file = self.scratch.join("gateway.toml");
        fs::write(
            &file,
            format!(
                "range = []\n\n[server]\nhost = \"127.0.0.1\"\nworkers = {workers}\nmax_connections_per_address = 0\n\n[log]\nfilter = \"error\"\n\n\
                 [[instant]]\nname = \"q\"\nquery = \"q\"\nchannels = [\"instant\"]\n"
            ),
        )?;
        Ok(file)
    }
}
