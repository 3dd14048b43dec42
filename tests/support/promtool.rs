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

/// Exit code and words of `promtool check rules` about a rule file.
pub(crate) fn check_rules(rules: &str) -> (Option<i32>, String) {
    about(&["check", "rules"], &[("alert.rules.yml", rules)])
}

/// Exit code and words of `promtool test rules` about a file of unit tests.
pub(crate) fn test_rules(unit_tests: &str) -> (Option<i32>, String) {
    about(&["test", "rules"], &[("tests.yml", unit_tests)])
}

/// The same of unit tests of a rule file, which they name `alert.rules.yml`.
pub(crate) fn test_rules_of(rules: &str, unit_tests: &str) -> (Option<i32>, String) {
    let files = [("tests.yml", unit_tests), ("alert.rules.yml", rules)];
    about(&["test", "rules"], &files)
}

/// What promtool says of the first of these files, all of which are in one folder.
fn about(command: &[&str], files: &[(&str, &str)]) -> (Option<i32>, String) {
    let room = scratch();
    for (name, text) in files {
        fs::write(room.path().join(name), text).unwrap();
    }
    let said = Command::new("promtool")
        .args(command)
        .arg(files[0].0)
        .current_dir(room.path())
        .output()
        .expect("promtool (package prometheus) is installed");
    let text = String::from_utf8([said.stdout, said.stderr].concat()).unwrap();
    (said.status.code(), text)
}
