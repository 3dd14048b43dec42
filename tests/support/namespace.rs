//! Networks of a test's own.

use std::process::{Command, Stdio};

/// A script as root of a user and a network namespace of its own.
pub(crate) fn namespaced(script: &str) -> Command {
    let mut command = Command::new("unshare");
    command
        .args(["--user", "--map-root-user", "--net", "bash", "-c", script])
        .stdin(Stdio::null());
    command
}
