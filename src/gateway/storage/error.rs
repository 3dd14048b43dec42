//! Why the database gave no answer.

use std::fmt;

/// Why a question to the database has no answer. The texts hold neither the address nor a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RepoError {
    /// No connection can be had, or it broke; the cause is for the log and `/-/ready`.
    Unreachable(String),
    /// All connections were busy for the whole acquisition timeout.
    PoolExhausted,
    /// The query took longer than the query timeout.
    TimedOut,
    /// PostgreSQL refused the query, for instance for want of a privilege, or its answer could not be read.
    Failed(String),
}

impl RepoError {
    /// A word for counters.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "unreachable",
            Self::PoolExhausted => "pool_exhausted",
            Self::TimedOut => "timeout",
            Self::Failed(_) => "refused",
        }
    }
}

impl fmt::Display for RepoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(cause) => write!(f, "the database cannot be reached: {cause}"),
            Self::PoolExhausted => f.write_str("all database connections are busy"),
            Self::TimedOut => f.write_str("the database took too long to answer"),
            Self::Failed(cause) => write!(f, "the database refused: {cause}"),
        }
    }
}

impl std::error::Error for RepoError {}
