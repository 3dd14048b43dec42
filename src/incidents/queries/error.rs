//! Why the database gave no answer.

use std::fmt;

/// Why a question to the database has no answer. The texts hold neither the address nor a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RepoError {
    /// No connection can be had, or it broke; the cause is for the log and `/-/ready`.
    Unreachable(String),
    /// All connections were busy for the whole acquisition timeout.
    PoolExhausted,
    /// As many questions of this client as may run, or wait, do so.
    ShareTaken,
    /// A summary, for another client or by another gateway, ran for the whole acquisition timeout.
    SummaryRuns,
    /// The query took longer than the query timeout.
    TimedOut,
    /// PostgreSQL refused the query, for instance for want of a privilege, or its answer could not be read.
    Failed(String),
    /// The cursor is none of this table's: its id is not of the type that ids have here.
    NoSuchCursor,
    /// The database's encoding has no such letters: no row can hold a text with them.
    NoSuchText,
}

impl RepoError {
    /// A word for counters.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "unreachable",
            Self::PoolExhausted => "pool_exhausted",
            Self::ShareTaken => "share_taken",
            Self::SummaryRuns => "summary_runs",
            Self::TimedOut => "timeout",
            Self::Failed(_) => "refused",
            Self::NoSuchCursor => "cursor",
            Self::NoSuchText => "text",
        }
    }
}

impl fmt::Display for RepoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(cause) => write!(f, "the database cannot be reached: {cause}"),
            Self::PoolExhausted => f.write_str("all database connections are busy"),
            Self::ShareTaken => f.write_str("other questions of this client are being answered"),
            Self::SummaryRuns => f.write_str("another summary is being made"),
            Self::TimedOut => f.write_str("the database took too long to answer"),
            Self::Failed(cause) => write!(f, "the database refused: {cause}"),
            Self::NoSuchCursor => f.write_str("the cursor is none of this table's"),
            Self::NoSuchText => f.write_str("the database's encoding does not hold this text"),
        }
    }
}

impl std::error::Error for RepoError {}
