//! A private Prometheus, and its configuration.

use std::{
    ops::{Deref, DerefMut},
    path::{Path, PathBuf},
    time::Duration,
};

use program::files::{Access, Folder};

use super::program::Program;
use crate::{
    error::LabError,
    executables,
    process::{launch::Launch, port},
};

/// How long it may take to stop, before it is killed.
const GRACE: Duration = Duration::from_secs(10);
/// The rule file, beside the configuration.
const RULES: &str = "alert.rules.yml";
const CONFIGURATION: &str = "prometheus.yml";

/// A scrape job with one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The job's name.
    pub job: &'static str,
    /// `host:port`.
    pub address: String,
    /// Keeps the target's own `job` and `instance` labels.
    pub honor_labels: bool,
    /// Adds `drill="true"` to its series, and so to the alerts made from them.
    pub drill: bool,
}

impl Target {
    /// The gateway's own metrics.
    pub fn gateway(address: impl Into<String>) -> Self {
        Self {
            job: "service-metrics",
            address: address.into(),
            honor_labels: false,
            drill: false,
        }
    }

    /// The simulator. Its series have their own `instance` labels, and its alerts notify nobody.
    pub fn mock(address: impl Into<String>) -> Self {
        Self {
            job: "mock-metrics",
            address: address.into(),
            honor_labels: true,
            drill: true,
        }
    }

    fn prometheus(address: impl Into<String>) -> Self {
        Self {
            job: "prometheus",
            address: address.into(),
            honor_labels: false,
            drill: false,
        }
    }
}

/// What a Prometheus does besides scraping itself.
#[derive(Debug, Clone)]
pub struct PrometheusSetup {
    /// What it scrapes.
    pub targets: Vec<Target>,
    /// How often it scrapes, and evaluates its rules.
    pub interval: Duration,
    /// The text of its rule file.
    pub rules: Option<String>,
    /// The Alertmanager that receives its alerts: `host:port`.
    pub alertmanager: Option<String>,
    /// Its log file, if not `prometheus.log` in its folder.
    pub log: Option<PathBuf>,
}

impl PrometheusSetup {
    /// Scrapes `targets` every `interval`, without rules.
    pub fn scraping(targets: &[Target], interval: Duration) -> Self {
        Self {
            targets: targets.to_vec(),
            interval,
            rules: None,
            alertmanager: None,
            log: None,
        }
    }
}

/// A running Prometheus on loopback. Dropping it kills it. Derefs to its [`Program`].
pub struct Prometheus(Program);

impl Prometheus {
    /// The folder of its data, below its own folder.
    pub(crate) const DATA: &str = "data";

    /// Starts Prometheus in `folder` on `port` (0: a free one). It scrapes itself and `targets` every `interval`.
    ///
    /// # Errors
    /// When Prometheus is missing, or does not get ready.
    pub async fn start(
        folder: &Path,
        port: u16,
        targets: &[Target],
        interval: Duration,
    ) -> Result<Self, LabError> {
        Self::start_with(folder, port, &PrometheusSetup::scraping(targets, interval)).await
    }

    /// Like [`Self::start`], with rules and an Alertmanager if `setup` says so.
    ///
    /// # Errors
    /// When Prometheus is missing, does not accept the rules, or does not get ready.
    pub async fn start_with(
        folder: &Path,
        port: u16,
        setup: &PrometheusSetup,
    ) -> Result<Self, LabError> {
        let refused = |error| LabError::io(folder.display())(error);
        let program = executables::installed("prometheus", "prometheus")?;
        let ours = Folder::claim(folder).map_err(refused)?;
        ours.folder(Self::DATA).map_err(refused)?;
        let folder = ours.path();
        let log = setup.log.clone();
        let log = log.unwrap_or_else(|| folder.join("prometheus.log"));
        let configuration = folder.join(CONFIGURATION);
        if let Some(rules) = &setup.rules {
            let written = ours.replace(RULES, rules.as_bytes(), Access::Public);
            written.map_err(refused)?;
        }
        let service = port::start_on(port, async |port| {
            let text = render(setup, port);
            let written = ours.replace(CONFIGURATION, text.as_bytes(), Access::Public);
            written.map_err(refused)?;
            let launch = Launch::new("Prometheus", program.clone(), &log)
                .args([
                    format!("--config.file={}", configuration.display()),
                    format!("--storage.tsdb.path={}", folder.join(Self::DATA).display()),
                    format!("--web.listen-address=127.0.0.1:{port}"),
                ])
                // A week is the longest history that a lab is given.
                .args([
                    "--storage.tsdb.retention.time=8d",
                    "--storage.tsdb.retention.size=512MB",
                ]);
            Program::start(launch, port, &["/-/ready"], GRACE).await
        });
        Ok(Self(service.await?))
    }
}

impl Deref for Prometheus {
    type Target = Program;

    fn deref(&self) -> &Program {
        &self.0
    }
}

impl DerefMut for Prometheus {
    fn deref_mut(&mut self) -> &mut Program {
        &mut self.0
    }
}

/// The configuration file of a Prometheus that listens on `port`.
fn render(setup: &PrometheusSetup, port: u16) -> String {
    let interval = setup.interval.as_millis();
    let mut text = format!(
        "# Written by lab at each start: monitoring/prometheus/prometheus.yml with this lab's ports.\n\
         global:\n  scrape_interval: {interval}ms\n  scrape_timeout: {interval}ms\n  evaluation_interval: {interval}ms\n"
    );
    if setup.rules.is_some() {
        text += &rule_files();
    }
    if let Some(address) = &setup.alertmanager {
        text += &alerting(address);
    }
    text += "scrape_configs:\n";
    text += &job(&Target::prometheus(format!("127.0.0.1:{port}")));
    text.extend(setup.targets.iter().map(job));
    text
}

fn rule_files() -> String {
    format!("rule_files: [\"{RULES}\"]\n")
}

fn alerting(address: &str) -> String {
    format!(
        "alerting:\n  alertmanagers:\n    - static_configs:\n        - targets: [\"{address}\"]\n"
    )
}

fn job(target: &Target) -> String {
    let line = |wanted: bool, line: &'static str| if wanted { line } else { "" };
    format!(
        "  - job_name: {}\n{}    static_configs:\n      - targets: [\"{}\"]\n{}",
        target.job,
        line(target.honor_labels, "    honor_labels: true\n"),
        target.address,
        line(target.drill, "        labels: { drill: \"true\" }\n"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compose_network_scrapes_the_same_jobs_and_sends_alerts_in_the_same_way() {
        let deployed = include_str!("../../../../monitoring/prometheus/prometheus.yml");
        let jobs = [
            Target::prometheus("localhost:9090"),
            Target::gateway("service-metrics:8005"),
            Target::mock("host.docker.internal:8082"),
        ];
        let expected = rule_files()
            + &alerting("alertmanager:9093")
            + "scrape_configs:\n"
            + &jobs.iter().map(job).collect::<String>();
        let lines = deployed
            .lines()
            .map(|line| line.split(" #").next().unwrap_or_default().trim_end());
        let found: String = lines
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .skip_while(|line| !line.starts_with("rule_files:"))
            .map(|line| format!("{line}\n"))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_fast_lab_scrapes_every_second_and_has_no_rules_unless_given() {
        let mock = Target::mock("127.0.0.1:1");
        let mut setup = PrometheusSetup::scraping(&[mock], Duration::from_secs(1));
        let text = render(&setup, 1);
        assert!(text.contains("scrape_interval: 1000ms"), "{text}");
        assert!(!text.contains("rule_files") && !text.contains("alertmanagers"));

        setup.rules = Some("groups: []".to_owned());
        setup.alertmanager = Some("127.0.0.1:2".to_owned());
        let text = render(&setup, 1);
        assert!(text.contains("alert.rules.yml") && text.contains("127.0.0.1:2"));
    }
}
