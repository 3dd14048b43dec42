//! What the kernel says about a process, in the units of the table.

use crate::{Outcome, memory};

/// Resident memory in MB (10^6 bytes).
pub(crate) fn resident(pid: u32) -> Outcome<f64> {
    Ok(memory::resident(pid)? / 1e6)
}

/// How many threads it has.
pub(crate) fn threads(pid: u32) -> Outcome<f64> {
    memory::status(pid, "Threads:")
}
