//! A folder that nobody else has prepared.

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
    Access, check_links,
    foreign::{Foreign, is_ours},
    open, replace_at,
};

/// A folder that is ours, held open: its files are reached through it, wherever its name leads meanwhile.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    handle: OwnedFd,
}

impl Folder {
    /// Opens the folder `path`, which is made if need be. Links on the way there are followed if they are ours.
    ///
    /// # Errors
    /// When it cannot be made, belongs to somebody else, may be changed by everybody, or is reached by somebody else's link.
    pub fn claim(path: &Path) -> io::Result<Self> {
        check_links(path)?;
        let mut builder = fs::DirBuilder::new();
        // Whatever the umask is: what everybody may change would be refused.
        builder.recursive(true).mode(0o755).create(path)?;
        let path = fs::canonicalize(path)?;
        let handle = open_folder(CWD, &path)?;
        Ok(Self { path, handle })
    }

    /// Where it is, without links.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder `name` in it, which is made if need be.
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

    /// Opens the file `name` in it, to be locked or added to; it is made if need be, and keeps what is in it.
    ///
    /// # Errors
    /// When it is a link, no file, or somebody else's.
    pub fn append(&self, name: &str) -> io::Result<File> {
        // Non-blocking: a pipe in its place would otherwise be waited for.
        let flags = OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE | OFlags::NONBLOCK;
        let file = open(&self.handle, name.as_ref(), flags, Access::Public)?;
        check_file(&file)?;
        Ok(file)
    }

    /// Replaces the file `name` in it: it holds all of `contents`, or is as it was. A link in its place is replaced.
    ///
    /// # Errors
    /// What the file system says.
    pub fn replace(&self, name: &str, contents: &[u8], access: Access) -> io::Result<()> {
        replace_at(&self.handle, name.as_ref(), contents, access, None)
    }
}

fn open_folder(within: impl AsFd, path: &Path) -> io::Result<OwnedFd> {
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::RDONLY | OFlags::CLOEXEC;
    let handle = match openat(&within, path, flags, Mode::empty()) {
        Err(Errno::LOOP | Errno::NOTDIR) => {
            // A link is no folder, says the kernel.
            let there = statat(&within, path, AtFlags::SYMLINK_NOFOLLOW)?;
            return Err(match FileType::from_raw_mode(there.st_mode) {
                FileType::Symlink => Foreign::IsLink.into(),
                _ => io::ErrorKind::NotADirectory.into(),
            });
        }
        opened => opened?,
    };
    let there = fstat(&handle)?;
    if !is_ours(there.st_uid) {
        return Err(Foreign::Owner(there.st_uid).into());
    }
    let everybody = there.st_mode & 0o002 != 0;
    if everybody && geteuid().is_root() {
        return Err(Foreign::Writable.into());
    }
    Ok(handle)
}

fn check_file(file: &File) -> io::Result<()> {
    let there = file.metadata()?;
    if !there.is_file() {
        return Err(Foreign::Special.into());
    }
    if !is_ours(there.uid()) {
        return Err(Foreign::Owner(there.uid()).into());
    }
    if there.nlink() > 1 {
        return Err(Foreign::SecondName.into());
    }
    Ok(())
}
