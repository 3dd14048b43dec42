//! A folder that no other user has prepared.

use std::{
    fs::{self, File},
    io,
    os::{
        fd::{AsFd, OwnedFd},
        unix::fs::{DirBuilderExt, MetadataExt},
    },
    path::{Path, PathBuf},
};

use rustix::{
    fs::{AtFlags, CWD, FileType, Mode, OFlags, fstat, mkdirat, openat, statat},
    io::Errno,
    process::geteuid,
};

use super::{
    Access, check_links, open, replace_at,
    unsafe_path::{UnsafePathError, is_ours},
};

/// A folder of ours, held open. Its files are reached through the open handle, even if its name leads elsewhere by now.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    handle: OwnedFd,
}

impl Folder {
    /// Opens the folder `path`, and creates it if it does not exist. Follows our own links on the way.
    ///
    /// # Errors
    /// If it cannot be created, belongs to another user, is writable by all users, or is reached through another user's
    /// link.
    pub fn claim(path: &Path) -> io::Result<Self> {
        check_links(path)?;
        let mut builder = fs::DirBuilder::new();
        // With a lax umask the folder would be writable by all, and refused.
        builder.recursive(true).mode(0o755).create(path)?;
        let path = fs::canonicalize(path)?;
        let handle = open_folder(CWD, &path)?;
        Ok(Self { path, handle })
    }

    /// Its path, without links.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Opens the folder `name` in it, and creates it if it does not exist.
    ///
    /// # Errors
    /// As [`Self::claim`].
    pub fn folder(&self, name: &str) -> io::Result<Self> {
        match mkdirat(&self.handle, name, Mode::from_raw_mode(0o755)) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(errno) => return Err(errno.into()),
        }
        Ok(Self {
            handle: open_folder(&self.handle, name.as_ref())?,
            path: self.path.join(name),
        })
    }

    /// Opens the file `name` in it for locking or appending, and creates it if it does not exist.
    ///
    /// # Errors
    /// If it is a link, no regular file, or another user's.
    pub fn append(&self, name: &str) -> io::Result<File> {
        // Without NONBLOCK, opening a pipe would wait for its reader.
        let flags = OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE | OFlags::NONBLOCK;
        let file = open(&self.handle, name.as_ref(), flags, Access::Public)?;
        check_file(&file)?;
        Ok(file)
    }

    /// Replaces the file `name` in it atomically, as [`super::replace`] does.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn replace(&self, name: &str, contents: &[u8], access: Access) -> io::Result<()> {
        replace_at(&self.handle, name.as_ref(), contents, access, None)
    }
}

fn open_folder(within: impl AsFd, path: &Path) -> io::Result<OwnedFd> {
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::RDONLY | OFlags::CLOEXEC;
    let handle = match openat(&within, path, flags, Mode::empty()) {
        Err(Errno::LOOP | Errno::NOTDIR) => {
            // The kernel reports a link as ENOTDIR.
            let there = statat(&within, path, AtFlags::SYMLINK_NOFOLLOW)?;
            return Err(match FileType::from_raw_mode(there.st_mode) {
                FileType::Symlink => UnsafePathError::IsLink.into(),
                _ => io::ErrorKind::NotADirectory.into(),
            });
        }
        opened => opened?,
    };
    let there = fstat(&handle)?;
    if !is_ours(there.st_uid) {
        return Err(UnsafePathError::Owner(there.st_uid).into());
    }
    let everybody = there.st_mode & 0o002 != 0;
    if everybody && geteuid().is_root() {
        return Err(UnsafePathError::Writable.into());
    }
    Ok(handle)
}

fn check_file(file: &File) -> io::Result<()> {
    let there = file.metadata()?;
    if !there.is_file() {
        return Err(UnsafePathError::Special.into());
    }
    if !is_ours(there.uid()) {
        return Err(UnsafePathError::Owner(there.uid()).into());
    }
    if there.nlink() > 1 {
        return Err(UnsafePathError::SecondName.into());
    }
    Ok(())
}
