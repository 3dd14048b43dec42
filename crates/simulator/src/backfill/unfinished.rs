//! The temporary file that is written until it is complete.

use std::{
    ffi::OsString,
    fs::{self, DirEntry, File},
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process,
};

use program::files;
use rustix::{
    fs::{FlockOperation, flock},
    io::Errno,
};

/// Creates a temporary file in the folder of `target`, so that it can be renamed. It is locked while it is open, which shows
/// other processes that it is in use. A process id would mean nothing in another container.
pub(super) fn create_beside(target: &Path) -> io::Result<(PathBuf, File)> {
    let mut number = 0_u32;
    loop {
        let name = named(target, &format!("{}-{number}", process::id()));
        match File::create_new(&name) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => {
                let file = made?;
                if is_kept(&file)? {
                    return Ok((name.into(), file));
                }
            }
        }
        number += 1;
    }
}

/// Locks a new file, unless another process has already removed it as a leftover.
fn is_kept(file: &File) -> io::Result<bool> {
    // Where files cannot be locked, no process removes any.
    let taken = flock(file, FlockOperation::NonBlockingLockExclusive) == Err(Errno::WOULDBLOCK);
    Ok(!taken && file.metadata()?.nlink() > 0)
}

fn named(target: &Path, rest: &str) -> OsString {
    let mut name = OsString::from(target);
    name.push(format!(".unfinished-{rest}"));
    name
}

/// Removes the temporary files of `target` that no process writes any more.
pub(super) fn remove_leftovers(target: &Path) {
    let start = named(target, "");
    let folder = target.parent().filter(|folder| *folder != Path::new(""));
    let entries = fs::read_dir(folder.unwrap_or(Path::new("."))).into_iter();
    for entry in entries.flatten().flatten() {
        let file = target.with_file_name(entry.file_name());
        let name = file.as_os_str().as_encoded_bytes();
        let rest = name.strip_prefix(start.as_encoded_bytes());
        if rest.is_some_and(is_numbered) && is_file(&entry) {
            // A leftover that cannot be removed does no harm.
            let _ = remove_if_unlocked(&file);
        }
    }
}

/// Whether this is the suffix of a temporary file.
fn is_numbered(rest: &[u8]) -> bool {
    let numbers = str::from_utf8(rest)
        .ok()
        .and_then(|rest| rest.split_once('-'));
    numbers.is_some_and(|(pid, number)| pid.parse::<u32>().is_ok() && number.parse::<u32>().is_ok())
}

fn is_file(entry: &DirEntry) -> bool {
    entry.file_type().is_ok_and(|kind| kind.is_file())
}

fn remove_if_unlocked(name: &Path) -> io::Result<()> {
    let file = files::open_to_lock(name)?;
    flock(&file, FlockOperation::NonBlockingLockExclusive)?;
    // Its writer may have renamed it before releasing the lock, and another file may have the name now.
    match fs::metadata(name)?.ino() == file.metadata()?.ino() {
        true => fs::remove_file(name),
        false => Ok(()),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// The sorted names in a folder.
    pub(in crate::backfill) fn names(folder: &Path) -> Vec<OsString> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    }

    #[test]
    fn what_nobody_writes_any_more_is_removed_and_nothing_else() {
        let room = tempfile::tempdir().unwrap();
        let place = |name: &str| room.path().join(name);
        let (ours, dead) = (
            format!("x.unfinished-{}-0", process::id()),
            "x.unfinished-1-7",
        );
        let others = ["x.unfinished-1-old", "y.unfinished-1-0"];
        for name in [&others[..], &[dead, &ours]].concat() {
            fs::write(place(name), "half").unwrap();
        }
        symlink("y.unfinished-1-0", place("x.unfinished-1-1")).unwrap();
        // A process in another container may have the same process id.
        let alive = File::open(place(&ours)).unwrap();
        flock(&alive, FlockOperation::NonBlockingLockExclusive).unwrap();
        remove_leftovers(&place("x"));
        let mut left = others.to_vec();
        left.extend(["x.unfinished-1-1", &ours]);
        left.sort_unstable();
        assert_eq!(names(room.path()), left);

        drop(alive);
        remove_leftovers(&place("x"));
        left.retain(|name| *name != ours);
        assert_eq!(names(room.path()), left);
    }

    #[test]
    fn one_that_is_being_written_is_not_removed() {
        let room = tempfile::tempdir().unwrap();
        let target = room.path().join("x");
        let (first, writing) = create_beside(&target).unwrap();
        remove_leftovers(&target);
        let (second, _) = create_beside(&target).unwrap();
        assert_ne!(first, second);
        assert!(first.exists());
        drop(writing);
        remove_leftovers(&target);
        assert_eq!(names(room.path()), Vec::<OsString>::new());
    }
}
