//! The peer: Node with `http` and `pg`, started beside the gateway.

use std::{path::PathBuf, time::Duration};

use crate::{Outcome, machine::said, peer, server::Server};

const PATIENCE: Duration = Duration::from_secs(20);

/// An installed peer.
pub(crate) struct Peer {
    folder: PathBuf,
    /// Node's version.
    pub(crate) version: String,
}

impl Peer {
    /// Installs it; if it cannot be, says why.
    pub(crate) fn install() -> Result<Self, String> {
        Ok(Self {
            folder: peer::install("gateway")?,
            version: said("node", &["--version"]),
        })
    }

    /// Starts it; `share_ms` is how long it shares an answer (0: it does not).
    pub(crate) fn start(&self, database: &str, share_ms: u32) -> Outcome<Server> {
        Server::start(PATIENCE, |command, port| {
            command
                .args(["node", "server.js"])
                .current_dir(&self.folder)
                .env("PORT", port.to_string())
                .env("DATABASE_URL", database)
                .env("SHARE_MS", share_ms.to_string())
                .env("NODE_ENV", "production");
            Ok(())
        })
    }
}
