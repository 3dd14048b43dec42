//! What `mock-metrics` does for the lab besides serving: the rules of its catalogue, and a history for Prometheus.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::{Output, Stdio},
};

use chrono::{SecondsFormat, Utc};
use program::files::{Access, Folder};
use tokio::process::Command;

use crate::{
    error::LabError,
    executables,
    options::LabOptions,
    process::launch::{EndSignals, guarded_command},
};

/// Scrapes of 15 s become scrapes of one second.
const FAST: f64 = 1.0 / 15.0;
/// How many lines of what a failed program said are told.
const TOLD: usize = 5;
/// How `mock-metrics` ends that has nothing against its command line, and something against its catalogue.
const REFUSED: i32 = 64;

/// An alert of the built-in catalogue that fires soon.
const USUAL_ALERT: &str = "ServiceDown";

/// A simulation: the catalogue, and how fast time runs in it.
pub(crate) struct Simulation {
    program: PathBuf,
    /// Its file, as it was asked for.
    asked: PathBuf,
    catalogue: Vec<OsString>,
    pace: Vec<OsString>,
}

impl Simulation {
    /// The one that `options` ask for.
    pub(crate) fn of(options: &LabOptions) -> Result<Self, LabError> {
        let mut catalogue = Vec::new();
        if let Some(file) = &options.catalogue {
            let flag = format!("--catalogue {}", file.display());
            let file = fs::canonicalize(file).map_err(LabError::io(flag))?;
            catalogue.extend(["--catalogue".into(), file.into_os_string()]);
        }
        let pace = options
            .fast
            .then(|| ["--time-scale".to_owned(), FAST.to_string()]);
        let built_in = || PathBuf::from("built into mock-metrics");
        Ok(Self {
            asked: options.catalogue.clone().unwrap_or_else(built_in),
            program: executables::ours("mock-metrics", options.programs.as_deref())?,
            catalogue,
            pace: pace.into_iter().flatten().map(OsString::from).collect(),
        })
    }

    /// The flags of whatever goes at its pace.
    pub(crate) fn flags(&self) -> Vec<OsString> {
        [&self.catalogue[..], &self.pace].concat()
    }

    /// The text of the rule file, which `promtool` has nothing against. A copy stays in `folder`, for its words name it.
    pub(crate) async fn rules(&self, promtool: &Path, folder: &Folder) -> Result<String, LabError> {
        let mut rules = guarded_command(&self.program, EndSignals::PROGRAM, None)?;
        rules.arg("rules").args(self.flags());
        let text = match ended("mock-metrics rules", rules).await? {
            output if output.status.code() == Some(REFUSED) => return Err(self.refused(&output)),
            output => succeeded("mock-metrics rules", output)?,
        };
        let name = "alert.rules.yml";
        let file = folder.path().join(name);
        let written = folder.replace(name, &text, Access::Public);
        written.map_err(LabError::io(file.display()))?;
        let mut check = guarded_command(promtool, EndSignals::PROGRAM, None)?;
        check.args(["check", "rules"]).arg(&file);
        finished("promtool check rules", check).await?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    fn refused(&self, output: &Output) -> LabError {
        let own = |line: String| match line.strip_prefix("mock-metrics: ") {
            Some(fault) => fault.to_owned(),
            None => line,
        };
        LabError::Refused {
            catalogue: self.asked.clone(),
            faults: told(output).into_iter().map(own).collect(),
        }
    }

    /// Gives a Prometheus that has no data yet a history of what it will scrape at `address`. It is told in unscaled time:
    /// nobody waits for it.
    ///
    /// Gives the moment at which it ends, for the simulator to go on from.
    pub(crate) async fn history(
        &self,
        hours: u32,
        address: &str,
        data: &Path,
    ) -> Result<String, LabError> {
        let refused = |error| LabError::io(data.display())(error);
        let until = Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true);
        let text = data.with_extension("history");
        let mut backfill = guarded_command(&self.program, EndSignals::PROGRAM, None)?;
        backfill
            .arg("backfill")
            .args(&self.catalogue)
            .args(["--hours", &hours.to_string()])
            .args(["--until", &until])
            .args(["--instance", address, "--output"])
            .arg(&text);
        finished("mock-metrics backfill", backfill).await?;

        // Half a history is none: it gets its name when it is whole.
        let blocks = data.with_extension("blocks");
        let _ = fs::remove_dir_all(&blocks);
        let promtool = executables::installed("promtool", "prometheus")?;
        let mut import = guarded_command(&promtool, EndSignals::PROGRAM, None)?;
        import
            .args(["tsdb", "create-blocks-from", "openmetrics", "--quiet"])
            .args([&text, &blocks]);
        finished("promtool tsdb create-blocks-from", import).await?;
        fs::remove_file(&text).map_err(refused)?;
        fs::rename(&blocks, data).map_err(refused)?;
        Ok(until)
    }
}

/// Runs a program to its end and gives what it printed.
async fn finished(name: &'static str, command: std::process::Command) -> Result<Vec<u8>, LabError> {
    succeeded(name, ended(name, command).await?)
}

async fn ended(name: &'static str, command: std::process::Command) -> Result<Output, LabError> {
    Command::from(command)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(LabError::io(name))
}

fn succeeded(name: &'static str, output: Output) -> Result<Vec<u8>, LabError> {
    if output.status.success() {
        return Ok(output.stdout);
    }
    let mut log = told(&output);
    let more = log.len().saturating_sub(TOLD);
    log.truncate(TOLD);
    log.extend((more > 0).then(|| format!("and {more} more")));
    Err(LabError::Died {
        program: name,
        status: output.status,
        log,
    })
}

fn told(output: &Output) -> Vec<String> {
    let told = String::from_utf8_lossy(&output.stderr);
    told.lines().map(str::to_owned).collect()
}

/// The name of an alert that this rule file has, and whose trigger can therefore be tried.
pub(crate) fn alert_to_try(rules: &str) -> Option<String> {
    let names = rules.lines().filter_map(|line| {
        let name = line.trim_start_matches([' ', '-']).strip_prefix("alert:")?;
        Some(name.trim().trim_matches('"'))
    });
    let names: Vec<_> = names.collect();
    let usual = names.iter().find(|name| **name == USUAL_ALERT);
    usual.or(names.first()).map(|name| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEPLOYED: &str = include_str!("../../../monitoring/prometheus/alert.rules.yml");

    #[test]
    fn of_the_deployed_rules_the_usual_alert_is_offered() {
        assert_eq!(alert_to_try(DEPLOYED).as_deref(), Some(USUAL_ALERT));
    }

    #[test]
    fn of_another_catalogue_its_own_alert_is_offered() {
        let rules =
            "groups:\n  - name: \"own\"\n    rules:\n      - alert: \"Hot\"\n        expr: x > 1\n";
        assert_eq!(alert_to_try(rules).as_deref(), Some("Hot"));
        assert_eq!(alert_to_try("groups: []"), None);
    }
}
