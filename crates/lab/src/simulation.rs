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
    LabError, LabOptions,
    launch::{Ending, guarded},
    programs,
};
/// Scrapes of 15 s become scrapes of one second.
const FAST: f64 = 1.0 / 15.0;
/// How many lines of what a failed program said are told.
const TOLD: usize = 5;
/// How `mock-metrics` ends that has nothing against its command line, and something against its catalogue.
const REFUSED: i32 = 64;

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
            program: programs::ours("mock-metrics", options.programs.as_deref())?,
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
        let mut rules = guarded(&self.program, Ending::PROGRAM, None)?;
        rules.arg("rules").args(self.flags());
        let text = match ended("mock-metrics rules", rules).await? {
            output if output.status.code() == Some(REFUSED) => return Err(self.refused(&output)),
            output => succeeded("mock-metrics rules", output)?,
        };
        let name = "alert.rules.yml";
        let file = folder.path().join(name);
        let written = folder.replace(name, &text, Access::Public);
        written.map_err(LabError::io(file.display()))?;
        let mut check = guarded(promtool, Ending::PROGRAM, None)?;
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
        let mut backfill = guarded(&self.program, Ending::PROGRAM, None)?;
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
        let promtool = programs::installed("promtool", "prometheus")?;
        let mut import = guarded(&promtool, Ending::PROGRAM, None)?;
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
