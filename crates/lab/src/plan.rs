//! Checks what a lab needs before it starts anything, and starts each of its servers.

use std::{
    ffi::OsString,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use program::files::Folder;
use rustix::fs::{FlockOperation, flock};

use crate::{
    environment::Environment,
    error::LabError,
    executables,
    options::LabOptions,
    process::port,
    servers::{
        alertmanager::Alertmanager,
        postgres::Postgres,
        program::Program,
        prometheus::{Prometheus, PrometheusSetup, Target},
    },
    simulation::Simulation,
};

/// The folder of the UI.
const UI_DIR: &str = "SERVICE_METRICS__UI__DIR";
/// Where the UI finds the simulator.
const UI_SIMULATOR_URL: &str = "SERVICE_METRICS__UI__SIMULATOR_URL";
/// Origins of pages that may use the simulator.
const SIMULATOR_ORIGINS: &str = "MOCK_METRICS__CONTROL__ALLOWED_ORIGINS";
/// Variables that set the gateway's poll interval. If the caller sets one, it counts in a fast lab too.
const POLL_INTERVAL_VARIABLES: &[&str] = &[
    "POLL_INTERVAL",
    "SCRAPE_INTERVAL",
    "SERVICE_METRICS__PROMETHEUS__POLL_INTERVAL_SECONDS",
];
/// The folder of Prometheus, below the data directory.
const PROMETHEUS: &str = "prometheus";

/// A checked plan: all programs exist, the data directory is locked, the ports of our programs are free.
pub(crate) struct Plan<'a> {
    options: &'a LabOptions,
    data: Folder,
    pub(crate) logs: PathBuf,
    simulation: Simulation,
    environment: Environment,
    /// The text of the rule file.
    pub(crate) rules: String,
    /// The folder of the UI: the one that the caller names, or the built one.
    pub(crate) ui: Option<PathBuf>,
    /// The end of the history, if one was made.
    history_until: Option<String>,
    mock_port: u16,
    gateway_port: u16,
    /// What differs from the options, one line each.
    pub(crate) notes: Vec<String>,
    /// The lock on the data directory; the kernel releases it when the lab ends.
    pub(crate) lock: File,
}

impl<'a> Plan<'a> {
    /// Checks that the lab can start.
    pub(crate) async fn check(options: &'a LabOptions) -> Result<Self, LabError> {
        executables::installed("setpriv", "util-linux")?;
        executables::postgres()?;
        executables::installed("prometheus", "prometheus")?;
        executables::alertmanager()?;
        let simulation = Simulation::of(options)?;
        let promtool = executables::installed("promtool", "prometheus")?;
        executables::ours("service-metrics", options.programs.as_deref())?;
        let refused =
            |error| LabError::io(format_args!("--data {}", options.data.display()))(error);
        let data = Folder::claim(&options.data).map_err(refused)?;
        let lock = lock(&data)?;
        // Before the ports: mistakes in a catalogue that was just edited are the first to report.
        let rules = simulation.rules(&promtool, &data).await?;
        let environment = Environment::of_this_process();
        let mut notes = environment.replaced();
        let ui = match environment.get(UI_DIR) {
            Some(folder) => {
                notes.push(format!("the UI is the one in {folder}, as {UI_DIR} says"));
                Some(folder.into())
            }
            None => built_ui(&options.repository),
        };
        if ui.is_none() {
            let no_ui = "the gateway has no UI: make run, or npm run build in ui/, builds it";
            notes.push(no_ui.to_owned());
        }
        Ok(Self {
            lock,
            rules,
            mock_port: port::exactly(options.mock_port, "mock-metrics", "--mock-port").await?,
            gateway_port: port::exactly(options.gateway_port, "service-metrics", "--gateway-port")
                .await?,
            logs: fresh_logs(&data)?,
            simulation,
            notes,
            environment,
            ui,
            history_until: None,
            data,
            options,
        })
    }

    /// Starts PostgreSQL, with the database.
    pub(crate) async fn postgres(&mut self) -> Result<Postgres, LabError> {
        let (folder, log) = self.files_of("postgres");
        // The server of a killed lab may hold the port until this returns.
        Postgres::data_dir(&folder).await?;
        let port = self
            .server_port("PostgreSQL", self.options.postgres_port)
            .await?;
        let postgres = Postgres::start_with(&folder, port, &self.options.repository, &log).await?;
        if postgres.is_outdated() {
            self.notes.push(format!(
                "the SQL files have changed since the database was made: for a fresh one, stop the lab and remove {}",
                folder.display()
            ));
        }
        Ok(postgres)
    }

    /// Whether the options ask for a history and Prometheus has no data yet.
    pub(crate) fn lacks_history(&self) -> bool {
        self.options.history > 0 && !self.prometheus_data().exists()
    }

    /// Makes the history that the simulator continues.
    pub(crate) async fn history(&mut self) -> Result<(), LabError> {
        let data = self.prometheus_data();
        let folder = self.data.path().join(PROMETHEUS);
        self.data
            .folder(PROMETHEUS)
            .map_err(LabError::io(folder.display()))?;
        let (hours, address) = (self.options.history, self.mock_address());
        self.history_until = Some(self.simulation.history(hours, &address, &data).await?);
        Ok(())
    }

    /// Starts the simulator, with the gateway's pages as allowed origins.
    pub(crate) async fn mock(&self) -> Result<Program, LabError> {
        let origins =
            ["localhost", "127.0.0.1"].map(|host| format!("http://{host}:{}", self.gateway_port));
        let set = self.environment.get(SIMULATOR_ORIGINS).map(str::to_owned);
        let origins: Vec<_> = set.into_iter().chain(origins).collect();
        let mut environment = vec![
            (SIMULATOR_ORIGINS, origins.join(",")),
            (
                "MOCK_METRICS__SERVER__HOST",
                self.options.listen.to_string(),
            ),
        ];
        if let Some(until) = &self.history_until {
            let hours = self.options.history.to_string();
            environment.push(("MOCK_METRICS__SIMULATION__HISTORY_HOURS", hours));
            environment.push(("MOCK_METRICS__SIMULATION__HISTORY_UNTIL", until.clone()));
        }
        let flags = self.simulation.flags();
        self.ours("mock-metrics", &flags, self.mock_port, &environment)
            .await
    }

    /// Starts Alertmanager, which notifies the gateway.
    pub(crate) async fn alertmanager(&mut self) -> Result<Alertmanager, LabError> {
        let port = self
            .server_port("Alertmanager", self.options.alertmanager_port)
            .await?;
        let (folder, log) = self.files_of("alertmanager");
        let gateway = format!("http://127.0.0.1:{}", self.gateway_port);
        Alertmanager::start_with(&folder, port, &gateway, &self.options.repository, &log).await
    }

    /// Starts Prometheus, which scrapes both programs and sends alerts to `alertmanager`.
    pub(crate) async fn prometheus(
        &mut self,
        alertmanager: &Alertmanager,
    ) -> Result<Prometheus, LabError> {
        let (folder, log) = self.files_of(PROMETHEUS);
        let setup = PrometheusSetup {
            targets: vec![
                Target::gateway(format!("127.0.0.1:{}", self.gateway_port)),
                Target::mock(self.mock_address()),
            ],
            // Shorter than the 15 s of a deployment, so that a new user sees values soon.
            interval: Duration::from_secs(if self.options.fast { 1 } else { 5 }),
            rules: Some(self.rules.clone()),
            alertmanager: Some(format!("127.0.0.1:{}", alertmanager.port())),
            log: Some(log),
        };
        let port = self
            .server_port("Prometheus", self.options.prometheus_port)
            .await?;
        Prometheus::start_with(&folder, port, &setup).await
    }

    /// Starts the gateway, which reads from the three servers.
    pub(crate) async fn gateway(
        &self,
        prometheus: &Prometheus,
        alertmanager: &Alertmanager,
        postgres: &Postgres,
    ) -> Result<Program, LabError> {
        let mut environment = vec![
            ("PROMETHEUS_URL", prometheus.url()),
            ("ALERTMANAGER_URL", alertmanager.url()),
            ("DATABASE_URL", postgres.url()),
            (
                "SERVICE_METRICS__SERVER__HOST",
                self.options.listen.to_string(),
            ),
        ];
        let simulator = format!("http://{}", self.mock_address());
        if !self.environment.has(&[UI_SIMULATOR_URL]) {
            environment.push((UI_SIMULATOR_URL, simulator));
        }
        if let Some(ui) = &self.ui {
            environment.push((UI_DIR, ui.display().to_string()));
        }
        if self.options.fast && !self.environment.has(POLL_INTERVAL_VARIABLES) {
            environment.push(("POLL_INTERVAL", "1000".to_owned()));
        }
        self.ours("service-metrics", &[], self.gateway_port, &environment)
            .await
    }

    /// Folder and log of a server.
    fn files_of(&self, server: &str) -> (PathBuf, PathBuf) {
        let log = self.logs.join(format!("{server}.log"));
        (self.data.path().join(server), log)
    }

    async fn ours(
        &self,
        name: &'static str,
        flags: &[OsString],
        port: u16,
        environment: &[(&'static str, String)],
    ) -> Result<Program, LabError> {
        let programs = self.options.programs.as_deref();
        Program::ours(name, programs, flags, &self.logs, port, environment).await
    }

    fn mock_address(&self) -> String {
        format!("127.0.0.1:{}", self.mock_port)
    }

    fn prometheus_data(&self) -> PathBuf {
        self.data.path().join(PROMETHEUS).join(Prometheus::DATA)
    }

    /// The port for a server. 0, a free one, if `wanted` is taken; this is noted.
    async fn server_port(&mut self, program: &str, wanted: u16) -> Result<u16, LabError> {
        if wanted == 0 || port::is_free_for_server(wanted).await? {
            return Ok(wanted);
        }
        self.notes.push(format!(
            "port {wanted} is taken: {program} listens on another one"
        ));
        Ok(0)
    }
}

/// The folder of the built UI, as an absolute path: the gateway runs in another folder.
fn built_ui(repository: &Path) -> Option<PathBuf> {
    let folder = fs::canonicalize(repository.join("ui/dist")).ok()?;
    folder.join("index.html").is_file().then_some(folder)
}

fn lock(data: &Folder) -> Result<File, LabError> {
    let name = "lock";
    let path = data.path().join(name);
    let file = data.append(name).map_err(LabError::io(path.display()))?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(_) => Err(LabError::Locked(data.path().to_owned())),
    }
}

/// An empty folder for the logs of this run; those of the last run are removed.
fn fresh_logs(data: &Folder) -> Result<PathBuf, LabError> {
    let name = "logs";
    let logs = data.path().join(name);
    let refused = |error| LabError::io(logs.display())(error);
    match fs::remove_dir_all(&logs) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(refused(error)),
        _ => {}
    }
    data.folder(name).map_err(refused)?;
    Ok(logs)
}
