//! A private PostgreSQL with the platform's database in it.

use std::{
    fs,
    ops::Deref,
    path::{Path, PathBuf},
    time::Duration,
};

use program::files::{self, Access};
use tokio::time::timeout;
use tokio_postgres::{Config, NoTls};

use super::{
    cluster::{self, DATABASE},
    data_dir::DataDir,
};
use crate::{error::LabError, executables, options, process::port, servers::server::Server};

/// How long it may take to get ready, including a recovery after a kill.
const READY_TIMEOUT: Duration = Duration::from_secs(60);
/// How long it may take to stop, before it is killed.
const GRACE: Duration = Duration::from_secs(10);
/// How long one query may take.
const QUERY_TIMEOUT: Duration = Duration::from_secs(2);

/// A running PostgreSQL on loopback. Dropping it stops it. Derefs to its [`Server`]; stopping it rolls open transactions
/// back.
pub struct Postgres {
    programs: PathBuf,
    data_dir: DataDir,
    log: PathBuf,
    port: u16,
    /// The password of the owner.
    password: String,
    outdated: bool,
    server: Server,
}

impl Postgres {
    /// Starts a server in `folder` on `port` (0: a free one), with the database made from this repository's SQL files.
    ///
    /// Started as root, it runs as user `postgres`; if that user cannot reach `folder`, the cluster is under `/var/tmp`.
    ///
    /// # Errors
    /// When PostgreSQL is missing, an SQL file fails, or the server does not answer.
    pub async fn start(folder: &Path, port: u16) -> Result<Self, LabError> {
        let log = folder.join("postgres.log");
        Self::start_with(folder, port, &options::repository(), &log).await
    }

    /// Like [`Self::start`], with another repository's SQL files and a log file of the caller's choice.
    pub(crate) async fn start_with(
        folder: &Path,
        port: u16,
        repository: &Path,
        log: &Path,
    ) -> Result<Self, LabError> {
        let programs = executables::postgres()?;
        let files = cluster::sql_files(repository)?;
        let data_dir = Self::data_dir(folder).await?;
        let complete = data_dir.is_complete();
        if !complete {
            cluster::init(&programs, &data_dir, log).await?;
        }
        let password = data_dir.password()?;
        let sql = cluster::contents(&files)?;
        let outdated = complete
            && fs::read_to_string(&data_dir.complete).is_ok_and(|made_from| made_from != sql);
        let postgres = port::start_on(port, async |port| {
            let server = serve(&programs, &data_dir, port, &password, log).await?;
            Ok(Self {
                programs: programs.clone(),
                data_dir: data_dir.clone(),
                log: log.to_owned(),
                port,
                password: password.clone(),
                outdated,
                server,
            })
        })
        .await?;
        if !complete {
            postgres.fill(&files, &sql).await?;
        }
        Ok(postgres)
    }

    /// The data directory of `folder`. Waits until a server of a killed lab no longer uses it, nor its port.
    pub(crate) async fn data_dir(folder: &Path) -> Result<DataDir, LabError> {
        let data_dir = DataDir::of(folder)?;
        data_dir.check_owner()?;
        cluster::wait_for_stale_server(&data_dir).await?;
        Ok(data_dir)
    }

    /// Creates the database, and marks the cluster as complete.
    async fn fill(&self, files: &[PathBuf], sql: &str) -> Result<(), LabError> {
        let create = format!("CREATE DATABASE {DATABASE}");
        query(self.port, &self.password, "postgres", &create).await?;
        let (programs, log) = (&self.programs, &self.log);
        cluster::apply(programs, files, self.port, &self.password, log).await?;
        let marker = &self.data_dir.complete;
        let written = files::replace(marker, sql.as_bytes(), Access::Public);
        written.map_err(LabError::io(marker.display()))
    }

    /// The address of the database for the gateway, with its read-only role.
    pub fn url(&self) -> String {
        self.url_as("metrics_reader")
    }

    /// The address of the database for its owner, with the password: do not print it.
    pub fn owner_url(&self) -> String {
        self.url_as(&format!("postgres:{}", self.password))
    }

    fn url_as(&self, role: &str) -> String {
        format!("postgres://{role}@127.0.0.1:{}/{DATABASE}", self.port)
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether the SQL files have changed since the database was made from them.
    pub fn is_outdated(&self) -> bool {
        self.outdated
    }

    /// Where its files are.
    pub fn cluster(&self) -> &Path {
        &self.data_dir.cluster
    }

    /// Runs SQL statements as the owner.
    ///
    /// # Errors
    /// PostgreSQL's message.
    pub async fn execute(&self, sql: &str) -> Result<(), LabError> {
        query(self.port, &self.password, DATABASE, sql).await
    }

    /// Stops it if it runs, and starts it again on the same port and data.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn restart(&mut self) -> Result<(), LabError> {
        self.stop().await;
        let (programs, password) = (&self.programs, &self.password);
        self.server = serve(programs, &self.data_dir, self.port, password, &self.log).await?;
        Ok(())
    }
}

impl Deref for Postgres {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

async fn serve(
    programs: &Path,
    data_dir: &DataDir,
    port: u16,
    password: &str,
    log: &Path,
) -> Result<Server, LabError> {
    let server = Server::spawn(&cluster::server(programs, data_dir, port, log), GRACE)?;
    server
        .ready(READY_TIMEOUT, async || {
            matches!(
                timeout(QUERY_TIMEOUT, query(port, password, "postgres", "SELECT 1")).await,
                Ok(Ok(()))
            )
        })
        .await?;
    Ok(server)
}

/// Runs SQL statements as the owner.
async fn query(port: u16, password: &str, database: &str, sql: &str) -> Result<(), LabError> {
    let mut config = Config::new();
    config.host("127.0.0.1").port(port).dbname(database);
    config.user("postgres").password(password);
    let database_error = |error: tokio_postgres::Error| {
        let why = error
            .as_db_error()
            .map_or_else(|| error.to_string(), ToString::to_string);
        LabError::Database(why)
    };
    let (client, connection) = config.connect(NoTls).await.map_err(database_error)?;
    tokio::select! {
        done = client.batch_execute(sql) => done.map_err(database_error),
        broken = connection => broken.map_err(database_error),
    }
}
