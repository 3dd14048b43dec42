//! Finds the programs that the lab starts.

use std::{
    env,
    ffi::{OsStr, OsString},
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use crate::error::LabError;

/// Below it, Debian keeps each version of PostgreSQL.
const DEBIAN_POSTGRES: &str = "/usr/lib/postgresql";
/// The oldest supported version.
const MIN_POSTGRES_VERSION: u32 = 15;

/// Finds a program in `PATH`. The error names the Debian package that has it.
pub(crate) fn installed(program: &str, package: &str) -> Result<PathBuf, LabError> {
    within(&search_path(), program.as_ref()).ok_or_else(|| missing(program, package))
}

/// Finds Alertmanager, by Debian's name or by its own.
pub(crate) fn alertmanager() -> Result<PathBuf, LabError> {
    let name = "prometheus-alertmanager";
    installed(name, name)
        .or_else(|missing| within(&search_path(), "alertmanager".as_ref()).ok_or(missing))
}

/// Finds a command in `path`, as a shell does.
pub(crate) fn command(name: &OsStr, path: &OsStr) -> Result<PathBuf, LabError> {
    let found = if name.as_encoded_bytes().contains(&b'/') {
        Some(PathBuf::from(name)).filter(|file| is_executable(file))
    } else {
        within(path, name)
    };
    found.ok_or_else(|| LabError::NoCommand(name.to_owned()))
}

/// `PATH`.
pub(crate) fn search_path() -> OsString {
    env::var_os("PATH").unwrap_or_default()
}

fn within(path: &OsStr, program: &OsStr) -> Option<PathBuf> {
    env::split_paths(path)
        .map(|folder| folder.join(program))
        .find(|file| is_executable(file))
}

/// Finds the folder of PostgreSQL's programs: the newest of Debian's, or the one in `PATH`.
pub(crate) fn postgres() -> Result<PathBuf, LabError> {
    let newest = fs::read_dir(DEBIAN_POSTGRES)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .filter(|version| *version >= MIN_POSTGRES_VERSION)
        .map(|version| {
            (
                version,
                Path::new(DEBIAN_POSTGRES).join(format!("{version}/bin")),
            )
        })
        .filter(|(_, folder)| {
            ["initdb", "postgres", "psql"]
                .iter()
                .all(|program| is_executable(&folder.join(program)))
        })
        .max();
    if let Some((_, folder)) = newest {
        return Ok(folder);
    }
    let initdb = installed("initdb", "postgresql")?;
    let folder = fs::canonicalize(&initdb).map_err(LabError::io(initdb.display()))?;
    Ok(folder.parent().unwrap_or(Path::new("/")).to_owned())
}

/// Finds one of our programs: in `folder`, or beside the running executable (a test is one folder deeper).
pub(crate) fn ours(program: &str, folder: Option<&Path>) -> Result<PathBuf, LabError> {
    let here = env::current_exe().map_err(LabError::io("own executable"))?;
    let folders = match folder {
        Some(folder) => vec![folder],
        None => here.ancestors().skip(1).take(2).collect(),
    };
    folders
        .iter()
        .map(|folder| folder.join(program))
        .find(|file| is_executable(file))
        .ok_or_else(|| LabError::Missing {
            program: program.to_owned(),
            remedy: format!(
                "it is not in {}: build it with cargo build --bins",
                folders[0].display()
            ),
        })
}

fn missing(program: &str, package: &str) -> LabError {
    LabError::Missing {
        program: program.to_owned(),
        remedy: format!("install it with apt-get install {package}"),
    }
}

fn is_executable(file: &Path) -> bool {
    fs::metadata(file).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_for_a_missing_program_names_its_package() {
        let message = installed("prometheus-of-nobody", "prometheus")
            .unwrap_err()
            .to_string();
        assert_eq!(
            message,
            "prometheus-of-nobody is missing: install it with apt-get install prometheus"
        );
    }

    #[test]
    fn the_error_for_a_program_that_is_not_built_names_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let message = ours("mock-metrics", Some(folder.path()))
            .unwrap_err()
            .to_string();
        assert!(
            message.contains("mock-metrics is missing") && message.contains("cargo build"),
            "{message}"
        );
    }
}
