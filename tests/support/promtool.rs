//! What Prometheus' own tools say of an exposition, and of what expressions make of series.

use std::{
    fs,
    io::Write,
    process::{Command, Stdio},
};

use super::scratch;

/// Exit code and words of `promtool check metrics`.
pub(crate) fn check_metrics(exposition: &str) -> (Option<i32>, String) {
    let mut promtool = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool (package prometheus) is installed");
    let mut stdin = promtool.stdin.take().unwrap();
    stdin.write_all(exposition.as_bytes()).unwrap();
    drop(stdin);
    let said = promtool.wait_with_output().unwrap();
    let text = String::from_utf8([said.stdout, said.stderr].concat()).unwrap();
    (said.status.code(), text)
}

/// Exit code and words of `promtool test rules` about a file of unit tests.
pub(crate) fn test_rules(unit_tests: &str) -> (Option<i32>, String) {
    let room = scratch();
    let file = room.path().join("tests.yml");
    fs::write(&file, unit_tests).unwrap();
    let said = Command::new("promtool")
        .args(["test", "rules"])
        .arg(&file)
        .output()
        .expect("promtool (package prometheus) is installed");
    let text = String::from_utf8([said.stdout, said.stderr].concat()).unwrap();
    (said.status.code(), text)
}
