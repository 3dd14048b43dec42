//! Files in folders that another user of the machine may have prepared. Nothing is written through a link or into a file
//! of another user: a program that runs as root would otherwise overwrite what a planted link names.
//!
//! Atomic replacement ([`replace`], [`Folder::replace`]) does not use the crate `tempfile`: its `persist` creates and renames
//! by path, so that another user who may change a parent folder can swap it for a link in between. Here both calls go
//! through an open handle of the folder. `tempfile` also subtracts the umask from every mode, and public files must be
//! public whatever the umask is. (The simulator's `backfill` writes its file for minutes and has its own scratch file, locked
//! so that others see that it is in use.)

mod folder;
mod unsafe_path;

use std::{
    fs::{self, File},
    io::{self, Write},
    os::{
        fd::{AsFd, OwnedFd},
        unix::fs::{MetadataExt, fchown},
    },
    path::{Path, PathBuf},
    process,
};

use rustix::{
    fs::{AtFlags, CWD, Mode, OFlags, fchmod, openat, renameat, unlinkat},
    io::Errno,
};

use unsafe_path::{UnsafePathError, is_ours};

pub use folder::Folder;

/// The permissions of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Readable by all users, writable by the owner.
    Public,
    /// Readable and writable by the owner only.
    Private,
    /// What the umask allows.
    Umask,
}

impl Access {
    fn mode(self) -> Mode {
        match self {
            Self::Public => Mode::from_raw_mode(0o644),
            Self::Private => Mode::from_raw_mode(0o600),
            Self::Umask => Mode::from_raw_mode(0o666),
        }
    }
}

/// Replaces the file `path` atomically: it holds all of `contents`, or is unchanged. A link at `path` is replaced.
///
/// # Errors
/// Those of the file system.
pub fn replace(path: &Path, contents: &[u8], access: Access) -> io::Result<()> {
    let (folder, name) = split(path)?;
    replace_at(&folder, &name, contents, access, None)
}

/// Like [`replace`]; the file belongs to `owner`, a user id and a group id, from its first byte on.
///
/// # Errors
/// Those of the file system.
pub fn replace_as(
    owner: (u32, u32),
    path: &Path,
    contents: &[u8],
    access: Access,
) -> io::Result<()> {
    let (folder, name) = split(path)?;
    replace_at(&folder, &name, contents, access, Some(owner))
}

/// Checks that [`replace`] can write to `path`. Leaves nothing behind.
///
/// # Errors
/// Those of the file system.
pub fn check_writable(path: &Path) -> io::Result<()> {
    let (folder, name) = split(path)?;
    let (scratch, _) = create_scratch(&folder, &name, Access::Public)?;
    Ok(unlinkat(&folder, &scratch, AtFlags::empty())?)
}

/// Reads the file `path`; refuses a link.
///
/// # Errors
/// Those of the file system, or that it is a link.
pub fn read_to_string(path: &Path) -> io::Result<String> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK;
    io::read_to_string(open(CWD, path, flags, Access::Public)?)
}

/// Opens an existing file in order to lock it; refuses a link.
///
/// # Errors
/// Those of the file system, or that it is a link.
pub fn open_to_lock(path: &Path) -> io::Result<File> {
    let flags = OFlags::WRONLY | OFlags::NONBLOCK;
    open(CWD, path, flags, Access::Private)
}

/// Refuses a path that leads through a symbolic link of another user. Links of root are allowed.
///
/// # Errors
/// If there is such a link; a path that does not exist is no error.
pub fn check_links(path: &Path) -> io::Result<()> {
    for place in path.ancestors().filter(|place| *place != Path::new("")) {
        match fs::symlink_metadata(place) {
            Ok(there) if there.is_symlink() && !is_ours(there.uid()) => {
                let link = UnsafePathError::Link(place.to_owned(), there.uid());
                return Err(link.into());
            }
            _ => {}
        }
    }
    Ok(())
}

/// Opens the folder of a file; returns it and the file's name.
fn split(path: &Path) -> io::Result<(OwnedFd, PathBuf)> {
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidFilename))?;
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let flags = OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC;
    let folder = openat(CWD, folder.unwrap_or(Path::new(".")), flags, Mode::empty())?;
    Ok((folder, name.into()))
}

fn replace_at(
    folder: &OwnedFd,
    name: &Path,
    contents: &[u8],
    access: Access,
    owner: Option<(u32, u32)>,
) -> io::Result<()> {
    let (scratch, mut file) = create_scratch(folder, name, access)?;
    let owned = match owner {
        Some((user, group)) => fchown(&file, Some(user), Some(group)),
        None => Ok(()),
    };
    let written = owned
        .and_then(|()| file.write_all(contents))
        .and_then(|()| Ok(renameat(folder, &scratch, folder, name)?));
    if written.is_err() {
        // Best effort: the first error is the one to report.
        let _ = unlinkat(folder, &scratch, AtFlags::empty());
    }
    written
}

/// Creates a scratch file in the same folder, so that it can be renamed to `name`.
fn create_scratch(folder: &OwnedFd, name: &Path, access: Access) -> io::Result<(PathBuf, File)> {
    let mut number = 0_u32;
    loop {
        let scratch = format!(".{}.{}-{number}", name.display(), process::id());
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
        match open(folder, scratch.as_ref(), flags, access) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 1_000 => {
                number += 1;
            }
            made => {
                let file = made?;
                if access != Access::Umask {
                    // Independent of the umask: other users, such as PostgreSQL's, read public files.
                    fchmod(&file, access.mode())?;
                }
                return Ok((scratch.into(), file));
            }
        }
    }
}

/// Opens a file; refuses a link.
fn open(folder: impl AsFd, name: &Path, flags: OFlags, access: Access) -> io::Result<File> {
    let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NOCTTY;
    match openat(folder, name, flags, access.mode()) {
        Err(Errno::LOOP) => Err(UnsafePathError::IsLink.into()),
        Err(Errno::NXIO) => Err(UnsafePathError::Special.into()),
        opened => Ok(opened?.into()),
    }
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod tests;
