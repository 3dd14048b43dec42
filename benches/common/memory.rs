//! What the kernel says of a process in `/proc/PID/status`.

use std::fs;

use crate::Outcome;

/// Resident memory in bytes.
pub(crate) fn resident(pid: u32) -> Outcome<f64> {
    Ok(status(pid, "VmRSS:")? * 1024.0)
}

/// The number on the line of that name.
pub(crate) fn status(pid: u32, name: &str) -> Outcome<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.ok_or("the kernel does not say")?.parse()?)
}
