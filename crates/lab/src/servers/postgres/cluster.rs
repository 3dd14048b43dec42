//! How a cluster is made: `initdb`, access rules, the repository's SQL files.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use program::files::{self, Access};

use super::data_dir::DataDir;
use crate::{
    error::LabError,
    process::{
        child::Child,
        launch::{EndSignals, Launch, User},
    },
};

/// The database's name; its owner is the cluster's superuser `postgres`.
pub(crate) const DATABASE: &str = "incident_platform";
/// Applied in this order, each one's files in the order of their names.
const SQL_FOLDERS: [&str; 2] = ["init-db", "migrations-readonly"];
/// Not applied: its stricter rules are optional.
const OPTIONAL: &str = "03-strict.sql";
/// The gateway's role can only read and has no password, as in the address that the lab prints. It may use any database,
/// since the tests copy theirs. The owner can run programs as this machine's user, and needs the password.
const ACCESS: &str = "\
host  all  metrics_reader  127.0.0.1/32  trust
host  all  postgres        127.0.0.1/32  scram-sha-256
";
/// How long the server of a killed lab may take to shut down.
const STALE_SERVER_TIMEOUT: Duration = Duration::from_secs(15);

/// Makes an empty cluster, in place of an incomplete one.
pub(crate) async fn init(programs: &Path, data_dir: &DataDir, log: &Path) -> Result<(), LabError> {
    data_dir.clear()?;
    let password = data_dir.new_password()?;
    let mut initdb = Launch::new("initdb", programs.join("initdb"), log)
        .args([
            "--auth=scram-sha-256",
            "--username=postgres",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync",
        ])
        .args(["--pwfile".as_ref(), password.as_os_str()])
        .args(["--pgdata".as_ref(), data_dir.cluster.as_os_str()]);
    initdb.user = data_dir.user;
    finish(&initdb).await?;
    data_dir.keep_password()?;
    let access = data_dir.cluster.join("pg_hba.conf");
    // The folder belongs to the cluster's user, who may have made a link there.
    let written = match data_dir.user {
        Some(User { uid, gid }) => {
            files::replace_as((uid, gid), &access, ACCESS.as_bytes(), Access::Private)
        }
        None => files::replace(&access, ACCESS.as_bytes(), Access::Private),
    };
    written.map_err(LabError::io(access.display()))
}

/// The server's command line. It listens on loopback only. Nothing is synced to the disk:
/// the data need not survive a crash of the machine.
pub(crate) fn server(programs: &Path, data_dir: &DataDir, port: u16, log: &Path) -> Launch {
    let mut server = Launch::new("PostgreSQL", programs.join("postgres"), log)
        .args(["-D".as_ref(), data_dir.cluster.as_os_str()])
        .args(["-p", &port.to_string(), "-h", "127.0.0.1"]);
    for setting in [
        "unix_socket_directories=",
        "fsync=off",
        "max_connections=100",
        "log_line_prefix=%m [%p] ",
    ] {
        server = server.args(["-c", setting]);
    }
    server.user = data_dir.user;
    server.end_signals = EndSignals::POSTGRES;
    server
}

/// The SQL files that make the database.
pub(crate) fn sql_files(repository: &Path) -> Result<Vec<PathBuf>, LabError> {
    let mut all = Vec::new();
    for folder in SQL_FOLDERS.map(|name| repository.join(name)) {
        let mut files: Vec<PathBuf> = fs::read_dir(&folder)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .filter(|file| file.extension().is_some_and(|extension| extension == "sql"))
            .filter(|file| file.file_name().is_none_or(|name| name != OPTIONAL))
            .collect();
        if files.is_empty() {
            return Err(LabError::NoSql(folder));
        }
        files.sort();
        all.append(&mut files);
    }
    Ok(all)
}

/// The contents of the SQL files, to find out later whether they have changed.
pub(crate) fn contents(files: &[PathBuf]) -> Result<String, LabError> {
    files
        .iter()
        .map(|file| fs::read_to_string(file).map_err(LabError::io(file.display())))
        .collect()
}

/// Applies SQL files as the owner.
pub(crate) async fn apply(
    programs: &Path,
    files: &[PathBuf],
    port: u16,
    password: &str,
    log: &Path,
) -> Result<(), LabError> {
    let mut psql = Launch::new("psql", programs.join("psql"), log)
        .args([
            "-X",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            "127.0.0.1",
            "-p",
            &port.to_string(),
        ])
        .args(["-U", "postgres", "-d", DATABASE]);
    // All users can read a command line.
    psql.environment.push(("PGPASSWORD", password.to_owned()));
    for file in files {
        psql = psql.args(["-f".as_ref(), file.as_os_str()]);
    }
    finish(&psql).await
}

/// Waits until the server of a killed lab has shut down.
pub(crate) async fn wait_for_stale_server(data_dir: &DataDir) -> Result<(), LabError> {
    let deadline = Instant::now() + STALE_SERVER_TIMEOUT;
    while let Some(pid) = running_server(data_dir) {
        if Instant::now() > deadline {
            let why = format!(
                "process {pid} still serves {}: end it",
                data_dir.cluster.display()
            );
            return Err(LabError::Database(why));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

fn running_server(data_dir: &DataDir) -> Option<u32> {
    let pid_file = fs::read_to_string(data_dir.cluster.join("postmaster.pid")).ok()?;
    let pid: u32 = pid_file.lines().next()?.trim().parse().ok()?;
    let works_in = fs::read_link(format!("/proc/{pid}/cwd")).ok()?;
    (works_in == data_dir.cluster).then_some(pid)
}

/// Runs a program to its end.
///
/// # Errors
/// If it fails.
async fn finish(launch: &Launch) -> Result<(), LabError> {
    let child = Child::spawn(launch)?;
    match child.ended().await {
        status if status.success() => Ok(()),
        status => Err(child.died_with(status).await),
    }
}
