//! Every socket is a descriptor, and the usual soft limit allows 1,024 of them.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What the rest of the process needs: listeners, HTTP connections, Prometheus, PostgreSQL.
const RESERVE: u64 = 256;

/// Raises the soft limit to the hard limit, which needs no privilege, and says how many of `wanted` sessions it holds:
/// one more would take the descriptor that a health probe or a query needs.
pub fn for_sessions(wanted: usize) -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    let granted = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(_) => limit.current,
    };
    // None: unlimited.
    let room = granted.map_or(u64::MAX, |granted| granted.saturating_sub(RESERVE).max(1));
    let held = wanted.min(usize::try_from(room).unwrap_or(usize::MAX));
    if held < wanted {
        log::warn!(
            "{held} sessions at most: {wanted} would need more descriptors than `ulimit -Hn` allows"
        );
    }
    held
}
