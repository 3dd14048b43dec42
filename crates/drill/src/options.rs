//! The command line of `mock-metrics drill`.

use std::{path::PathBuf, time::Duration};

use clap::{ArgGroup, Args};
use program::{exit::ProgramError, settings::Secret};
use simulator::settings::Drill;
use url::Url;

/// The arguments of `drill`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).multiple(true).args(["names", "all", "family", "scenario"]))]
pub struct DrillOptions {
    /// The alerts to rehearse
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    /// All alerts of the catalogue
    #[arg(long, conflicts_with_all = ["names", "family", "scenario"])]
    pub all: bool,
    /// All alerts of a family
    #[arg(long, value_name = "F", conflicts_with = "scenario")]
    pub family: Vec<String>,
    /// A scenario of the catalogue instead of single alerts
    #[arg(long, value_name = "NAME", conflicts_with = "names")]
    pub scenario: Option<String>,
    /// Writes a report; the file's ending selects the form: Markdown (.md), JSON (.json) or JUnit (.xml)
    #[arg(long, value_name = "FILE", value_parser = parse_report_path)]
    pub report: Vec<PathBuf>,
    /// Where Prometheus is [default: the setting drill.prometheus_url]
    #[arg(long, value_name = "URL", value_parser = parse_secret)]
    pub prometheus: Option<Secret>,
    /// Where Alertmanager is [default: the setting drill.alertmanager_url]
    #[arg(long, value_name = "URL", value_parser = parse_secret)]
    pub alertmanager: Option<Secret>,
    /// Where service-metrics is [default: the setting drill.gateway_url]
    #[arg(long, value_name = "URL", value_parser = parse_secret)]
    pub gateway: Option<Secret>,
    /// Where mock-metrics serves [default: the setting drill.simulator_url]
    #[arg(long, value_name = "URL", value_parser = parse_secret)]
    pub simulator: Option<Secret>,
    /// Makes a rule that differs from the catalogue's a warning instead of a failure
    #[arg(long)]
    pub other_rules: bool,
    /// Continues although Alertmanager would notify people of this drill
    #[arg(long)]
    pub page_people: bool,
    /// How much later than its time budget each stage may be reached, in real seconds at every time scale
    #[arg(long, value_name = "SECONDS", default_value = "15", value_parser = parse_grace, allow_hyphen_values = true)]
    pub grace: Duration,
}

/// Where the four servers are. Not `Debug`: an address may hold a password.
pub(crate) struct Addresses {
    pub(crate) prometheus: Url,
    pub(crate) alertmanager: Url,
    pub(crate) gateway: Url,
    pub(crate) simulator: Url,
}

impl DrillOptions {
    /// The addresses of the servers: a flag wins over the settings.
    ///
    /// # Errors
    /// The first that is no HTTP address. The message does not repeat the value, which may contain a password.
    pub(crate) fn addresses(&self, settings: &Drill) -> Result<Addresses, ProgramError> {
        let of = |flag: &str, given: &Option<Secret>, set: &Secret| {
            let address = given.as_ref().unwrap_or(set);
            parse_address(address).map_err(|must| ProgramError::Usage(format!("{flag}: {must}")))
        };
        Ok(Addresses {
            prometheus: of("--prometheus", &self.prometheus, &settings.prometheus_url)?,
            alertmanager: of(
                "--alertmanager",
                &self.alertmanager,
                &settings.alertmanager_url,
            )?,
            gateway: of("--gateway", &self.gateway, &settings.gateway_url)?,
            simulator: of("--simulator", &self.simulator, &settings.simulator_url)?,
        })
    }
}

fn parse_address(address: &Secret) -> Result<Url, &'static str> {
    let must = "must be an address such as http://localhost:9090/prefix";
    let url = Url::parse(address.reveal()).map_err(|_| must)?;
    let plain = url.query().is_none() && url.fragment().is_none();
    if matches!(url.scheme(), "http" | "https") && plain {
        Ok(url)
    } else {
        Err(must)
    }
}

/// Accepts everything: clap would repeat a value that it refuses, and it may contain a password.
#[allow(clippy::unnecessary_wraps, reason = "clap requires this signature")]
fn parse_secret(text: &str) -> Result<Secret, String> {
    Ok(Secret::new(text))
}

fn parse_report_path(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("md" | "json" | "xml") => Ok(path),
        _ => Err("must end in .md, .json or .xml".to_owned()),
    }
}

fn parse_grace(text: &str) -> Result<Duration, String> {
    let seconds: Option<f64> = text.parse().ok();
    let seconds = seconds.filter(|seconds| (0.0..=3600.0).contains(seconds));
    seconds
        .map(Duration::from_secs_f64)
        .ok_or_else(|| "must be a number of seconds from 0 to 3600".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: DrillOptions,
    }

    fn read(line: &str) -> Result<DrillOptions, String> {
        let words = std::iter::once("drill").chain(line.split_whitespace());
        let read = Line::try_parse_from(words);
        read.map(|line| line.options)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn something_must_be_chosen_and_not_in_two_ways() {
        for line in [
            "A",
            "A B --family disk",
            "--all",
            "--family disk",
            "--scenario s",
        ] {
            assert!(read(line).is_ok(), "{line}");
        }
        for line in [
            "",
            "--all A",
            "--all --family disk",
            "--scenario s A",
            "--scenario s --all",
        ] {
            assert!(read(line).is_err(), "{line}");
        }
    }

    #[test]
    fn a_report_is_known_by_its_ending_and_a_grace_is_seconds() {
        assert_eq!(
            read("A --report a.md --report b.xml").unwrap().report.len(),
            2
        );
        for line in [
            "A --report a.txt",
            "A --report a",
            "A --grace -1",
            "A --grace x",
            "A --grace nan",
        ] {
            assert!(read(line).is_err(), "{line}");
        }
    }

    #[test]
    fn a_flag_wins_over_the_settings_and_a_bad_one_does_not_give_its_password_away() {
        let url = |text: &str| Secret::new(text);
        let settings = Drill {
            prometheus_url: url("http://p"),
            alertmanager_url: url("http://a"),
            gateway_url: url("http://g"),
            simulator_url: url("http://s"),
        };
        let addresses = read("A --gateway http://u:hunter2@h/prefix").unwrap();
        let addresses = addresses.addresses(&settings).unwrap();
        assert_eq!(addresses.gateway.as_str(), "http://u:hunter2@h/prefix");
        assert_eq!(addresses.prometheus.as_str(), "http://p/");
        let refused = read("A --gateway ftp://u:hunter2@h").unwrap();
        let error = refused.addresses(&settings).err().unwrap().to_string();
        assert!(
            error.starts_with("--gateway: must be") && !error.contains("hunter2"),
            "{error}"
        );
        assert!(!format!("{refused:?}").contains("hunter2"));
    }
}
