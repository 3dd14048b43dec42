//! Asks an installed promtool: PromQL and templates differ between versions of Prometheus, and the parser here follows 3.

use std::{
    io::Write,
    process::{Command, Stdio},
};

/// The result of `promtool check rules`.
pub(super) enum PromtoolResult {
    /// The rules are valid.
    Valid,
    /// The rules are invalid: the version of promtool, and a line per reason.
    Invalid(String, Vec<String>),
    /// There is no promtool.
    Unavailable,
}

/// Checks the text of a rule file with promtool.
pub(super) fn check_rules(text: &str) -> PromtoolResult {
    let Some(version) = version() else {
        return PromtoolResult::Unavailable;
    };
    let command = Command::new("promtool")
        .args(["check", "rules", "/dev/stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = command else {
        return PromtoolResult::Unavailable;
    };
    // promtool reads all of its input before it writes.
    let written = child
        .stdin
        .take()
        .map(|mut stdin| stdin.write_all(text.as_bytes()));
    let Ok(output) = child.wait_with_output() else {
        return PromtoolResult::Unavailable;
    };
    match (output.status.success(), written) {
        (true, _) => PromtoolResult::Valid,
        (false, Some(Ok(()))) => {
            let message = [output.stderr, output.stdout].concat();
            PromtoolResult::Invalid(version, lines(&String::from_utf8_lossy(&message)))
        }
        _ => PromtoolResult::Unavailable,
    }
}

/// Why promtool refuses an expression, with line and column.
pub(super) fn expression_error(expr: &str) -> Option<String> {
    let expr = serde_json::to_string(expr).ok()?;
    let rules = format!("groups: [{{ name: g, rules: [{{ alert: a, expr: {expr} }}] }}]\n");
    let PromtoolResult::Invalid(version, lines) = check_rules(&rules) else {
        return None;
    };
    let message = lines
        .iter()
        .find_map(|line| line.split_once("could not parse expression: "));
    message.map(|(_, message)| format!("{message} (promtool {version})"))
}

fn lines(output: &str) -> Vec<String> {
    let lines = output.lines().map(str::trim);
    let about = lines
        .filter(|line| !line.is_empty() && !line.starts_with("Checking") && *line != "FAILED:");
    about.map(|line| line.replace("/dev/stdin: ", "")).collect()
}

/// `2.42.0`, of `promtool, version 2.42.0+ds (branch: …`.
fn version() -> Option<String> {
    let output = Command::new("promtool").arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    let (_, after) = text.split_once("version ")?;
    let end = after.find(['+', ' ', '\n']).unwrap_or(after.len());
    Some(after[..end].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invalid_expression_is_reported_with_its_place() {
        let message = expression_error("sum by (rate(").unwrap();
        assert!(
            message.starts_with("1:") && message.contains("(promtool "),
            "{message}"
        );
        assert_eq!(expression_error("up == 0"), None);
        let rules = |expr: &str| {
            format!("groups: [{{ name: g, rules: [{{ alert: a, expr: '{expr}' }}] }}]")
        };
        assert!(matches!(
            check_rules(&rules("up == 0")),
            PromtoolResult::Valid
        ));
        let PromtoolResult::Invalid(_, lines) = check_rules(&rules("nosuch(up)")) else {
            panic!("nosuch is a function");
        };
        assert!(lines.concat().contains("nosuch"), "{lines:?}");
    }
}
