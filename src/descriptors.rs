//! Every socket is a descriptor, and the usual soft limit allows 1,024 of them.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Raises this process's soft limit of open descriptors to its hard limit, which needs no privilege.
pub fn raise_limit() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => log::debug!("descriptors: up to {:?}", limit.maximum),
        Err(error) => log::warn!(
            "descriptors: {:?} remains the limit: {error}",
            limit.current
        ),
    }
}
