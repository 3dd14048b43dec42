//! Why a place is not ours to write to.

use std::{fmt, io, path::PathBuf};

use rustix::process::geteuid;

/// Why a place is not ours to write to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Foreign {
    /// It belongs to the user with this id.
    Owner(u32),
    /// It is a folder that every user of the machine may change.
    Writable,
    /// A link on the way to it belongs to the user with this id.
    Link(PathBuf, u32),
    /// It is a link itself.
    IsLink,
    /// It is a file with a second name elsewhere.
    SecondName,
    /// It is neither a file nor a folder.
    Special,
}

impl fmt::Display for Foreign {
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

impl From<Foreign> for io::Error {
    fn from(foreign: Foreign) -> Self {
        Self::new(io::ErrorKind::PermissionDenied, foreign.to_string())
    }
}

/// Whether files of this user are ours: our own, and root's.
pub(super) fn is_ours(owner: u32) -> bool {
    owner == geteuid().as_raw() || owner == 0
}
