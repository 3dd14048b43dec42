//! Histories: promtool accepts them, their alerts are those of Prometheus, and a simulator continues from them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::Read,
    path::Path,
    process::Command,
    time::Duration,
};

use chrono::{SecondsFormat, Utc};
use lab::Prometheus;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rustix::{
    fs::{CWD, FileType, Mode, OFlags, mknodat, open},
    process::Signal,
};
use serde_json::Value;
use simulator::lint::CheckedCatalogue;

use crate::support::{
    eventually, http,
    program::{self, Ended, MOCK, Running},
    scratch,
};

/// Long enough for an episode of every alert.
const HOURS: &str = "6";
const SCRAPE: u64 = 15;

fn backfill(arguments: &[&str]) -> String {
    let mut command = program::command(&MOCK);
    let Ended { code, out, stderr } = program::run(command.arg("backfill").args(arguments));
    assert_eq!(code, Some(0), "{stderr}");
    out
}

fn import(history: &Path, data: &Path) {
    let said = Command::new("promtool")
        .args(["tsdb", "create-blocks-from", "openmetrics"])
        .args([history, data])
        .output()
        .expect("promtool (package prometheus) is installed");
    assert!(
        said.status.success(),
        "{}",
        String::from_utf8_lossy(&said.stderr)
    );
}

async fn result(prometheus: &Prometheus, query: &str) -> Vec<Value> {
    let address = ([127, 0, 0, 1], prometheus.port()).into();
    let http::Answer { status, body, .. } =
        http::get_whole(address, &format!("/api/v1/{query}")).await;
    assert_eq!(status, 200, "{body}");
    let answer: Value = serde_json::from_str(&body).unwrap();
    answer["data"]["result"].as_array().unwrap().clone()
}

fn times(series: &Value) -> impl Iterator<Item = u64> {
    let values = series["values"].as_array().unwrap().iter();
    values.map(|pair| pair[0].as_f64().unwrap() as u64)
}

fn quoted(expr: &str) -> String {
    utf8_percent_encode(expr, NON_ALPHANUMERIC).to_string()
}

#[actix_rt::test]
async fn prometheus_finds_each_alert_active_at_just_the_times_that_the_history_says() {
    let room = scratch();
    let history = room.path().join("history");
    let until = Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true);
    let file = history.to_str().unwrap();
    backfill(&["--hours", HOURS, "--until", &until, "--output", file]);
    import(&history, &room.path().join("data"));
    let none = Duration::from_secs(60);
    let prometheus = Prometheus::start(room.path(), 0, &[], none).await.unwrap();

    let clock = result(&prometheus, "query?query=mock_service_up%5B7h%5D").await;
    let all: Vec<_> = times(&clock[0]).collect();
    let (first, last) = (all[0], all[all.len() - 1]);
    for alert in &CheckedCatalogue::load(None, 1.0).unwrap().alerts {
        let expr = quoted(&alert.expr);
        let range = format!("query_range?query={expr}&start={first}&end={last}&step={SCRAPE}");
        let expected: BTreeSet<_> = result(&prometheus, &range)
            .await
            .iter()
            .flat_map(times)
            .collect();
        // Samples as they are stored, since an import cannot mark the end of a series.
        let stored = format!("ALERTS{{alertname=\"{}\"}}[7h]", alert.name);
        let stored = result(&prometheus, &format!("query?query={}", quoted(&stored))).await;
        let stderr: BTreeSet<_> = stored.iter().flat_map(times).collect();
        assert_eq!(stderr, expected, "{}", alert.name);
        let states: BTreeSet<_> = stored
            .iter()
            .map(|series| &series["metric"]["alertstate"])
            .collect::<Vec<_>>()
            .into_iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(states.len(), 2, "{} was {states:?}", alert.name);
        assert_eq!(stored[0]["metric"]["severity"], *alert.severity);
        assert!(!stderr.contains(&last), "{} is still active", alert.name);
    }
}

/// The values of all series of an exposition.
fn values(exposition: &str) -> BTreeMap<&str, f64> {
    let samples = exposition.lines().filter(|line| !line.starts_with('#'));
    let samples = samples.filter_map(|line| line.rsplit_once(' '));
    samples
        .map(|(series, value)| (series, value.parse().unwrap()))
        .collect()
}

#[actix_rt::test]
async fn a_simulator_goes_on_where_its_history_ends() {
    let began = Utc::now();
    let until = began.to_rfc3339_opts(SecondsFormat::Secs, true);
    let history = backfill(&["--hours", "5", "--until", &until, "--seed", "7"]);
    let last = format!(" {}", began.timestamp());
    let ends: BTreeMap<_, _> = history
        .lines()
        .filter_map(|line| line.strip_suffix(&last)?.rsplit_once(' '))
        .map(|(series, value)| (labels_apart(series), value.parse::<f64>().unwrap()))
        .collect();

    let mock = Running::start(
        program::command(&MOCK)
            .env("MOCK_SERVICE_PORT", "0")
            .env("MOCK_METRICS__SERVER__HOST", "127.0.0.1")
            .env("MOCK_METRICS__SIMULATION__SEED", "7")
            .env("MOCK_METRICS__SIMULATION__HISTORY_HOURS", "5")
            .env("MOCK_METRICS__SIMULATION__HISTORY_UNTIL", &until),
    );
    let address = ([127, 0, 0, 1], mock.port().await).into();
    let body = http::get(address, "/metrics").await.body;
    let elapsed = (Utc::now() - began).num_seconds() as f64 + 2.0;

    let mut compared = 0;
    for (series, now) in values(&body) {
        let Some(end) = ends.get(&labels_apart(series)) else {
            continue;
        };
        compared += 1;
        if series.contains("_total") || series.starts_with("request_duration_seconds") {
            // Nothing in the simulated application happens more than 30 times a second.
            let most = end + elapsed * 30.0;
            assert!((*end..=most).contains(&now), "{series}: {end}, then {now}");
        } else {
            let far = end.abs() * 0.2 + 5.0;
            assert!((now - end).abs() <= far, "{series}: {end}, then {now}");
        }
    }
    assert!(compared > 80, "{compared}");
    let counted = "mock_disk_read_errors_total{device=\"sda\"}";
    assert!(values(&body)[counted] > 0.0, "the past has left no trace");
}

/// A series' name and own labels, in one order, without what the scrape adds.
fn labels_apart(series: &str) -> (String, BTreeSet<String>) {
    let (name, labels) = series.split_once('{').unwrap_or((series, ""));
    let labels = labels.trim_end_matches('}').split("\",");
    let labels = labels.map(|label| label.trim_end_matches('"').to_owned());
    let scrape = ["job=", "drill=", "instance=\"host.docker"];
    let own = labels
        .filter(|label| !label.is_empty() && !scrape.iter().any(|added| label.starts_with(added)));
    (name.to_owned(), own.collect())
}

#[test]
fn the_same_seed_writes_the_same_history_and_bad_arguments_are_refused() {
    let until = "2026-02-10T05:35:00Z";
    let hour = ["--hours", "1", "--until", until, "--seed"];
    let of = |seed| backfill(&[&hour[..], &[seed]].concat());
    let text = of("3");
    assert!(text.ends_with("\n# EOF\n") && text.contains(" 1770701700\n"));
    assert_eq!(text, of("3"));
    assert_ne!(text, of("4"));
    let piped = backfill(&[&hour[..], &["3", "--output", "/dev/stdout"]].concat());
    assert_eq!(text, piped);

    for (arguments, code, stderr) in [
        (&["--hours", "0"][..], 2, "--hours"),
        (
            &["--until", "yesterday"],
            2,
            "--until <TIME>': must be a time as RFC 3339 writes it, such as 2026-02-10T05:35:00Z",
        ),
        (
            &["--until", "1970-01-01T23:00:00Z"],
            2,
            "--until: must be from 1970-01-02",
        ),
        (&["--until", "0001-01-01T00:00:00Z"], 2, "--until"),
        (&["--until", "2999-01-01T00:00:00Z"], 2, "not in the future"),
        (&["--label", "drill"], 2, "NAME=VALUE"),
        (&["--label", "=x"], 2, "NAME must consist"),
        (&["--label", "a b=x"], 2, "NAME must consist"),
        (&["--label", "__name__=x"], 2, "NAME must consist"),
        (&["--label", "job=x"], 2, "use --job to set the label job"),
        (
            &["--label", "instance=x"],
            2,
            "use --instance to set the label instance",
        ),
        (
            &["--label", "a=x", "--label", "a=y"],
            2,
            "--label: a is given twice",
        ),
        (&["--job", ""], 2, "--job"),
        (&["--instance", ""], 2, "--instance"),
        (&["--output", "/no/such/folder/x"], 1, "/no/such/folder/x"),
    ] {
        let ended = program::run(program::command(&MOCK).arg("backfill").args(arguments));
        assert_eq!(ended.code, Some(code), "{}", ended.stderr);
        assert!(ended.stderr.contains(stderr), "{}", ended.stderr);
    }
}

const SIGNALS: [(Signal, i32); 3] = [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)];

#[actix_rt::test]
async fn a_signal_ends_it_while_it_waits_for_a_reader() {
    for (signal, code) in SIGNALS {
        let room = scratch();
        let pipe = room.path().join("pipe");
        mknodat(CWD, &pipe, FileType::Fifo, Mode::RWXU, 0).unwrap();
        // Opened without waiting for the writer. Only the first byte is read, so that the pipe fills up.
        let flags = OFlags::RDONLY | OFlags::NONBLOCK;
        let reader = File::from(open(&pipe, flags, Mode::empty()).unwrap());
        let mut command = program::command(&MOCK);
        command.args(["backfill", "--hours", "4", "--output"]);
        let history = Running::start(command.arg(&pipe));
        eventually("it has begun to write", async || {
            (&reader).read_exact(&mut [0]).ok()
        })
        .await;
        history.signal(signal);
        assert_eq!(history.ended().await.code(), Some(code));
        assert_eq!(history.log(), "");
    }
}

#[actix_rt::test]
async fn a_signal_leaves_no_unfinished_file_behind() {
    for (signal, code) in SIGNALS {
        let room = scratch();
        let file = room.path().join("history");
        let mut command = program::command(&MOCK);
        command.args(["backfill", "--hours", HOURS, "--output"]);
        let history = Running::start(command.arg(&file));
        let names = || {
            let entries = fs::read_dir(room.path()).unwrap();
            let names = entries.map(|entry| entry.unwrap().file_name());
            names.collect::<Vec<_>>()
        };
        eventually("it has begun to write", async || {
            (!names().is_empty()).then_some(())
        })
        .await;
        history.signal(signal);
        // The program may end before the signal arrives. The file is complete then.
        match history.ended().await.code() {
            Some(0) => assert_eq!(names(), ["history"]),
            ended => {
                assert_eq!(ended, Some(code));
                assert!(
                    names().iter().all(|name| name == "history"),
                    "{:?}",
                    names()
                );
            }
        }
        assert_eq!(history.log(), "");
    }
}
