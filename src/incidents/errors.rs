//! What a failure behind a route means to the caller.

use http_kit::api_error::ApiError;

use super::parameters::CURSOR;
use super::queries::error::RepoError;

impl From<RepoError> for ApiError {
    fn from(error: RepoError) -> Self {
        match error {
            RepoError::Unreachable(_) => Self::Unavailable(
                "the incident database cannot be reached; try again, /-/ready says more".to_owned(),
            ),
            RepoError::PoolExhausted => {
                Self::Unavailable("all database connections are busy; try again".to_owned())
            }
            RepoError::ShareTaken => Self::TooManyRequests(
                "other questions from your address are still being answered; try again".to_owned(),
            ),
            RepoError::SummaryRuns => {
                Self::Unavailable("another summary is being made; try again".to_owned())
            }
            RepoError::TimedOut => Self::Timeout(
                "the incident database took too long; ask for less or try again".to_owned(),
            ),
            RepoError::NoSuchCursor => Self::parameter("cursor", CURSOR),
            RepoError::NoSuchText => Self::BadData(error.to_string()),
            RepoError::Failed(_) => Self::Internal(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_kept_from_the_caller() {
        for error in [
            RepoError::Unreachable("hunter2".into()),
            RepoError::Failed("hunter2".into()),
        ] {
            let text = ApiError::from(error).to_string();
            assert!(!text.contains("hunter2"), "{text}");
        }
    }
}
