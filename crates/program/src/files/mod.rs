//! Files in folders that another user of the machine may have prepared: nothing is written through a link, and nothing
//! into what belongs to somebody else. Whoever runs as root would otherwise overwrite whatever a planted link names.

mod folder;
mod foreign;

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

use foreign::{Foreign, is_ours};

pub use folder::Folder;

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody; only the owner writes.
    Public,
    /// The owner alone.
    Private,
    /// Whom the umask lets.
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

/// Replaces the file `path`, wherever it is: it holds all of `contents`, or is as it was. A link in its place is replaced.
///
/// # Errors
/// What the file system says.
pub fn replace(path: &Path, contents: &[u8], access: Access) -> io::Result<()> {
    let (folder, name) = split(path)?;
    replace_at(&folder, &name, contents, access, None)
}

/// Like [`replace`]; the file belongs to `owner`, a user and a group, from its first byte on.
///
/// # Errors
/// What the file system says.
pub fn replace_as(
    owner: (u32, u32),
    path: &Path,
    contents: &[u8],
    access: Access,
) -> io::Result<()> {
    let (folder, name) = split(path)?;
    replace_at(&folder, &name, contents, access, Some(owner))
}

/// Whether [`replace`] could write to `path`; nothing is left behind.
///
/// # Errors
/// Why not.
pub fn check_writable(path: &Path) -> io::Result<()> {
    let (folder, name) = split(path)?;
    let (scratch, _) = beside(&folder, &name, Access::Public)?;
    Ok(unlinkat(&folder, &scratch, AtFlags::empty())?)
}

/// Reads the file `path`, not through a link.
///
/// # Errors
/// What the file system says, or that it is a link.
pub fn read_to_string(path: &Path) -> io::Result<String> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK;
    io::read_to_string(open(CWD, path, flags, Access::Public)?)
}

/// Opens a file that is there, to lock it; not through a link.
///
/// # Errors
/// What the file system says, or that it is a link.
pub fn open_to_lock(path: &Path) -> io::Result<File> {
    let flags = OFlags::WRONLY | OFlags::NONBLOCK;
    open(CWD, path, flags, Access::Private)
}

/// Refuses a path on which a symbolic link stands that another user than us and root has made.
///
/// # Errors
/// When there is such a link. That there is nothing, or no link, is none.
pub fn check_links(path: &Path) -> io::Result<()> {
    for place in path.ancestors().filter(|place| *place != Path::new("")) {
        match fs::symlink_metadata(place) {
            Ok(there) if there.is_symlink() && !is_ours(there.uid()) => {
                let link = Foreign::Link(place.to_owned(), there.uid());
                return Err(link.into());
            }
            _ => {}
        }
    }
    Ok(())
}

/// The folder of a file, and the file's name in it.
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
    let (scratch, mut file) = beside(folder, name, access)?;
    let given = match owner {
        Some((user, group)) => fchown(&file, Some(user), Some(group)),
        None => Ok(()),
    };
    let written = given
        .and_then(|()| file.write_all(contents))
        .and_then(|()| Ok(renameat(folder, &scratch, folder, name)?));
    if written.is_err() {
        // What is left of it helps nobody; that it cannot be removed is not worth another error.
        let _ = unlinkat(folder, &scratch, AtFlags::empty());
    }
    written
}

/// A file that did not exist, in the same folder, so that it can be renamed.
fn beside(folder: &OwnedFd, name: &Path, access: Access) -> io::Result<(PathBuf, File)> {
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
                    // Whatever the umask: other users, such as PostgreSQL's, read what is public.
                    fchmod(&file, access.mode())?;
                }
                return Ok((scratch.into(), file));
            }
        }
    }
}

/// Opens a file, never through a link.
fn open(folder: impl AsFd, name: &Path, flags: OFlags, access: Access) -> io::Result<File> {
    let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NOCTTY;
    match openat(folder, name, flags, access.mode()) {
        Err(Errno::LOOP) => Err(Foreign::IsLink.into()),
        Err(Errno::NXIO) => Err(Foreign::Special.into()),
        opened => Ok(opened?.into()),
    }
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod tests;
