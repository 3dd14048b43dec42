//! Where and with what it was measured.

use std::{fs, process::Command, thread::available_parallelism};

use chrono::{SecondsFormat, Utc};

/// Lines for below the table.
pub(crate) fn described() -> Vec<String> {
    let cores = available_parallelism().map_or(0, usize::from);
    vec![
        format!(
            "Machine: {cores} cores of {}, Linux {}; load average at the start {}.",
            cpu(),
            read("/proc/sys/kernel/osrelease"),
            read("/proc/loadavg")
                .split(' ')
                .take(3)
                .collect::<Vec<_>>()
                .join(" ")
        ),
        format!(
            "{}, release profile, commit {}; {}.",
            said("rustc", &["--version"]),
            said("git", &["describe", "--always", "--dirty"]),
            Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true)
        ),
    ]
}

fn cpu() -> String {
    let info = read("/proc/cpuinfo");
    let model = info.lines().find(|line| line.starts_with("model name"));
    let model = model.and_then(|line| line.split_once(": "));
    model.map_or_else(
        || "an unknown CPU".to_owned(),
        |(_, model)| model.to_owned(),
    )
}

fn read(file: &str) -> String {
    fs::read_to_string(file).map_or_else(|_| "unknown".to_owned(), |text| text.trim().to_owned())
}

/// What a program prints, in one line.
pub(crate) fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    match output {
        Ok(output) if output.status.success() => {
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        }
        _ => format!("{program} unknown"),
    }
}
