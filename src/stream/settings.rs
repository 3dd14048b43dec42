//! The sections `[prometheus]` and `[websocket]`, and the queries `[[instant]]` and `[[range]]`.

use std::{collections::HashSet, time::Duration};

use program::settings::{Secret, validator::Validator};
use serde::Deserialize;

/// Prometheus refuses a range query with more points per series than this.
const MOST_POINTS: u64 = 11_000;

program::section! {
    /// The server that is polled.
    pub struct Prometheus = "prometheus" {
        /// Its address; a path prefix and `user:password@` are understood.
        pub url: Secret = "http://localhost:9090",
        /// Who is asked for alerts. Empty: `url`. With VictoriaMetrics, the address of vmalert.
        pub alerts_url: Secret = "",
        /// How often it is polled. `SCRAPE_INTERVAL` is in seconds, `POLL_INTERVAL` in milliseconds and wins; both take
        /// a unit, such as `15s`.
        pub poll_interval_seconds: f64 = 10.0,
        /// How long the answers of one poll are waited for, or 80 % of the interval if that is shorter.
        pub timeout_seconds: f64 = 8.0,
        /// A larger answer to one query is an error.
        pub max_response_bytes: usize = 16777216,
    }
}

program::section! {
    /// Sessions: WebSockets of browsers.
    pub struct WebSocket = "websocket" {
        /// One session more is answered 503. The default is lowered where file descriptors or the memory limit allow fewer.
        pub max_sessions: usize = 20000,
        /// One session more of a client is answered 429. 0: three quarters of all, which is always the most.
        pub max_sessions_per_address: usize = 200,
        /// A longer message from a client closes its session with 1009.
        pub max_message_bytes: usize = 65536,
        /// Sustained rate of one client. Four seconds' worth may come at once; more closes its session with 1008.
        pub max_frames_per_second: u32 = 50,
        /// A session with two unanswered pings is closed with 4409, 5 s after the second.
        pub ping_interval_seconds: f64 = 30.0,
        /// A client that reads nothing for this long is disconnected with 4408.
        pub stall_timeout_seconds: f64 = 30.0,
        /// Kernel send buffer of a session. Linux takes twice as much for a client that does not read.
        pub send_buffer_bytes: usize = 65536,
        /// Per channel, bytes of old frames that slow readers may hold; beyond it the slowest are closed with 4408.
        pub max_pinned_bytes: usize = 33554432,
    }
}

/// The queries that are built in, as they stand in the file of the defaults.
pub const QUERIES: &str = r#"
# What is polled. A file of your own that has [[instant]] or [[range]] replaces that whole list.
# channels: "instant" carries Prometheus' bytes; "metrics" carries sums over series (see README).

[[instant]]
name = "prometheus_tsdb_head_series"
query = "prometheus_tsdb_head_series"
channels = ["instant"]

[[instant]]
name = "prometheus_engine_queries"
query = "prometheus_engine_queries"
channels = ["instant"]

[[instant]]
name = "cpu_usage_seconds_total"
query = "cpu_usage_seconds_total"
channels = ["metrics"]

[[instant]]
name = "memory_usage_bytes"
query = "memory_usage_bytes"
channels = ["metrics"]

[[instant]]
name = "disk_usage_percent"
query = "disk_usage_percent"
channels = ["metrics"]

[[instant]]
name = "http_requests_total"
query = "http_requests_total"
channels = ["instant", "metrics"]

[[instant]]
name = "request_duration_seconds"
query = "request_duration_seconds_bucket"
channels = ["metrics"]

[[range]]
name = "memory_usage_1h"
query = "memory_usage_bytes"
window_seconds = 3600
step_seconds = 60

[[range]]
name = "memory_usage_24h"
query = "memory_usage_bytes"
window_seconds = 86400
step_seconds = 300

[[range]]
name = "cpu_usage_1h"
query = "cpu_usage_seconds_total"
window_seconds = 3600
step_seconds = 60

[[range]]
name = "http_requests_24h"
query = "http_requests_total"
window_seconds = 86400
step_seconds = 300
"#;

/// One of `[[instant]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instant {
    /// The key of its answer in a frame's `data`.
    pub name: String,
    /// PromQL.
    pub query: String,
    /// Where its answer goes.
    pub channels: Vec<InstantChannel>,
}

/// Where the answer to an instant query goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub enum InstantChannel {
    /// Prometheus' bytes, as they came.
    Instant,
    /// Sums over series.
    Metrics,
}

impl TryFrom<String> for InstantChannel {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        match name.as_str() {
            "instant" => Ok(Self::Instant),
            "metrics" => Ok(Self::Metrics),
            _ => Err(format!("must be instant or metrics, found {name:?}")),
        }
    }
}

/// One of `[[range]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// The key of its answer in a frame's `data`.
    pub name: String,
    /// PromQL.
    pub query: String,
    /// How far back it looks.
    pub window_seconds: u64,
    /// The distance between points.
    pub step_seconds: u64,
}

impl Prometheus {
    /// How often it is polled.
    pub fn interval(&self) -> Duration {
        Duration::from_secs_f64(self.poll_interval_seconds)
    }

    /// How long one query may take: shorter than the interval, whatever was set.
    pub fn timeout(&self) -> Duration {
        Duration::from_secs_f64(self.timeout_seconds.min(self.poll_interval_seconds * 0.8))
    }

    /// Notes what is wrong.
    pub fn check(&self, validator: &mut Validator) {
        validator.prometheus_url("prometheus.url", self.url.reveal());
        if !self.alerts_url.is_empty() {
            validator.prometheus_url("prometheus.alerts_url", self.alerts_url.reveal());
        }
        let (interval, timeout) = (self.poll_interval_seconds, self.timeout_seconds);
        validator.within("prometheus.poll_interval_seconds", interval, 0.1..=3600.0);
        validator.within("prometheus.timeout_seconds", timeout, 0.05..=3600.0);
        let bytes = self.max_response_bytes;
        validator.within("prometheus.max_response_bytes", bytes, 1024..=1 << 30);
    }
}

impl WebSocket {
    /// Notes what is wrong.
    pub fn check(&self, validator: &mut Validator) {
        validator.within("webself.max_sessions", self.max_sessions, 1..=10_000_000);
        let share = self.max_sessions_per_address;
        validator.within("webself.max_sessions_per_address", share, 0..=10_000_000);
        let pinned = self.max_pinned_bytes;
        validator.within("webself.max_pinned_bytes", pinned, 1 << 20..=1 << 34);
        validator.within(
            "webself.max_message_bytes",
            self.max_message_bytes,
            125..=1 << 20,
        );
        let frames = self.max_frames_per_second;
        validator.within("webself.max_frames_per_second", frames, 1..=100_000);
        let (ping, stall) = (self.ping_interval_seconds, self.stall_timeout_seconds);
        validator.within("webself.ping_interval_seconds", ping, 0.1..=3600.0);
        validator.within("webself.stall_timeout_seconds", stall, 0.1..=3600.0);
        validator.within(
            "webself.send_buffer_bytes",
            self.send_buffer_bytes,
            4096..=1 << 24,
        );
    }
}

/// Notes what is wrong with the queries.
pub fn check_queries(instant: &[Instant], range: &[Range], validator: &mut Validator) {
    check_instant_queries(instant, validator);
    check_range_queries(range, validator);
}

fn check_instant_queries(queries: &[Instant], validator: &mut Validator) {
    let mut names = HashSet::new();
    for (index, query) in queries.iter().enumerate() {
        let key = format!("instant[{index}]");
        check_query(validator, &key, &query.name, &query.query, &mut names);
        let channels = !query.channels.is_empty();
        validator.require(
            channels,
            &format!("{key}.channels"),
            "must name instant, metrics or both",
        );
    }
}

fn check_range_queries(queries: &[Range], validator: &mut Validator) {
    let mut names = HashSet::new();
    for (index, query) in queries.iter().enumerate() {
        let key = format!("range[{index}]");
        check_query(validator, &key, &query.name, &query.query, &mut names);
        validator.within(
            &format!("{key}.step_seconds"),
            query.step_seconds,
            1..=86_400,
        );
        let points = query.window_seconds / query.step_seconds.max(1);
        let must = format_args!("must be 1 to {MOST_POINTS} steps, found {points}");
        let some = (1..=MOST_POINTS).contains(&points);
        validator.require(some, &format!("{key}.window_seconds"), must);
    }
}

fn check_query<'q>(
    validator: &mut Validator,
    key: &str,
    name: &'q str,
    query: &str,
    names: &mut HashSet<&'q str>,
) {
    validator.name(&format!("{key}.name"), name);
    validator.require(
        names.insert(name),
        &format!("{key}.name"),
        format_args!("{name:?} is used twice"),
    );
    validator.require(
        !query.trim().is_empty(),
        &format!("{key}.query"),
        "must be a PromQL expression",
    );
}
