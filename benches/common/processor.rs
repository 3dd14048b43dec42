//! How much processor time a process has had.

use std::fs;

use crate::Outcome;

/// Of all its threads, in microseconds.
pub(crate) fn processor(pid: u32) -> Outcome<f64> {
    let mut nanoseconds = 0.0;
    for thread in fs::read_dir(format!("/proc/{pid}/task"))? {
        let told = fs::read_to_string(thread?.path().join("schedstat"))?;
        let first = told.split(' ').next().unwrap_or_default();
        nanoseconds += first.parse::<f64>()?;
    }
    Ok(nanoseconds / 1e3)
}
