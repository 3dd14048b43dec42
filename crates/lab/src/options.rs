//! What a lab is asked to be: the command line of `lab`, and what tests say instead of one.

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
    /// Where service-metrics and mock-metrics listen: 127.0.0.1, or 0.0.0.0 or :: for all interfaces. The other servers
    /// ask nobody who it is, and stay on loopback
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1", value_parser = listening_address)]
    pub listen: IpAddr,
    /// Folder of service-metrics and mock-metrics [default: beside lab]
    #[arg(long, value_name = "DIR")]
    pub programs: Option<PathBuf>,
    /// Folder that holds init-db, migrations-readonly and monitoring
    #[arg(long, value_name = "DIR", default_value_os_t = repository())]
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
            listen: Ipv4Addr::LOCALHOST.into(),
            programs: None,
            repository: repository(),
            command: Vec::new(),
        }
    }
}

/// The servers of a lab find each other on loopback: an address that leaves it out is none to listen on.
fn listening_address(text: &str) -> Result<IpAddr, String> {
    let address = text.parse::<IpAddr>().ok();
    let reached = |address: &IpAddr| *address == Ipv4Addr::LOCALHOST || address.is_unspecified();
    address
        .filter(reached)
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
    fn a_lab_listens_on_loopback_unless_told_otherwise() {
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
