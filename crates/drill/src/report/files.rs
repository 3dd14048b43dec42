//! The files of a report. The ending of a file's name selects its form.

use std::path::{Path, PathBuf};

use program::{
    exit::ProgramError,
    files::{self, Access},
};

use super::{Report, json, junit, markdown};

/// Makes sure that each file can be written, before anything is triggered.
///
/// # Errors
/// The first that cannot.
pub(crate) fn check_writable(paths: &[PathBuf]) -> Result<(), ProgramError> {
    for path in paths {
        if path.is_dir() {
            return Err(unwritable(path, "is a directory"));
        }
        let checked = files::check_links(path).and_then(|()| files::check_writable(path));
        checked.map_err(|error| unwritable(path, error))?;
    }
    Ok(())
}

/// Writes all files. Gives a line for each that could not be written.
pub(crate) fn write_all(report: &Report, paths: &[PathBuf]) -> Vec<String> {
    let errors = paths.iter().filter_map(|path| write(path, report).err());
    errors.map(|error| error.to_string()).collect()
}

/// Replaces a file as a whole, or leaves it as it is.
fn write(path: &Path, report: &Report) -> Result<(), ProgramError> {
    let text = match path.extension().and_then(|ending| ending.to_str()) {
        Some("json") => json::write(report),
        Some("xml") => junit::write(report),
        _ => markdown::write(report),
    };
    let written = files::check_links(path)
        .and_then(|()| files::replace(path, text.as_bytes(), Access::Umask));
    written.map_err(|error| unwritable(path, error))
}

fn unwritable(path: &Path, why: impl std::fmt::Display) -> ProgramError {
    ProgramError::Failed(format!(
        "--report {}: cannot be written: {why}",
        path.display()
    ))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::tests::report;
    use super::*;

    #[test]
    fn a_report_is_written_whole_or_found_unwritable_beforehand() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.json");
        check_writable(std::slice::from_ref(&path)).unwrap();
        assert!(!path.exists(), "only tried");
        write(&path, &report()).unwrap();
        assert!(fs::read_to_string(&path).unwrap().contains("DiskFull"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);

        for path in [folder.path().join("no/r.md"), folder.path().to_owned()] {
            let error = check_writable(&[path]).unwrap_err().to_string();
            assert!(
                error.starts_with("--report ") && error.contains("cannot be written"),
                "{error}"
            );
        }
    }

    #[test]
    fn a_report_that_cannot_be_written_does_not_keep_the_others_from_being_written() {
        let folder = tempfile::tempdir().unwrap();
        let [gone, there] = ["no/r.md", "r.json"].map(|name| folder.path().join(name));
        let errors = write_all(&report(), &[gone, there.clone()]);
        assert!(
            errors.len() == 1 && errors[0].contains("no/r.md"),
            "{errors:?}"
        );
        assert!(there.exists());
    }
}
