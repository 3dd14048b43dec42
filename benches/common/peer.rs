//! What Node runs to be measured beside us: `benches/BENCH/peer`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The root of the workspace: more than one package has benches.
fn workspace() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let holds = |folder: &&Path| folder.join("Cargo.lock").exists();
    package.ancestors().find(holds).unwrap_or(package)
}

/// Installs the peer of `bench` below `target`, and gives its folder; if it cannot be, says why.
pub(crate) fn install(bench: &str) -> Result<PathBuf, String> {
    if Command::new("node").arg("--version").output().is_err() {
        return Err("no node".to_owned());
    }
    let source = workspace().join(format!("benches/{bench}/peer"));
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
