//! The sections `[database]` and `[incidents]`.

use std::time::Duration;

use program::{
    exit::ProgramError,
    settings::{Secret, validator::Validator},
};

use super::{incident_repo::RepoOptions, queries::database::DatabaseOptions};

/// Clients and proxies often give up after 30 s; a request must have its answer, if only a 503, well before.
const LONGEST_ANSWER: f64 = 25.0;

program::section! {
    /// The incident database, which is only read.
    pub struct Database = "database" {
        /// Its address; a secret, never printed. Empty: no incidents, as with `incidents.enabled = false`.
        pub url: Secret = "postgres://metrics_reader@localhost:5432/incident_platform",
        /// Connections at most.
        pub pool_size: u32 = 4,
        /// How long a query waits for a connection. This and `query_timeout_seconds` together: at most 25.
        pub acquire_timeout_seconds: f64 = 2.0,
        /// A query is given up after this time, by the server and by the gateway.
        pub query_timeout_seconds: f64 = 5.0,
        /// How often readiness asks whether the database answers.
        pub check_interval_seconds: f64 = 5.0,
        /// Queries of one client that run at a time; others of it wait. 0: no limit.
        pub max_queries_per_address: usize = 2,
    }
}

program::section! {
    /// The routes of incidents.
    pub struct Incidents = "incidents" {
        /// `false`: no database is asked, the routes answer 404, and the UI has no page *Incidents*.
        pub enabled: bool = true,
        /// What `?severity=` accepts.
        pub severities: Vec<String> = ["critical", "high", "medium", "low", "warning", "info"],
        /// Equal requests share one answer for this long. 0: only while it is fetched.
        pub share_seconds: f64 = 1.0,
    }
}

/// Both sections.
#[derive(Debug, Clone, Copy)]
pub struct IncidentSettings<'s> {
    /// `[database]`
    pub database: &'s Database,
    /// `[incidents]`
    pub incidents: &'s Incidents,
}

impl IncidentSettings<'_> {
    /// The setting by which incidents are switched off, if they are.
    pub fn off_by(&self) -> Option<&'static str> {
        if !self.incidents.enabled {
            Some("incidents.enabled")
        } else if self.database.url.reveal().trim().is_empty() {
            Some("database.url")
        } else {
            None
        }
    }

    /// What the actor is made of.
    ///
    /// # Errors
    /// When the address is none, which [`Self::check`] has refused.
    pub(super) fn repo(&self) -> Result<RepoOptions, ProgramError> {
        let database = self.database;
        let config = database.url.reveal().parse();
        Ok(RepoOptions {
            database: DatabaseOptions {
                config: config
                    .map_err(|_| ProgramError::Failed("database.url is not valid".into()))?,
                pool_size: database.pool_size,
                acquire_timeout: Duration::from_secs_f64(database.acquire_timeout_seconds),
                query_timeout: Duration::from_secs_f64(database.query_timeout_seconds),
            },
            check_interval: Duration::from_secs_f64(database.check_interval_seconds),
            share_for: Duration::from_secs_f64(self.incidents.share_seconds),
            queries_per_address: database.max_queries_per_address,
        })
    }

    /// Notes what is wrong.
    pub fn check(&self, validator: &mut Validator) {
        let database = self.database;
        if self.off_by().is_none() {
            validator.database_url("database.url", &database.url);
        }
        validator.within(
            "database.max_queries_per_address",
            database.max_queries_per_address,
            0..=100,
        );
        validator.within("database.pool_size", database.pool_size, 1..=100);
        let (acquire, query) = (
            database.acquire_timeout_seconds,
            database.query_timeout_seconds,
        );
        let bounds = 0.1..=LONGEST_ANSWER;
        validator.within("database.acquire_timeout_seconds", acquire, bounds.clone());
        validator.within("database.query_timeout_seconds", query, bounds.clone());
        // One fault for one mistake: a sum is judged when its parts are right.
        if bounds.contains(&acquire) && bounds.contains(&query) {
            let must = format_args!(
                "must be at most {LONGEST_ANSWER} together with database.query_timeout_seconds, found {acquire} + {query}"
            );
            let soon = acquire + query <= LONGEST_ANSWER;
            validator.require(soon, "database.acquire_timeout_seconds", must);
        }
        let check = database.check_interval_seconds;
        validator.within("database.check_interval_seconds", check, 0.1..=600.0);
        validator.unique_names("incidents.severities", &self.incidents.severities);
        let share = self.incidents.share_seconds;
        validator.within("incidents.share_seconds", share, 0.0..=1.0);
    }
}

#[cfg(test)]
mod tests {
    use program::settings::SettingsError;

    use crate::settings::GatewaySettings;

    fn with_timeouts(acquire: &str, query: &str) -> Result<GatewaySettings, SettingsError> {
        let environment = [("ACQUIRE", acquire), ("QUERY", query)]
            .map(|(name, seconds)| {
                let name = format!("SERVICE_METRICS__DATABASE__{name}_TIMEOUT_SECONDS");
                (name, seconds.to_owned())
            })
            .into();
        GatewaySettings::load(None, &environment)
    }

    #[test]
    fn both_timeouts_of_the_database_together_leave_time_for_an_answer() {
        assert!(with_timeouts("10", "15").is_ok());
        let sum = with_timeouts("10", "15.1").unwrap_err().to_string();
        assert!(sum.contains("database.query_timeout_seconds"), "{sum}");
        let part = with_timeouts("45", "5").unwrap_err().to_string();
        for error in [sum, part] {
            assert_eq!(error.lines().count(), 1, "{error}");
            let key = "database.acquire_timeout_seconds: must be";
            assert!(error.starts_with(key), "{error}");
        }
    }
}
