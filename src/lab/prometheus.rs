//! A private Prometheus, and the configuration that it is given.

use std::{
    fs,
    ops::{Deref, DerefMut},
    path::Path,
    time::Duration,
};

use super::{LabError, launch::Launch, ports, programs, service::Service};

const GRACE: Duration = Duration::from_secs(10);

/// One scrape job with one target, whose `/metrics` is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The job's name.
    pub job: &'static str,
    /// `host:port`.
    pub address: String,
    /// Whether `job` and `instance` labels of the target's own are kept.
    pub honor_labels: bool,
}

impl Target {
    /// The gateway's own metrics.
    pub fn gateway(address: impl Into<String>) -> Self {
        Self {
            job: "service-metrics",
            address: address.into(),
            honor_labels: false,
        }
    }

    /// The simulator, whose series carry `instance` labels of their own.
    pub fn mock(address: impl Into<String>) -> Self {
        Self {
            job: "mock-metrics",
            address: address.into(),
            honor_labels: true,
        }
    }

    fn prometheus(address: impl Into<String>) -> Self {
        Self {
            job: "prometheus",
            address: address.into(),
            honor_labels: false,
        }
    }
}

/// A running Prometheus of its own, on loopback. Dropping it kills it. [`Service`] says what can be done with it.
pub struct Prometheus(Service);

impl Prometheus {
    /// Starts Prometheus in `folder` on `port` (0: a free one). It scrapes itself and `targets` at each `interval`.
    ///
    /// # Errors
    /// When Prometheus is missing, or does not get ready.
    pub async fn start(
        folder: &Path,
        port: u16,
        targets: &[Target],
        interval: Duration,
    ) -> Result<Self, LabError> {
        let log = folder.join("prometheus.log");
        Self::start_with(folder, port, targets, interval, &log).await
    }

    /// Like [`Self::start`], with a log file of the caller's choice.
    pub(crate) async fn start_with(
        folder: &Path,
        port: u16,
        targets: &[Target],
        interval: Duration,
        log: &Path,
    ) -> Result<Self, LabError> {
        let refused = |error| LabError::io(folder.display())(error);
        let program = programs::installed("prometheus", "prometheus")?;
        fs::create_dir_all(folder).map_err(refused)?;
        let folder = fs::canonicalize(folder).map_err(refused)?;
        let configuration = folder.join("prometheus.yml");
        let service = ports::start_on(port, async |port| {
            let mut all = vec![Target::prometheus(format!("127.0.0.1:{port}"))];
            all.extend_from_slice(targets);
            fs::write(&configuration, render(&all, interval)).map_err(refused)?;
            let launch = Launch::new("Prometheus", program.clone(), log)
                .args([
                    format!("--config.file={}", configuration.display()),
                    format!("--storage.tsdb.path={}", folder.join("data").display()),
                    format!("--web.listen-address=127.0.0.1:{port}"),
                ])
                // The longest window that the gateway asks for is a day.
                .args([
                    "--storage.tsdb.retention.time=2d",
                    "--storage.tsdb.retention.size=512MB",
                ]);
            Service::start(launch, port, &["/-/ready"], GRACE).await
        });
        Ok(Self(service.await?))
    }
}

impl Deref for Prometheus {
    type Target = Service;

    fn deref(&self) -> &Service {
        &self.0
    }
}

impl DerefMut for Prometheus {
    fn deref_mut(&mut self) -> &mut Service {
        &mut self.0
    }
}

/// Prometheus' configuration file.
fn render(targets: &[Target], interval: Duration) -> String {
    let interval = interval.as_millis();
    let mut text = format!(
        "# Written by lab at each start: the jobs of monitoring/prometheus/prometheus.yml with this lab's ports.\n\
         global:\n  scrape_interval: {interval}ms\n  scrape_timeout: {interval}ms\n  evaluation_interval: {interval}ms\n\
         scrape_configs:\n"
    );
    for target in targets {
        text += &job(target);
    }
    text
}

fn job(target: &Target) -> String {
    let honor_labels = if target.honor_labels {
        "    honor_labels: true\n"
    } else {
        ""
    };
    format!(
        "  - job_name: {}\n{honor_labels}    static_configs:\n      - targets: [\"{}\"]\n",
        target.job, target.address
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compose_network_scrapes_the_same_jobs_in_the_same_way() {
        let deployed = include_str!("../../monitoring/prometheus/prometheus.yml");
        let jobs = [
            Target::prometheus("localhost:9090"),
            Target::gateway("service-metrics:8005"),
            Target::mock("host.docker.internal:8082"),
        ];
        let expected: String = jobs.iter().map(job).collect();
        let lines = deployed
            .lines()
            .map(|line| line.split(" #").next().unwrap_or_default());
        let plain: Vec<&str> = lines
            .filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
            .collect();
        let from = plain
            .iter()
            .position(|line| *line == "scrape_configs:")
            .unwrap();
        let found: String = plain[from + 1..]
            .iter()
            .map(|line| format!("{}\n", line.trim_end()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_fast_lab_scrapes_every_second() {
        let text = render(&[Target::mock("127.0.0.1:1")], Duration::from_secs(1));
        assert!(
            text.contains("scrape_interval: 1000ms") && text.contains("honor_labels: true"),
            "{text}"
        );
    }
}
