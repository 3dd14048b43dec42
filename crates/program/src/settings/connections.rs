//! The limits and deadlines of HTTP connections: the same keys in the section `[server]` of both programs.

use std::time::Duration;

use super::validator::Validator;

crate::section! {
    /// What HTTP connections are held to.
    pub struct ConnectionSettings {
        /// HTTP connections in all, fewer where the process may not open as many files. Above the limit only probes are
        /// answered. 0: no limit.
        pub max_connections: usize = 2048,
        /// HTTP connections of one client address (IPv6: /64), never more than 3/4 of all; one more is answered 503.
        /// 0: no limit.
        pub max_connections_per_address: usize = 256,
        /// The head of a request must arrive within this time, counted from its first byte.
        pub head_timeout_seconds: f64 = 5.0,
        /// The body of a request must arrive within this time.
        pub body_timeout_seconds: f64 = 30.0,
        /// A client that reads nothing of an answer for this long, or less than 8 KiB/s over it, is disconnected.
        pub write_timeout_seconds: f64 = 30.0,
        /// How long a connection is kept for the next request.
        pub idle_timeout_seconds: f64 = 30.0,
    }
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
