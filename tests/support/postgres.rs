//! The lab's PostgreSQL, shared by the tests that do not harm it, each with a database of its own.

use std::{
    fs,
    os::unix::process::CommandExt,
    path::Path,
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use tempfile::TempDir;
use tokio::sync::OnceCell;
use tokio_postgres::{Client, Config, NoTls};

use super::{eventually, scratch};

const TEMPLATE: &str = "incident_platform";

/// A server whose database `incident_platform` has the schema, the nine incidents and the read-only role.
pub(crate) struct Postgres {
    server: lab::Postgres,
    /// Goes after the server.
    folder: TempDir,
}

impl Postgres {
    /// The server that all tests share which do not harm it.
    pub(crate) async fn shared() -> &'static Self {
        static SHARED: OnceCell<Postgres> = OnceCell::const_new();
        SHARED
            .get_or_init(async || {
                let postgres = Self::start().await;
                remove_after_us(postgres.folder.path(), postgres.server.cluster());
                postgres
            })
            .await
    }

    /// A server of one's own.
    pub(crate) async fn start() -> Self {
        let folder = scratch();
        let server = lab::Postgres::start(folder.path(), 0).await.unwrap();
        Self { server, folder }
    }

    /// A copy of `incident_platform`, for one test.
    pub(crate) async fn database(&self) -> String {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let admin = self.client("postgres", "postgres").await;
        let create = format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}");
        admin.batch_execute(&create).await.unwrap();
        name
    }

    /// How to connect; the owner `postgres` has a password.
    pub(crate) fn config(&self, user: &str, database: &str) -> Config {
        let url = match user {
            "postgres" => self.server.owner_url(),
            _ => self.server.url(),
        };
        let mut config: Config = url.parse().unwrap();
        config.user(user).dbname(database);
        config
    }

    /// A connection; waits until the server has a place for it.
    pub(crate) async fn client(&self, user: &str, database: &str) -> Client {
        let config = self.config(user, database);
        eventually("PostgreSQL accepts a connection", async || {
            let (client, connection) = config.connect(NoTls).await.ok()?;
            actix_web::rt::spawn(connection);
            Some(client)
        })
        .await
    }

    /// Freezes it: connections stay open and nothing answers.
    pub(crate) fn pause(&self) {
        self.server.pause().unwrap();
    }

    /// Ends [`Self::pause`].
    pub(crate) fn resume(&self) {
        self.server.resume();
    }

    /// Kills all of its processes and waits until they are gone.
    pub(crate) async fn kill(&self) {
        self.server.kill().await;
    }

    /// Starts it again after [`Self::kill`], on the same port and data.
    pub(crate) async fn restart(&mut self) {
        self.server.restart().await.unwrap();
    }
}

/// Runs a file of the repository.
pub(crate) async fn apply(client: &Client, file: &str) {
    let path = crate::support::workspace().join(file);
    let sql = fs::read_to_string(path).unwrap();
    client
        .batch_execute(&sql)
        .await
        .unwrap_or_else(|error| panic!("{file}: {error:?}"));
}

/// A static is never dropped: a shell waits for the end of this process, and of the server, and removes the folder.
fn remove_after_us(folder: &Path, cluster: &Path) {
    const WAIT: &str = r#"read -r _
        for _ in $(seq 100); do [ -e "$1/postmaster.pid" ] || break; sleep 0.1; done
        rm -rf "$0" "$1""#;
    let shell = Command::new("sh")
        .args(["-c", WAIT])
        .args([folder, cluster])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0) // a Ctrl-C is for us
        .spawn()
        .unwrap();
    // Its standard input closes when we end, and not before.
    std::mem::forget(shell);
}
