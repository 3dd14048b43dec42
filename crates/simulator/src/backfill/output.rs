//! Writes a history: a regular file appears only when it is complete; a pipe or a device is written directly.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use program::files;

use super::unfinished;
/// The writing of one file, shared by the thread that writes it and the one that may abandon it.
#[derive(Debug, Clone, Default)]
pub(super) struct Attempt(Arc<Mutex<Progress>>);

#[derive(Debug, Default)]
enum Progress {
    /// There is no temporary file.
    #[default]
    Nothing,
    /// The temporary file, which is renamed at the end.
    Unfinished(PathBuf),
    Abandoned,
}

impl Attempt {
    /// Writes what `fill` writes to `path`. A regular file is replaced at the end, and only without errors. A pipe or a
    /// device is written directly. A symbolic link is followed if it belongs to this user or to root.
    ///
    /// # Errors
    /// Errors of the file system or of `fill`, or that the writing was abandoned. An existing file is unchanged then, and no
    /// temporary file remains.
    pub(super) fn write(
        &self,
        path: &Path,
        fill: impl FnOnce(&File) -> io::Result<()>,
    ) -> io::Result<()> {
        files::check_links(path)?;
        let there = fs::metadata(path).ok();
        if there.as_ref().is_some_and(|there| !there.is_file()) {
            // By its own name: the target of /dev/stdout may have no other.
            return fill(&OpenOptions::new().write(true).open(path)?);
        }
        let target = followed(path)?;
        unfinished::remove_leftovers(&target);
        let file = self.begin(&target)?;
        let written = fill(&file)
            .and_then(|()| match &there {
                Some(there) => file.set_permissions(there.permissions()),
                None => Ok(()),
            })
            .and_then(|()| self.finish(&target));
        if written.is_err() {
            self.abandon();
        }
        written
    }

    /// Removes the temporary file. No other is created afterwards.
    pub(super) fn abandon(&self) {
        let mut progress = self.progress();
        if let Progress::Unfinished(file) = &*progress {
            // The error that caused this is reported, not one of the removal.
            let _ = fs::remove_file(file);
        }
        *progress = Progress::Abandoned;
    }

    fn begin(&self, target: &Path) -> io::Result<File> {
        let mut progress = self.progress();
        if let Progress::Abandoned = *progress {
            return Err(abandoned());
        }
        let (name, file) = unfinished::create_beside(target)?;
        *progress = Progress::Unfinished(name);
        Ok(file)
    }

    fn finish(&self, target: &Path) -> io::Result<()> {
        let mut progress = self.progress();
        let Progress::Unfinished(file) = &*progress else {
            return Err(abandoned());
        };
        fs::rename(file, target)?;
        *progress = Progress::Nothing;
        Ok(())
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn abandoned() -> io::Error {
    io::Error::new(io::ErrorKind::Interrupted, "it has been abandoned")
}

/// The target of symbolic links, which need not exist.
fn followed(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => match fs::read_link(path) {
            Ok(to) => followed(&path.parent().unwrap_or(Path::new("")).join(to)),
            Err(_) => Ok(path.to_owned()),
        },
        found => found,
    }
}

#[cfg(test)]
mod tests {
    use std::{
        ffi::OsString,
        io::{Read, Write},
        os::unix::fs::{FileTypeExt, PermissionsExt, symlink},
        thread,
    };

    use rustix::fs::{CWD, FileType, Mode, mknodat};

    use super::super::unfinished::tests::names;
    use super::*;

    fn whole(mut file: &File) -> io::Result<()> {
        file.write_all(b"whole")
    }

    fn broken(mut file: &File) -> io::Result<()> {
        file.write_all(b"half")?;
        Err(io::Error::other("the disk is full"))
    }

    fn write(path: &Path, fill: impl FnOnce(&File) -> io::Result<()>) -> io::Result<()> {
        Attempt::default().write(path, fill)
    }

    #[test]
    fn a_file_is_replaced_when_it_is_whole_and_keeps_its_permissions() {
        let room = tempfile::tempdir().unwrap();
        let file = room.path().join("x.om");
        for mine in [&file, &room.path().join("x.unfinished")] {
            fs::write(mine, "mine").unwrap();
        }
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(write(&file, broken).is_err());
        assert_eq!(fs::read(&file).unwrap(), b"mine");
        write(&file, whole).unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"whole");
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
        assert_eq!(fs::read(room.path().join("x.unfinished")).unwrap(), b"mine");
        assert_eq!(names(room.path()), ["x.om", "x.unfinished"]);
    }

    #[test]
    fn an_error_leaves_nothing_behind() {
        let room = tempfile::tempdir().unwrap();
        assert!(write(&room.path().join("x"), broken).is_err());
        assert!(write(&room.path().join("no/such/x"), whole).is_err());
        assert!(write(room.path(), whole).is_err());
        assert_eq!(names(room.path()), Vec::<OsString>::new());
    }

    #[test]
    fn two_that_write_the_same_file_do_not_disturb_each_other() {
        let room = tempfile::tempdir().unwrap();
        let file = room.path().join("x");
        write(&file, |out| {
            write(&file, broken).unwrap_err();
            write(&file, whole)?;
            whole(out)
        })
        .unwrap();
        assert_eq!(names(room.path()), ["x"]);
    }

    #[test]
    fn an_abandoned_attempt_leaves_nothing_behind_and_makes_nothing_more() {
        let room = tempfile::tempdir().unwrap();
        let file = room.path().join("x");
        let attempt = Attempt::default();
        let given_up = attempt.write(&file, |out| {
            whole(out)?;
            attempt.abandon();
            assert_eq!(names(room.path()), Vec::<OsString>::new());
            Ok(())
        });
        assert!(given_up.is_err());
        assert!(attempt.write(&file, whole).is_err());
        assert_eq!(names(room.path()), Vec::<OsString>::new());
    }

    #[test]
    fn a_symbolic_link_stays_one_even_to_a_file_that_is_not_there_yet() {
        let room = tempfile::tempdir().unwrap();
        let link = room.path().join("link");
        fs::create_dir(room.path().join("far")).unwrap();
        symlink("far/x", &link).unwrap();
        for text in ["", "whole"] {
            assert_eq!(fs::read_to_string(&link).unwrap_or_default(), text);
            write(&link, whole).unwrap();
        }
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(names(&room.path().join("far")), ["x"]);
        let ring = room.path().join("ring");
        symlink("ring", &ring).unwrap();
        assert!(write(&ring, whole).is_err());
    }

    #[test]
    fn a_pipe_is_written_in_place() {
        let room = tempfile::tempdir().unwrap();
        let pipe = room.path().join("pipe");
        mknodat(CWD, &pipe, FileType::Fifo, Mode::RWXU, 0).unwrap();
        let reader = thread::spawn({
            let pipe = pipe.clone();
            move || {
                let mut text = String::new();
                File::open(pipe).unwrap().read_to_string(&mut text).unwrap();
                text
            }
        });
        write(&pipe, whole).unwrap();
        assert_eq!(reader.join().unwrap(), "whole");
        assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
    }
}
