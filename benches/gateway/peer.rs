//! The peer: Node with `http` and `pg`, as in `benches/peer`, started beside the gateway.

use std::{
    fs,
    net::{Ipv4Addr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use service_metrics::lab::free_port;

use crate::{Outcome, machine::said};

const PATIENCE: Duration = Duration::from_secs(20);

/// An installed peer.
pub(crate) struct Peer {
    folder: PathBuf,
    /// Node's version.
    pub(crate) version: String,
}

/// A running peer. Dropping it kills it.
pub(crate) struct RunningPeer {
    child: Child,
    pub(crate) port: u16,
}

impl Peer {
    /// Installs it below `target`; if it cannot be, says why.
    pub(crate) fn install() -> Result<Self, String> {
        if Command::new("node").arg("--version").output().is_err() {
            return Err("no node".to_owned());
        }
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peer");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("peer");
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        for file in ["package.json", "package-lock.json", "server.js"] {
            fs::copy(source.join(file), folder.join(file)).map_err(|error| error.to_string())?;
        }
        let mut npm = Command::new("npm");
        npm.args(["ci", "--prefer-offline", "--no-audit", "--no-fund"]);
        match npm.current_dir(&folder).stdin(Stdio::null()).output() {
            Ok(done) if done.status.success() => Ok(Self {
                folder,
                version: said("node", &["--version"]),
            }),
            _ => Err("npm ci failed".to_owned()),
        }
    }

    /// Starts it; `share_ms` is how long it shares an answer (0: it does not).
    pub(crate) fn start(&self, database: &str, share_ms: u32) -> Outcome<RunningPeer> {
        let port = free_port()?;
        // The kernel ends it with us.
        let child = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "node", "server.js"])
            .current_dir(&self.folder)
            .env("PORT", port.to_string())
            .env("DATABASE_URL", database)
            .env("SHARE_MS", share_ms.to_string())
            .env("NODE_ENV", "production")
            .stdin(Stdio::null())
            .spawn()?;
        let peer = RunningPeer { child, port };
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if Instant::now() > deadline {
                return Err("the peer does not listen".into());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(peer)
    }
}

impl Drop for RunningPeer {
    fn drop(&mut self) {
        // Fails only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
