//! The commands of `mock-metrics` that the lab uses: the rules of the catalogue, and a history for Prometheus.

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

/// Time scale of a fast lab: 15 s become one second.
const FAST_TIME_SCALE: f64 = 1.0 / 15.0;
/// Lines of stderr that the error of a failed program repeats.
const REPEATED_LINES: usize = 5;
/// The exit code of `mock-metrics` for wrong settings or a refused catalogue.
const CATALOGUE_REFUSED: i32 = 64;

/// An alert of the built-in catalogue that fires soon.
const USUAL_ALERT: &str = "ServiceDown";

/// A simulation: its catalogue and its time scale.
pub(crate) struct Simulation {
    program: PathBuf,
    /// The catalogue file, as the options name it.
    catalogue_file: PathBuf,
    catalogue: Vec<OsString>,
    time_scale: Vec<OsString>,
}

impl Simulation {
    /// The simulation that `options` ask for.
    pub(crate) fn of(options: &LabOptions) -> Result<Self, LabError> {
        let mut catalogue = Vec::new();
        if let Some(file) = &options.catalogue {
            let flag = format!("--catalogue {}", file.display());
            let file = fs::canonicalize(file).map_err(LabError::io(flag))?;
            catalogue.extend(["--catalogue".into(), file.into_os_string()]);
        }
        let time_scale = options
            .fast
            .then(|| ["--time-scale".to_owned(), FAST_TIME_SCALE.to_string()]);
        let built_in = || PathBuf::from("built into mock-metrics");
        Ok(Self {
            catalogue_file: options.catalogue.clone().unwrap_or_else(built_in),
            program: executables::ours("mock-metrics", options.programs.as_deref())?,
            catalogue,
            time_scale: time_scale
                .into_iter()
                .flatten()
                .map(OsString::from)
                .collect(),
        })
    }

    /// The flags of the commands that use its catalogue and time scale.
    pub(crate) fn flags(&self) -> Vec<OsString> {
        [&self.catalogue[..], &self.time_scale].concat()
    }

    /// The text of the rule file, checked by `promtool`. A copy stays in `folder`, since the messages of `promtool` name it.
    pub(crate) async fn rules(&self, promtool: &Path, folder: &Folder) -> Result<String, LabError> {
        let mut rules = guarded_command(&self.program, EndSignals::PROGRAM, None)?;
        rules.arg("rules").args(self.flags());
        let text = match ended("mock-metrics rules", rules).await? {
            output if output.status.code() == Some(CATALOGUE_REFUSED) => {
                return Err(self.refused(&output));
            }
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
        LabError::CatalogueRefused {
            catalogue: self.catalogue_file.clone(),
            faults: lines(output).into_iter().map(own).collect(),
        }
    }

    /// Makes a history of what Prometheus will scrape at `address`, as data of a Prometheus that has none yet. Its time is
    /// not scaled. Returns the moment at which it ends, from which the simulator continues.
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

        // The folder gets its final name when the history is complete.
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

/// Runs a program to its end and returns its stdout.
///
/// # Errors
/// If it fails.
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
    let mut log = lines(&output);
    let more = log.len().saturating_sub(REPEATED_LINES);
    log.truncate(REPEATED_LINES);
    log.extend((more > 0).then(|| format!("and {more} more")));
    Err(LabError::Died {
        program: name,
        status: output.status,
        log,
    })
}

/// The lines of stderr.
fn lines(output: &Output) -> Vec<String> {
    let text = String::from_utf8_lossy(&output.stderr);
    text.lines().map(str::to_owned).collect()
}

/// The name of an alert in this rule file, to try its trigger: the usual one, or else the first.
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
    fn for_another_catalogue_its_own_alert_is_offered() {
        let rules =
            "groups:\n  - name: \"own\"\n    rules:\n      - alert: \"Hot\"\n        expr: x > 1\n";
        assert_eq!(alert_to_try(rules).as_deref(), Some("Hot"));
        assert_eq!(alert_to_try("groups: []"), None);
    }
}
