//! The options of a lab: the command line of `lab`, and the options of tests.

use std::{
    ffi::OsString,
    net::{IpAddr, Ipv4Addr},
    path::{Path, PathBuf},
};

use clap::Parser;

/// Starts PostgreSQL, Alertmanager, Prometheus, mock-metrics and service-metrics together, and stops them together.
///
/// A port of 0 takes a free one.
///
/// With a COMMAND, they run until it ends, and lab exits with its code. The command finds the servers through
/// PROMETHEUS_URL, ALERTMANAGER_URL, GATEWAY_URL, SIMULATOR_URL and DATABASE_URL, and our programs through PATH.
#[derive(Debug, Clone, Parser)]
#[command(name = "lab", version)]
pub struct LabOptions {
    /// Scrapes and polls every second; time in the simulator and in the rules runs 15 times as fast
    #[arg(long)]
    pub fast: bool,
    /// A catalogue of alerts instead of the built-in one
    #[arg(long, value_name = "FILE")]
    pub catalogue: Option<PathBuf>,
    /// Hours of history that Prometheus gets at its first start; 0: none
    #[arg(long, value_name = "HOURS", default_value_t = 24, value_parser = clap::value_parser!(u32).range(0..=168))]
    pub history: u32,
    /// Folder of databases and logs; the next start uses it again
    #[arg(long, value_name = "DIR", default_value = ".lab")]
    pub data: PathBuf,
    /// Port of PostgreSQL; a free one if it is taken
    #[arg(long, value_name = "PORT", default_value_t = 5433)]
    pub postgres_port: u16,
    /// Port of Prometheus; a free one if it is taken
    #[arg(long, value_name = "PORT", default_value_t = 9090)]
    pub prometheus_port: u16,
    /// Port of Alertmanager; a free one if it is taken
    #[arg(long, value_name = "PORT", default_value_t = 9093)]
    pub alertmanager_port: u16,
    /// Port of mock-metrics
    #[arg(long, value_name = "PORT", default_value_t = 8082)]
    pub mock_port: u16,
    /// Port of service-metrics
    #[arg(long, value_name = "PORT", default_value_t = 8005)]
    pub gateway_port: u16,
    /// Address of service-metrics and mock-metrics: 127.0.0.1, or 0.0.0.0 or :: for all interfaces. The other servers
    /// have no authentication and listen on loopback only
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1", value_parser = listening_address)]
    pub listen: IpAddr,
    /// Folder of service-metrics and mock-metrics [default: beside lab]
    #[arg(long, value_name = "DIR")]
    pub programs: Option<PathBuf>,
    /// Folder that holds init-db, migrations-readonly and monitoring
    #[arg(long, value_name = "DIR", default_value_os_t = repository())]
    pub repository: PathBuf,
    /// Command to run when all servers are ready
    #[arg(last = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
}

impl LabOptions {
    /// Options for tests: a fast lab without history in `data`, on free ports.
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
            listen: Ipv4Addr::LOCALHOST.into(),
            programs: None,
            repository: repository(),
            command: Vec::new(),
        }
    }
}

/// Parses an address that includes loopback, where the servers of a lab find each other.
fn listening_address(text: &str) -> Result<IpAddr, String> {
    let address = text.parse::<IpAddr>().ok();
    let has_loopback =
        |address: &IpAddr| *address == Ipv4Addr::LOCALHOST || address.is_unspecified();
    address
        .filter(has_loopback)
        .ok_or_else(|| "must be 127.0.0.1, or 0.0.0.0 or :: for all interfaces".to_owned())
}

/// The repository that this package was built from.
pub(crate) fn repository() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lab_listens_on_loopback_by_default() {
        let listen = |arguments: &[&str]| {
            let options = LabOptions::try_parse_from([&["lab"], arguments].concat());
            options.map(|options| options.listen.to_string()).ok()
        };
        assert_eq!(listen(&[]).as_deref(), Some("127.0.0.1"));
        for address in ["127.0.0.1", "0.0.0.0", "::"] {
            assert_eq!(listen(&["--listen", address]).as_deref(), Some(address));
        }
        for address in ["localhost", "192.0.2.7", "::1", "127.0.0.2", ""] {
            assert_eq!(listen(&["--listen", address]), None, "{address:?}");
        }
    }
}
