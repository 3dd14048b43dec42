//! What the promtool at hand says: PromQL and templates differ from one Prometheus to the next, and here are those of 3.

use std::{
    io::Write,
    process::{Command, Stdio},
};

/// What promtool says of a rule file.
pub(super) enum Said {
    /// It takes it.
    Takes,
    /// It does not: its version, and why, a line each.
    Refuses(String, Vec<String>),
    /// There is none to ask.
    Nothing,
}

/// Has promtool check a rule file's text.
pub(super) fn check_rules(text: &str) -> Said {
    let Some(version) = version() else {
        return Said::Nothing;
    };
    let command = Command::new("promtool")
        .args(["check", "rules", "/dev/stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = command else {
        return Said::Nothing;
    };
    // It reads all of it before it says a word.
    let written = child
        .stdin
        .take()
        .map(|mut stdin| stdin.write_all(text.as_bytes()));
    let Ok(output) = child.wait_with_output() else {
        return Said::Nothing;
    };
    match (output.status.success(), written) {
        (true, _) => Said::Takes,
        (false, Some(Ok(()))) => {
            let told = [output.stderr, output.stdout].concat();
            Said::Refuses(version, lines(&String::from_utf8_lossy(&told)))
        }
        _ => Said::Nothing,
    }
}

/// Why it does not take an expression: with line and column.
pub(super) fn refusal(expr: &str) -> Option<String> {
    let expr = serde_json::to_string(expr).ok()?;
    let rules = format!("groups: [{{ name: g, rules: [{{ alert: a, expr: {expr} }}] }}]\n");
    let Said::Refuses(version, lines) = check_rules(&rules) else {
        return None;
    };
    let told = lines
        .iter()
        .find_map(|line| line.split_once("could not parse expression: "));
    told.map(|(_, told)| format!("{told} (promtool {version})"))
}

fn lines(told: &str) -> Vec<String> {
    let lines = told.lines().map(str::trim);
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
    fn what_the_promtool_at_hand_refuses_is_told_with_its_place() {
        let told = refusal("sum by (rate(").unwrap();
        assert!(
            told.starts_with("1:") && told.contains("(promtool "),
            "{told}"
        );
        assert_eq!(refusal("up == 0"), None);
        let rules = |expr: &str| {
            format!("groups: [{{ name: g, rules: [{{ alert: a, expr: '{expr}' }}] }}]")
        };
        assert!(matches!(check_rules(&rules("up == 0")), Said::Takes));
        let Said::Refuses(_, lines) = check_rules(&rules("nosuch(up)")) else {
            panic!("nosuch is a function");
        };
        assert!(lines.concat().contains("nosuch"), "{lines:?}");
    }
}
