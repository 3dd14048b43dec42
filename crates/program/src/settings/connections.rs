//! The limits and deadlines of HTTP connections: the same keys in the section `[server]` of both programs.

use std::time::Duration;

use serde::Deserialize;

use super::validator::Validator;

/// The keys; `config/` has their meaning and defaults.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[allow(missing_docs, reason = "config/service-metrics.toml")]
pub struct ConnectionSettings {
    pub max_connections: usize,
    pub max_connections_per_address: usize,
    pub head_timeout_seconds: f64,
    pub body_timeout_seconds: f64,
    pub write_timeout_seconds: f64,
    pub idle_timeout_seconds: f64,
}

impl ConnectionSettings {
    /// Deadline for the head of a request.
    pub fn head(&self) -> Duration {
        Duration::from_secs_f64(self.head_timeout_seconds)
    }

    /// Deadline for the body of a request.
    pub fn body(&self) -> Duration {
        Duration::from_secs_f64(self.body_timeout_seconds)
    }

    /// How long a client may read nothing of an answer.
    pub fn write(&self) -> Duration {
        Duration::from_secs_f64(self.write_timeout_seconds)
    }

    /// How long an idle connection is kept for the next request.
    pub fn idle(&self) -> Duration {
        Duration::from_secs_f64(self.idle_timeout_seconds)
    }

    /// Notes what is out of bounds.
    /// Checks the range of each key.
    pub fn check(&self, validator: &mut Validator) {
        for (key, limit) in [
            ("server.max_connections", self.max_connections),
            (
                "server.max_connections_per_address",
                self.max_connections_per_address,
            ),
        ] {
            validator.within(key, limit, 0..=10_000_000);
        }
        for (key, seconds) in [
            ("server.head_timeout_seconds", self.head_timeout_seconds),
            ("server.body_timeout_seconds", self.body_timeout_seconds),
            ("server.write_timeout_seconds", self.write_timeout_seconds),
            ("server.idle_timeout_seconds", self.idle_timeout_seconds),
        ] {
            validator.within(key, seconds, 0.1..=3600.0);
        }
    }
}
