//! What a drill has proven, in four forms: a table for people at the terminal, Markdown, JSON and JUnit files.

mod json;
mod junit;
mod markdown;
mod table;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use program::{
    exit::ProgramError,
    files::{self, Access},
    text::pluralize,
    timestamp,
};

use crate::{
    judge::theory::Pace,
    record::{Reached, Record, Verdict},
    servers::seen::{Moment, braces},
    stage::Stage,
    survey::DOUBT,
};
/// The stages that a table has a column for: those that are waited for.
const COLUMNS: [(Stage, &str); 8] = [
    (Stage::Crossed, "crossed"),
    (Stage::Pending, "pending"),
    (Stage::Firing, "firing"),
    (Stage::Alertmanager, "alertmanager"),
    (Stage::Browser, "browser"),
    (Stage::ResolvedPrometheus, "gone: Prometheus"),
    (Stage::ResolvedAlertmanager, "gone: Alertmanager"),
    (Stage::ResolvedBrowser, "gone: browser"),
];

/// A drill that has ended.
#[derive(Debug, Clone)]
pub(super) struct Report {
    pub(super) started: Moment,
    pub(super) finished: Moment,
    /// The catalogue's file; `None` is the built-in one.
    pub(super) catalogue: Option<String>,
    pub(super) scenario: Option<String>,
    pub(super) scale: f64,
    /// Each server's name and address.
    pub(super) servers: [(&'static str, String); 4],
    pub(super) pace: Pace,
    pub(super) grace: Duration,
    pub(super) warnings: Vec<String>,
    /// Prometheus may work with other rules than those of its files.
    pub(super) doubtful: bool,
    pub(super) records: Vec<Record>,
}

impl Report {
    /// The alerts that have failed or are unfinished, each with its stage.
    pub(super) fn failed(&self) -> Vec<String> {
        let failures = self.records.iter().filter_map(|record| {
            let (stage, _) = record.failure()?;
            Some(format!("{} at {stage}", record.name))
        });
        failures.collect()
    }

    /// The table for people; where it does not fit into `width`, a line per alert.
    pub(super) fn table(&self, width: Option<usize>) -> String {
        table::write(self, width)
    }

    /// `27 of 27 alerts arrived, 0 of them late, 0 failed, in 201 s`.
    fn totals(&self) -> String {
        let (late, failed) = (self.count(Verdict::Late), self.count(Verdict::Failed));
        let doubt = match self.doubtful {
            true => format!(", but every rule is doubtful: {DOUBT}"),
            false => String::new(),
        };
        let unfinished = match self.count(Verdict::Unfinished) {
            0 => String::new(),
            count => format!(", {count} unfinished"),
        };
        format!(
            "{} of {} arrived, {late} of them late, {failed} failed{unfinished}, in {:.0} s{doubt}",
            self.count(Verdict::Passed) + late,
            pluralize(self.records.len(), "alert"),
            self.seconds()
        )
    }

    fn count(&self, verdict: Verdict) -> usize {
        self.records
            .iter()
            .filter(|record| record.verdict() == verdict)
            .count()
    }

    /// When it began and when it ended, as it is written.
    fn times(&self) -> (String, String) {
        let time = |moment: Moment| timestamp::format(&moment);
        (time(self.started), time(self.finished))
    }

    fn seconds(&self) -> f64 {
        (self.finished - self.started).as_seconds_f64()
    }

    /// The families in the order of the catalogue, each with its records.
    fn families(&self) -> Vec<(&str, Vec<&Record>)> {
        let mut families: Vec<(&str, Vec<&Record>)> = Vec::new();
        for record in &self.records {
            match families
                .iter_mut()
                .find(|(family, _)| *family == record.family)
            {
                Some((_, records)) => records.push(record),
                None => families.push((&record.family, vec![record])),
            }
        }
        families
    }
}

/// How a table names a record: one of two with the same name by its labels, too.
fn title(record: &Record) -> String {
    match record.inhibited {
        true => format!("{}{} (inhibited)", record.name, braces(&record.labels)),
        false => record.name.clone(),
    }
}

/// `12.3 / 15.0`: seconds taken and allowed, since the trigger; a late one with `!`; nothing where it was not reached.
fn cell(reached: Option<&Reached>) -> String {
    let Some(reached) = reached else {
        return String::new();
    };
    let theory = reached
        .theory
        .map(|theory| format!(" / {theory:.1}"))
        .unwrap_or_default();
    let late = if reached.late() { " !" } else { "" };
    format!("{:.1}{theory}{late}", reached.seconds)
}

/// Makes sure that each report can be written, before anything is started.
///
/// # Errors
/// The first that cannot.
pub(super) fn writable(paths: &[PathBuf]) -> Result<(), ProgramError> {
    for path in paths {
        if path.is_dir() {
            return Err(refused(path, "is a directory"));
        }
        let checked = files::check_links(path).and_then(|()| files::check_writable(path));
        checked.map_err(|error| refused(path, error))?;
    }
    Ok(())
}

/// Writes a report in the form that its ending names: all of it, or what was there stays.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write(path: &Path, report: &Report) -> Result<(), ProgramError> {
    let text = match path.extension().and_then(|ending| ending.to_str()) {
        Some("json") => json::write(report),
        Some("xml") => junit::write(report),
        _ => markdown::write(report),
    };
    let written = files::check_links(path)
        .and_then(|()| files::replace(path, text.as_bytes(), Access::Umask));
    written.map_err(|error| refused(path, error))
}

fn refused(path: &Path, why: impl std::fmt::Display) -> ProgramError {
    ProgramError::Failed(format!(
        "--report {}: cannot be written: {why}",
        path.display()
    ))
}

#[cfg(test)]
pub(super) mod tests {
    use std::fs;

    use chrono::{TimeDelta, Utc};

    use super::*;
    use crate::{
        record::Outcome,
        servers::seen::{Shown, labels},
    };

    /// A drill of two alerts, one of which has failed for a reason that no format likes.
    pub(crate) fn report() -> Report {
        let second = Duration::from_secs(1);
        let started = Utc::now();
        let reached = |stage, seconds, theory| Reached {
            stage,
            at: started + TimeDelta::milliseconds((seconds * 1000.0) as i64),
            seconds,
            theory,
        };
        let passed = Record {
            name: "DiskFull".to_owned(),
            family: "disk".to_owned(),
            severity: "critical".to_owned(),
            labels: labels(&[("device", "sda")]),
            trigger: Some(started),
            reached: vec![
                reached(Stage::Trigger, 0.0, Some(0.0)),
                reached(Stage::Crossed, 4.2, Some(6.0)),
                reached(Stage::Firing, 12.3, Some(10.0)),
            ],
            outcome: Outcome::Passed,
            warnings: vec!["a | b".to_owned()],
            shown: Some(Shown {
                value: "95.1".to_owned(),
                ..Shown::default()
            }),
            ..Record::default()
        };
        let failed = Record {
            name: "Ho<st>\"ile\"&".to_owned(),
            family: "a&b".to_owned(),
            outcome: Outcome::Failed {
                stage: Stage::Pending,
                why: "expr is `m > 1 | \"x\" ]]> & <b>`,\n\u{0}\u{1b}[31m not ü".to_owned(),
                unasked: false,
            },
            ..Record::default()
        };
        Report {
            started,
            finished: started + TimeDelta::seconds(20),
            catalogue: None,
            scenario: None,
            scale: 0.1,
            servers: [
                "Prometheus",
                "Alertmanager",
                "service-metrics",
                "mock-metrics",
            ]
            .map(|name| (name, "http://h".to_owned())),
            pace: Pace {
                scrape: second,
                evaluation: second,
                poll: second,
                beat: second,
            },
            grace: second,
            warnings: Vec::new(),
            doubtful: false,
            records: vec![passed, failed],
        }
    }

    #[test]
    fn a_report_is_written_whole_or_found_unwritable_beforehand() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.json");
        writable(std::slice::from_ref(&path)).unwrap();
        assert!(!path.exists(), "only tried");
        write(&path, &report()).unwrap();
        assert!(fs::read_to_string(&path).unwrap().contains("DiskFull"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);

        for path in [folder.path().join("no/r.md"), folder.path().to_owned()] {
            let told = writable(&[path]).unwrap_err().to_string();
            assert!(
                told.starts_with("--report ") && told.contains("cannot be written"),
                "{told}"
            );
        }
    }

    #[test]
    fn totals_count_the_late_among_those_that_arrived() {
        assert_eq!(
            report().totals(),
            "1 of 2 alerts arrived, 1 of them late, 1 failed, in 20 s"
        );
        assert_eq!(report().failed(), ["Ho<st>\"ile\"& at pending"]);
        let mut interrupted = report();
        interrupted.records[1].outcome = Outcome::Running;
        let told = "1 of 2 alerts arrived, 1 of them late, 0 failed, 1 unfinished, in 20 s";
        assert_eq!(interrupted.totals(), told);
    }
}
