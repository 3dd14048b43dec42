//! What a lab is asked to be: the command line of `lab`, and what tests say instead of one.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use clap::Parser;

/// Starts PostgreSQL, Alertmanager, Prometheus, mock-metrics and service-metrics together, and stops them together.
///
/// A port of 0 takes a free one.
///
/// With a COMMAND, they run until it ends, and lab exits with its code. It finds them by PROMETHEUS_URL,
/// ALERTMANAGER_URL, GATEWAY_URL, SIMULATOR_URL and DATABASE_URL, and our programs by PATH.
#[derive(Debug, Clone, Parser)]
#[command(name = "lab", version)]
pub struct LabOptions {
    /// Scrapes and polls every second, and lets time run 15 times faster in the simulator and the rules
    #[arg(long)]
    pub fast: bool,
    /// A catalogue of alerts instead of the built-in one
    #[arg(long, value_name = "FILE")]
    pub catalogue: Option<PathBuf>,
    /// At its first start, Prometheus gets a history of so many hours; 0: none
    #[arg(long, value_name = "HOURS", default_value_t = 24, value_parser = clap::value_parser!(u32).range(0..=168))]
    pub history: u32,
    /// Where databases and logs are kept; used again by the next start
    #[arg(long, value_name = "DIR", default_value = ".lab")]
    pub data: PathBuf,
    /// If it is taken, a free one is used
    #[arg(long, value_name = "PORT", default_value_t = 5433)]
    pub postgres_port: u16,
    /// If it is taken, a free one is used
    #[arg(long, value_name = "PORT", default_value_t = 9090)]
    pub prometheus_port: u16,
    /// If it is taken, a free one is used
    #[arg(long, value_name = "PORT", default_value_t = 9093)]
    pub alertmanager_port: u16,
    /// Where mock-metrics listens
    #[arg(long, value_name = "PORT", default_value_t = 8082)]
    pub mock_port: u16,
    /// Where service-metrics listens
    #[arg(long, value_name = "PORT", default_value_t = 8005)]
    pub gateway_port: u16,
    /// Folder of service-metrics and mock-metrics [default: beside lab]
    #[arg(long, value_name = "DIR")]
    pub programs: Option<PathBuf>,
    /// Folder that holds init-db, migrations-readonly and monitoring
    #[arg(long, value_name = "DIR", default_value = env!("CARGO_MANIFEST_DIR"))]
    pub repository: PathBuf,
    /// Runs this once everything is ready
    #[arg(last = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
}

impl LabOptions {
    /// A fast lab without a past in `data`, on free ports: what a test wants.
    pub fn scratch(data: &Path) -> Self {
        Self {
            fast: true,
            catalogue: None,
            history: 0,
            data: data.to_owned(),
            postgres_port: 0,
            prometheus_port: 0,
            alertmanager_port: 0,
            mock_port: 0,
            gateway_port: 0,
            programs: None,
            repository: repository(),
            command: Vec::new(),
        }
    }
}

/// The repository that this package was built from.
pub(crate) fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
