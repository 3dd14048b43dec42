//! The report as JSON; its keys are explained in `Ai/output/drills.md`.

use std::collections::BTreeMap;

use alerting::Labels;
use serde::Serialize;

use super::Report;
use crate::{
    recorder::record::{Reached, Record, Verdict},
    stages::Stage,
    time::Moment,
};

/// Raised when a key changes its meaning or is removed.
const FORMAT: u32 = 1;

#[derive(Serialize)]
struct Page<'a> {
    format: u32,
    started: String,
    finished: String,
    /// `null` for the built-in one.
    catalogue: Option<&'a str>,
    scenario: Option<&'a str>,
    time_scale: f64,
    servers: BTreeMap<&'a str, &'a str>,
    scrape_seconds: f64,
    evaluation_seconds: f64,
    poll_seconds: f64,
    grace_seconds: f64,
    warnings: &'a [String],
    totals: Totals,
    alerts: Vec<Alert<'a>>,
}

#[derive(Serialize)]
struct Totals {
    alerts: usize,
    passed: usize,
    late: usize,
    failed: usize,
    unfinished: usize,
}

#[derive(Serialize)]
struct Alert<'a> {
    name: &'a str,
    family: &'a str,
    severity: &'a str,
    labels: &'a Labels,
    inhibited: bool,
    verdict: Verdict,
    failed_stage: Option<Stage>,
    why: Option<&'a str>,
    warnings: &'a [String],
    triggered: Option<String>,
    active_at: Option<&'a str>,
    value: Option<&'a str>,
    stages: Vec<ReachedStage>,
}

#[derive(Serialize)]
struct ReachedStage {
    stage: Stage,
    at: String,
    seconds: f64,
    theory_seconds: Option<f64>,
    late: bool,
}

/// The report as one JSON object.
pub(super) fn write(report: &Report) -> String {
    let servers = report
        .servers
        .iter()
        .map(|(name, address)| (*name, address.as_str()));
    let (started, finished) = report.times();
    let page = Page {
        format: FORMAT,
        started,
        finished,
        catalogue: report.catalogue.as_deref(),
        scenario: report.scenario.as_deref(),
        time_scale: report.time_scale,
        servers: servers.collect(),
        scrape_seconds: report.intervals.scrape.as_secs_f64(),
        evaluation_seconds: report.intervals.evaluation.as_secs_f64(),
        poll_seconds: report.intervals.poll.as_secs_f64(),
        grace_seconds: report.grace.as_secs_f64(),
        warnings: &report.warnings,
        totals: Totals {
            alerts: report.records.len(),
            passed: report.count(Verdict::Passed),
            late: report.count(Verdict::Late),
            failed: report.count(Verdict::Failed),
            unfinished: report.count(Verdict::Unfinished),
        },
        alerts: report.records.iter().map(alert).collect(),
    };
    let mut text = serde_json::to_string_pretty(&page).unwrap_or_default();
    text.push('\n');
    text
}

fn alert(record: &Record) -> Alert<'_> {
    let failure = record.failure();
    let fired = record.fired.as_ref();
    Alert {
        name: &record.name,
        family: &record.family,
        severity: &record.severity,
        labels: &record.labels,
        inhibited: record.inhibited,
        verdict: record.verdict(),
        failed_stage: failure.map(|(stage, _)| stage),
        why: failure.map(|(_, why)| why),
        warnings: &record.warnings,
        triggered: record.triggered.map(time),
        active_at: fired.map(|fired| fired.active_at.as_str()),
        value: fired.map(|fired| fired.value.as_str()),
        stages: record.reached.iter().map(reached_stage).collect(),
    }
}

fn reached_stage(reached: &Reached) -> ReachedStage {
    ReachedStage {
        stage: reached.stage,
        at: time(reached.at),
        seconds: rounded(reached.seconds),
        theory_seconds: reached.budget.map(rounded),
        late: reached.is_late(),
    }
}

/// Rounded to milliseconds.
fn rounded(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}

fn time(moment: Moment) -> String {
    program::timestamp::format(&moment)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::tests::report;
    use super::*;

    #[test]
    fn the_object_says_what_came_of_each_alert() {
        let page: Value = serde_json::from_str(&write(&report())).unwrap();
        assert_eq!(page["format"], 1);
        assert_eq!(page["totals"]["late"], 1);
        assert_eq!(page["servers"]["Prometheus"], "http://h");
        let [full, hostile] = [&page["alerts"][0], &page["alerts"][1]];
        assert_eq!(full["verdict"], "late");
        assert_eq!(full["stages"][1]["stage"], "crossed");
        assert_eq!(full["stages"][1]["theory_seconds"], 6.0);
        assert_eq!(full["why"], Value::Null);
        assert_eq!(hostile["failed_stage"], "pending");
        assert!(hostile["why"].as_str().unwrap().contains("\u{0}\u{1b}"));
    }
}
