//! Where a history goes: a file that is there when it is whole, or whatever else stands in its place, written as it is.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
    process,
};

/// Writes to `path` what `fill` gives. A symbolic link is followed; what is no regular file (a pipe, a device) is written
/// in place; a regular file is replaced at the end, and only if all went well.
///
/// # Errors
/// What the file system says, or `fill`. Then nothing is left behind, and a file that was there is as it was.
pub(super) fn write(path: &Path, fill: impl FnOnce(&File) -> io::Result<()>) -> io::Result<()> {
    let there = fs::metadata(path).ok();
    if there.as_ref().is_some_and(|there| !there.is_file()) {
        // By its own name: what /dev/stdout links to may have no other.
        return fill(&OpenOptions::new().write(true).open(path)?);
    }
    let target = followed(path)?;
    remove(&target, |pid| !Path::new(&format!("/proc/{pid}")).exists());
    let (unfinished, file) = beside(&target)?;
    let written = fill(&file)
        .and_then(|()| match &there {
            Some(there) => file.set_permissions(there.permissions()),
            None => Ok(()),
        })
        .and_then(|()| fs::rename(&unfinished, &target));
    if written.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(&unfinished);
    }
    written
}

/// Removes what this process has begun to write to `path`, as far as it is no whole file yet.
pub(super) fn abandon(path: &Path) {
    if let Ok(target) = followed(path) {
        remove(&target, |pid| pid == process::id());
    }
}

/// Removes the unfinished files beside `target` of the processes that `whose` tells by their ids.
fn remove(target: &Path, whose: impl Fn(u32) -> bool) {
    let start = unfinished(target, "");
    let folder = target.parent().filter(|folder| *folder != Path::new(""));
    let entries = fs::read_dir(folder.unwrap_or(Path::new("."))).into_iter();
    for entry in entries.flatten().flatten() {
        let file = target.with_file_name(entry.file_name());
        let name = file.as_os_str().as_encoded_bytes();
        let rest = name.strip_prefix(start.as_encoded_bytes());
        if rest.and_then(author).is_some_and(&whose) {
            // One that cannot be removed stands in nobody's way.
            let _ = fs::remove_file(file);
        }
    }
}

/// Who wrote an unfinished file, by the end of its name.
fn author(rest: &[u8]) -> Option<u32> {
    let (pid, number) = str::from_utf8(rest).ok()?.split_once('-')?;
    number.parse::<u32>().ok()?;
    pid.parse().ok()
}

/// Where the symbolic links end, even if nothing is there yet.
fn followed(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => match fs::read_link(path) {
            Ok(to) => followed(&path.parent().unwrap_or(Path::new("")).join(to)),
            Err(_) => Ok(path.to_owned()),
        },
        found => found,
    }
}

/// A file in the same folder that nobody else has: only there can it be renamed to `target`.
fn beside(target: &Path) -> io::Result<(PathBuf, File)> {
    let mut number = 0_u32;
    loop {
        let name = unfinished(target, &format!("{}-{number}", process::id()));
        match File::create_new(&name) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            made => return Ok((name.into(), made?)),
        }
    }
}

fn unfinished(target: &Path, rest: &str) -> OsString {
    let mut name = OsString::from(target);
    name.push(format!(".unfinished-{rest}"));
    name
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        os::unix::fs::{FileTypeExt, PermissionsExt, symlink},
        thread,
    };

    use rustix::fs::{CWD, FileType, Mode, mknodat};

    use super::*;

    fn whole(mut file: &File) -> io::Result<()> {
        file.write_all(b"whole")
    }

    fn broken(mut file: &File) -> io::Result<()> {
        file.write_all(b"half")?;
        Err(io::Error::other("the disk is full"))
    }

    fn names(folder: &Path) -> Vec<OsString> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
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
    fn what_a_dead_process_or_an_abandoned_attempt_left_is_removed_and_nothing_else() {
        let room = tempfile::tempdir().unwrap();
        let file = room.path().join("x");
        let ours = format!("x.unfinished-{}-0", process::id());
        // No process has this id: it is above the kernel's limit.
        let dead = ["x.unfinished-4194305-0", "x.unfinished-4194305-7"];
        let others = [
            "x.unfinished-1-0",
            "x.unfinished-4194305-old",
            "y.unfinished-4194305-0",
        ];
        for name in [&dead[..], &others, &[&ours]].concat() {
            fs::write(room.path().join(name), "half").unwrap();
        }
        write(&file, whole).unwrap();
        let mut left = others.to_vec();
        left.extend(["x", &ours]);
        left.sort_unstable();
        assert_eq!(names(room.path()), left);
        abandon(&file);
        left.retain(|name| *name != ours);
        assert_eq!(names(room.path()), left);
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
