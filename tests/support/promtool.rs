//! What Prometheus' own linter says of an exposition.

use std::{
    io::Write,
    process::{Command, Stdio},
};

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
