//! The report of a drill, and how its forms show an alert: a table for a terminal, and Markdown, JSON and JUnit files.

pub(crate) mod exit_status;
pub(crate) mod files;
mod json;
mod junit;
mod markdown;
pub(crate) mod progress;
mod table;

use std::time::Duration;

use program::{text::pluralize, timestamp};

use crate::{
    alert_key::format_labels,
    preflight::warnings::RELOAD_FAILED,
    recorder::record::{Reached, Record, Verdict},
    stages::{Stage, time_budget::Intervals},
    time::Moment,
};

/// The columns of a table: the stages that are waited for.
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
pub(crate) struct Report {
    pub(crate) started: Moment,
    pub(crate) finished: Moment,
    /// The catalogue's file; `None` is the built-in one.
    pub(crate) catalogue: Option<String>,
    pub(crate) scenario: Option<String>,
    pub(crate) time_scale: f64,
    /// Name and address of each server.
    pub(crate) servers: [(&'static str, String); 4],
    pub(crate) intervals: Intervals,
    pub(crate) grace: Duration,
    pub(crate) warnings: Vec<String>,
    /// Whether Prometheus refused its configuration at the last reload, so that every rule is doubtful.
    pub(crate) reload_failed: bool,
    pub(crate) records: Vec<Record>,
}

impl Report {
    /// The alerts that have failed or not ended, each with its stage.
    pub(crate) fn failed(&self) -> Vec<String> {
        let failures = self.records.iter().filter_map(|record| {
            let (stage, _) = record.failure()?;
            Some(format!("{} at {stage}", record.name))
        });
        failures.collect()
    }

    /// `27 of 27 alerts arrived, 0 of them late, 0 failed, in 201 s`.
    fn totals(&self) -> String {
        let (late, failed) = (self.count(Verdict::Late), self.count(Verdict::Failed));
        let doubt = match self.reload_failed {
            true => format!(", but every rule is doubtful: {RELOAD_FAILED}"),
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

    /// When it began and when it ended, RFC 3339.
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

/// The name of a record in a table. An inhibited alert may share its name with another one, and has its labels besides.
fn title(record: &Record) -> String {
    match record.inhibited {
        true => format!(
            "{}{} (inhibited)",
            record.name,
            format_labels(&record.labels)
        ),
        false => record.name.clone(),
    }
}

/// `12.3 / 15.0 !`: seconds since the trigger, taken and allowed, and whether that is late. Empty if the stage was not
/// reached.
fn cell(reached: Option<&Reached>) -> String {
    let Some(reached) = reached else {
        return String::new();
    };
    let budget = reached
        .budget
        .map(|budget| format!(" / {budget:.1}"))
        .unwrap_or_default();
    let late = if reached.is_late() { " !" } else { "" };
    format!("{:.1}{budget}{late}", reached.seconds)
}

#[cfg(test)]
pub(super) mod tests {
    use chrono::{TimeDelta, Utc};
    use prometheus_api::typed::alert::ActiveAlert;

    use super::*;
    use crate::{
        alert_key::labels,
        recorder::record::{StageError, State},
    };

    /// A drill of two alerts. The reason why one has failed contains characters that are special in some format.
    pub(crate) fn report() -> Report {
        let second = Duration::from_secs(1);
        let started = Utc::now();
        Report {
            started,
            finished: started + TimeDelta::seconds(20),
            catalogue: None,
            scenario: None,
            time_scale: 0.1,
            servers: [
                "Prometheus",
                "Alertmanager",
                "service-metrics",
                "mock-metrics",
            ]
            .map(|name| (name, "http://h".to_owned())),
            intervals: Intervals {
                scrape: second,
                evaluation: second,
                poll: second,
                observation: second,
            },
            grace: second,
            warnings: Vec::new(),
            reload_failed: false,
            records: vec![passed(started), failed()],
        }
    }

    fn passed(triggered: Moment) -> Record {
        let reached = |stage, seconds, budget| Reached {
            stage,
            at: triggered + TimeDelta::milliseconds((seconds * 1000.0) as i64),
            seconds,
            budget,
        };
        Record {
            name: "DiskFull".to_owned(),
            family: "disk".to_owned(),
            severity: "critical".to_owned(),
            labels: labels(&[("device", "sda")]),
            triggered: Some(triggered),
            reached: vec![
                reached(Stage::Trigger, 0.0, Some(0.0)),
                reached(Stage::Crossed, 4.2, Some(6.0)),
                reached(Stage::Firing, 12.3, Some(10.0)),
            ],
            state: State::Passed,
            warnings: vec!["a | b".to_owned()],
            fired: Some(ActiveAlert {
                value: "95.1".to_owned(),
                ..ActiveAlert::default()
            }),
            ..Record::default()
        }
    }

    fn failed() -> Record {
        let why = "expr is `m > 1 | \"x\" ]]> & <b>`,\n\u{0}\u{1b}[31m not ü";
        Record {
            name: "Ho<st>\"ile\"&".to_owned(),
            family: "a&b".to_owned(),
            state: State::Failed(StageError::failed(Stage::Pending, why)),
            ..Record::default()
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
        interrupted.records[1].state = State::Running;
        let totals = "1 of 2 alerts arrived, 1 of them late, 0 failed, 1 unfinished, in 20 s";
        assert_eq!(interrupted.totals(), totals);
    }
}
