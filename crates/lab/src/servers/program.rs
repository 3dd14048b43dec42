//! A running program that reports over HTTP when it is ready: our own programs, Prometheus and Alertmanager.

use std::{ffi::OsString, io, ops::Deref, path::Path, time::Duration};

use tokio::time::timeout;

use super::server::Server;
use crate::{
    error::LabError,
    executables,
    process::{http, launch::Launch},
};

/// How long it may take to get ready.
const READY_TIMEOUT: Duration = Duration::from_secs(60);
/// How long one answer may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

/// A running program that serves HTTP on loopback. Dropping it kills it. Derefs to its [`Server`].
pub struct Program {
    launch: Launch,
    port: u16,
    ready: &'static [&'static str],
    grace: Duration,
    server: Server,
}

impl Program {
    /// Starts the `mock-metrics` of this build on `port`; its log goes to `folder`.
    ///
    /// # Errors
    /// When it is not built, or does not get ready.
    pub async fn mock(
        folder: &Path,
        port: u16,
        environment: &[(&'static str, String)],
    ) -> Result<Self, LabError> {
        Self::ours("mock-metrics", None, &[], folder, port, environment).await
    }

    /// Starts the `service-metrics` of this build on `port`; its log goes to `folder`.
    ///
    /// # Errors
    /// When it is not built, or does not get ready.
    pub async fn gateway(
        folder: &Path,
        port: u16,
        environment: &[(&'static str, String)],
    ) -> Result<Self, LabError> {
        Self::ours("service-metrics", None, &[], folder, port, environment).await
    }

    /// Starts one of our programs, found in `programs` or beside the running executable.
    pub(crate) async fn ours(
        name: &'static str,
        programs: Option<&Path>,
        flags: &[OsString],
        logs: &Path,
        port: u16,
        environment: &[(&'static str, String)],
    ) -> Result<Self, LabError> {
        let program = executables::ours(name, programs)?;
        let log = logs.join(format!("{name}.log"));
        let mut launch = Launch::new(name, program, &log).args(flags);
        launch.environment = environment.to_vec();
        let (variable, ready): (_, &[_]) = match name {
            "mock-metrics" => ("MOCK_SERVICE_PORT", &["/-/ready"]),
            _ => ("PORT", &["/health", "/-/ready"]),
        };
        launch.environment.push((variable, port.to_string()));
        // The gateway drains for up to eight seconds.
        Self::start(launch, port, ready, Duration::from_secs(10)).await
    }

    /// Starts a program and waits until it answers 200 on each path of `ready`, one after the other.
    pub(crate) async fn start(
        launch: Launch,
        port: u16,
        ready: &'static [&'static str],
        grace: Duration,
    ) -> Result<Self, LabError> {
        let server = serve(&launch, port, ready, grace).await?;
        Ok(Self {
            launch,
            port,
            ready,
            grace,
            server,
        })
    }

    /// Its address, without a trailing slash.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The status and body of its answer to `GET path`.
    ///
    /// # Errors
    /// When there is none within two seconds.
    pub async fn get(&self, path: &str) -> io::Result<(u16, String)> {
        get(self.port, path).await
    }

    /// Stops it if it runs, and starts it again on the same port and data.
    ///
    /// # Errors
    /// When it does not get ready.
    pub async fn restart(&mut self) -> Result<(), LabError> {
        self.stop().await;
        self.server = serve(&self.launch, self.port, self.ready, self.grace).await?;
        Ok(())
    }
}

impl Deref for Program {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

async fn serve(
    launch: &Launch,
    port: u16,
    ready: &[&str],
    grace: Duration,
) -> Result<Server, LabError> {
    let server = Server::spawn(launch, grace)?;
    for path in ready {
        server
            .ready(READY_TIMEOUT, async || {
                matches!(get(port, path).await, Ok((200, _)))
            })
            .await?;
    }
    Ok(server)
}

async fn get(port: u16, path: &str) -> io::Result<(u16, String)> {
    timeout(ANSWER_TIMEOUT, http::get(port, path)).await?
}
