//! Why a path is not safe to write to.

use std::{fmt, io, path::PathBuf};

use rustix::process::geteuid;

/// Why a path is not safe to write to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum UnsafePathError {
    /// It belongs to this user.
    Owner(u32),
    /// It is a folder that all users may write to.
    Writable,
    /// This link on the way to it belongs to this user.
    Link(PathBuf, u32),
    /// It is a link.
    IsLink,
    /// It has a second name (a hard link).
    SecondName,
    /// It is no regular file.
    Special,
}

impl fmt::Display for UnsafePathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = geteuid().as_raw();
        match self {
            Self::Owner(owner) => write!(
                f,
                "belongs to user {owner} and not to user {user}, as whom this runs: nothing is written there"
            ),
            Self::Writable => {
                f.write_str("may be changed by every user of the machine: nothing is written there")
            }
            Self::Link(link, owner) => write!(
                f,
                "{} is a symbolic link of user {owner}: nothing is written through it",
                link.display()
            ),
            Self::IsLink => f.write_str("is a symbolic link: nothing is written through it"),
            Self::SecondName => {
                f.write_str("is a file that has a second name elsewhere: nothing is written to it")
            }
            Self::Special => f.write_str("is no regular file: nothing is written to it"),
        }
    }
}

impl From<UnsafePathError> for io::Error {
    fn from(error: UnsafePathError) -> Self {
        Self::new(io::ErrorKind::PermissionDenied, error.to_string())
    }
}

/// Whether this user's files are safe to use: our own, and root's.
pub(super) fn is_ours(owner: u32) -> bool {
    owner == geteuid().as_raw() || owner == 0
}
