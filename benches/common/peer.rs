//! What Node runs to be measured beside us: `benches/BENCH/peer`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Installs the peer of `bench` below `target`, and gives its folder; if it cannot be, says why.
pub(crate) fn install(bench: &str) -> Result<PathBuf, String> {
    if Command::new("node").arg("--version").output().is_err() {
        return Err("no node".to_owned());
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("benches/{bench}/peer"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{bench}-peer"));
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    for file in ["package.json", "package-lock.json", "server.js"] {
        fs::copy(source.join(file), folder.join(file)).map_err(|error| error.to_string())?;
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--prefer-offline", "--no-audit", "--no-fund"]);
    match npm.current_dir(&folder).stdin(Stdio::null()).output() {
        Ok(done) if done.status.success() => Ok(folder),
        _ => Err("npm ci failed".to_owned()),
    }
}
