//! A server that is measured, as a child process.

use std::{
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use lab::{free_port, is_listening};

use crate::Outcome;

/// A running server. Dropping it kills it.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) port: u16,
}

impl Server {
    /// Starts what `tell` says, which is given a port, and waits until it listens there.
    pub(crate) fn start(
        patience: Duration,
        tell: impl FnOnce(&mut Command, u16) -> Outcome<()>,
    ) -> Outcome<Self> {
        let port = free_port()?;
        // The kernel ends it with us.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL"]);
        tell(&mut command, port)?;
        let child = command.stdin(Stdio::null()).spawn()?;
        let mut server = Self { child, port };
        let deadline = Instant::now() + patience;
        while !is_listening(port) {
            if let Some(status) = server.child.try_wait()? {
                return Err(format!("a server has ended: {status}").into());
            }
            if Instant::now() > deadline {
                return Err("a server does not listen".into());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fails only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
