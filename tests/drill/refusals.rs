//! Drills that cannot begin: the error, and the exit code.

use simulator::lint::CheckedCatalogue;

use super::{Stack, ended};
use crate::support::{
    program::{self, MOCK},
    simulator::TestMock,
};

fn refused(arguments: &[&str]) -> (Option<i32>, String) {
    let ended = program::run(program::command(&MOCK).arg("drill").args(arguments));
    (ended.code, ended.stderr)
}

#[test]
fn bad_usage_is_2_before_anybody_is_asked() {
    for (arguments, words) in [
        (&[][..], "--all"),
        (
            &["DiskFul"],
            "there is no alert \"DiskFul\"; did you mean DiskFull",
        ),
        (&["--family", "discs"], "there is no family \"discs\""),
        (&["--scenario", "nope"], "there is no scenario \"nope\""),
        (&["--all", "DiskFull"], "cannot be used with"),
        (
            &["DiskFull", "--report", "r.txt"],
            "must end in .md, .json or .xml",
        ),
        (
            &["DiskFull", "--grace", "-1"],
            "for '--grace <SECONDS>': must be a number of seconds from 0 to 3600",
        ),
        (
            &["DiskFull", "--gateway", "ftp://u:hunter2@h"],
            "--gateway: must be an address",
        ),
    ] {
        let (code, error) = refused(arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {error}");
        assert!(
            error.contains(words) && !error.contains("hunter2"),
            "{arguments:?}: {error}"
        );
    }
    let (code, error) = refused(&["DiskFull", "--report", "/nowhere/r.md"]);
    assert_eq!(code, Some(1));
    assert!(
        error.contains("--report /nowhere/r.md: cannot be written"),
        "{error}"
    );
}

#[test]
fn servers_that_do_not_answer_are_4_each_with_its_address_and_its_flag() {
    let nowhere = "http://u:hunter2@127.0.0.1:9/prefix";
    let flags = ["--prometheus", "--alertmanager", "--gateway", "--simulator"];
    let arguments: Vec<&str> = flags.iter().flat_map(|flag| [*flag, nowhere]).collect();
    let (code, error) = refused(&[&["DiskFull"], &arguments[..]].concat());
    assert_eq!(code, Some(4), "{error}");
    for (name, flag) in [
        "Prometheus",
        "Alertmanager",
        "service-metrics",
        "mock-metrics",
    ]
    .iter()
    .zip(flags)
    {
        let line =
            format!("mock-metrics: {name} at http://127.0.0.1:9/prefix ({flag}) does not answer");
        assert!(
            error.lines().any(|found| found.starts_with(&line)),
            "{line}: {error}"
        );
    }
    assert!(!error.contains("hunter2"));
}

#[actix_rt::test]
async fn what_answers_and_is_another_server_is_4_at_once_with_its_status() {
    let stack = Stack::with_rules(|rules| rules).await;
    let local = |port: u16| format!("http://127.0.0.1:{port}");
    let (prometheus, mock) = (local(stack.prometheus.port()), local(stack.mock.port()));
    for (name, flag, other, words) in [
        (
            "service-metrics",
            "--gateway",
            &mock,
            "answers 404: a WebSocket at /ws/alerts was asked for",
        ),
        (
            "service-metrics",
            "--gateway",
            &prometheus,
            "answers 404: a WebSocket at /ws/alerts was asked for",
        ),
        (
            "mock-metrics",
            "--simulator",
            &prometheus,
            "answers 404: 404 page not found",
        ),
        (
            "Alertmanager",
            "--alertmanager",
            &mock,
            "answers 404: no such path",
        ),
        (
            "Prometheus",
            "--prometheus",
            &mock,
            "answers 404: no such path",
        ),
    ] {
        let ended = ended(stack.drill(&["DiskFull", flag, other])).await;
        assert_eq!(ended.code, Some(4), "{ended:?}");
        let line = format!("mock-metrics: {name} at {other} ({flag}) {words}");
        let error = ended.stderr.trim_end();
        assert!(
            error.starts_with(&line) && error.ends_with(&format!("; is it {name}?")),
            "{line}: {error}"
        );
        assert_eq!(error.lines().count(), 1, "{error}");
        assert_eq!(ended.out, "");
    }
}

#[actix_rt::test]
async fn a_simulator_of_another_catalogue_or_time_scale_is_an_error_with_how_to_start_it() {
    let mut stack = Stack::with_rules(|_| "groups: []".to_owned()).await;
    let pace = ["DiskFull", "--time-scale", "0.5"];
    let words = "start the simulator with `mock-metrics serve --time-scale 0.5`";
    fails(&stack, &pace, words).await;
    let words = "has loaded no rule named DiskFull. Make the rules with `mock-metrics rules --time-scale 0.06";
    fails(&stack, &["DiskFull"], words).await;

    let theirs = "[[alert]]\nname = \"A\"\nexpr = \"m > 1\"\nmetric = \"m\"\ntrigger = 2\n";
    let theirs = CheckedCatalogue::parse("theirs", theirs, 1.0).unwrap();
    stack.mock = TestMock::of(theirs, |_| {});
    let words = "serves another catalogue (it has no HighMemoryUsage; ";
    fails(&stack, &["DiskFull"], words).await;
}

async fn fails(stack: &Stack, arguments: &[&str], words: &str) {
    let ended = ended(stack.drill(arguments)).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        (ended.out + &ended.stderr).contains(words),
        "{words}: {}",
        ended.stderr
    );
    assert_eq!(stack.driven().await, Vec::<String>::new());
}
