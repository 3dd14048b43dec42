//! What must hold for the settings of `service-metrics`.

use std::collections::HashSet;

use program::settings::{SettingsError, validator::Validator};

use super::GatewaySettings;
/// Prometheus refuses a range query with more points per series than this.
const MOST_POINTS: u64 = 11_000;
/// Clients and proxies often give up after 30 s; a request must have its answer, if only a 503, well before.
const LONGEST_QUESTION: f64 = 25.0;

impl GatewaySettings {
    pub(super) fn checked(mut self, mut validator: Validator) -> Result<Self, SettingsError> {
        self.check_server(&mut validator);
        self.check_ui(&mut validator);
        self.check_prometheus(&mut validator);
        self.check_webhook(&mut validator);
        self.check_database(&mut validator);
        self.check_websocket(&mut validator);
        self.check_instant_queries(&mut validator);
        self.check_range_queries(&mut validator);
        self.log.check(&mut validator);
        let prometheus = &mut self.prometheus;
        let within_a_beat = prometheus.poll_interval_seconds * 0.8;
        prometheus.timeout_seconds = prometheus.timeout_seconds.min(within_a_beat);
        validator.finish(self)
    }

    fn check_server(&self, validator: &mut Validator) {
        let server = &self.server;
        validator.ip("server.host", &server.host);
        validator.within("server.workers", server.workers, 0..=1024);
        validator.within("server.drain_seconds", server.drain_seconds, 0.0..=8.0);
        validator.networks("server.trusted_proxies", &server.trusted_proxies);
        validator.hosts("server.hosts", &server.hosts);
        if !server.external_url.is_empty() {
            validator.public_url("server.external_url", &server.external_url);
        }
        server.connections.check(validator);
        let share = server.metrics_share_seconds;
        validator.within("server.metrics_share_seconds", share, 0.0..=1.0);
        validator.origins("cors.allowed_origins", &self.cors.allowed_origins);
    }

    fn check_ui(&self, validator: &mut Validator) {
        if let Some(folder) = self.ui.folder() {
            let shown = folder.display();
            let must = format_args!(
                "there is no index.html in {shown}; npm run build in ui/ makes ui/dist, an empty value leaves the UI out"
            );
            let page = folder.join("index.html").is_file();
            validator.require(page, "ui.dir", must);
        }
        if let Some(url) = self.ui.simulator_url() {
            validator.public_url("ui.simulator_url", url);
        }
    }

    fn check_prometheus(&self, validator: &mut Validator) {
        let prometheus = &self.prometheus;
        validator.prometheus_url("prometheus.url", prometheus.url.reveal());
        if !prometheus.alerts_url.is_empty() {
            validator.prometheus_url("prometheus.alerts_url", prometheus.alerts_url.reveal());
        }
        if !self.alertmanager.url.is_empty() {
            validator.http_url("alertmanager.url", self.alertmanager.url.reveal());
        }
        let (interval, timeout) = (prometheus.poll_interval_seconds, prometheus.timeout_seconds);
        validator.within("prometheus.poll_interval_seconds", interval, 0.1..=3600.0);
        validator.within("prometheus.timeout_seconds", timeout, 0.05..=3600.0);
        let bytes = prometheus.max_response_bytes;
        validator.within("prometheus.max_response_bytes", bytes, 1024..=1 << 30);
    }

    fn check_webhook(&self, validator: &mut Validator) {
        let webhook = &self.webhook;
        validator.within("webhook.max_bytes", webhook.max_bytes, 1024..=1 << 24);
        let timeout = webhook.timeout_seconds;
        validator.within("webhook.timeout_seconds", timeout, 0.1..=LONGEST_QUESTION);
        let body = self.server.connections.body_timeout_seconds;
        let must =
            format_args!("must be at least webhook.timeout_seconds, found {body} < {timeout}");
        validator.require(timeout <= body, "server.body_timeout_seconds", must);
    }

    fn check_database(&self, validator: &mut Validator) {
        let database = &self.database;
        if self.incidents_off_by().is_none() {
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
        let bounds = 0.1..=LONGEST_QUESTION;
        validator.within("database.acquire_timeout_seconds", acquire, bounds.clone());
        validator.within("database.query_timeout_seconds", query, bounds.clone());
        // One fault for one mistake: a sum is judged when its parts are right.
        if bounds.contains(&acquire) && bounds.contains(&query) {
            let must = format_args!(
                "must be at most {LONGEST_QUESTION} together with database.query_timeout_seconds, found {acquire} + {query}"
            );
            let soon = acquire + query <= LONGEST_QUESTION;
            validator.require(soon, "database.acquire_timeout_seconds", must);
        }
        let check = database.check_interval_seconds;
        validator.within("database.check_interval_seconds", check, 0.1..=600.0);
        validator.unique_names("incidents.severities", &self.incidents.severities);
        let severities = &self.alerts.severities;
        let names: Vec<_> = severities
            .iter()
            .map(|severity| severity.name.clone())
            .collect();
        validator.unique_names("alerts.severities", &names);
        validator.within(
            "incidents.share_seconds",
            self.incidents.share_seconds,
            0.0..=1.0,
        );
    }

    fn check_websocket(&self, validator: &mut Validator) {
        let socket = &self.websocket;
        validator.within(
            "websocket.max_sessions",
            socket.max_sessions,
            1..=10_000_000,
        );
        let share = socket.max_sessions_per_address;
        validator.within("websocket.max_sessions_per_address", share, 0..=10_000_000);
        let pinned = socket.max_pinned_bytes;
        validator.within("websocket.max_pinned_bytes", pinned, 1 << 20..=1 << 34);
        validator.within(
            "websocket.max_message_bytes",
            socket.max_message_bytes,
            125..=1 << 20,
        );
        let frames = socket.max_frames_per_second;
        validator.within("websocket.max_frames_per_second", frames, 1..=100_000);
        let (ping, stall) = (socket.ping_interval_seconds, socket.stall_timeout_seconds);
        validator.within("websocket.ping_interval_seconds", ping, 0.1..=3600.0);
        validator.within("websocket.stall_timeout_seconds", stall, 0.1..=3600.0);
        validator.within(
            "websocket.send_buffer_bytes",
            socket.send_buffer_bytes,
            4096..=1 << 24,
        );
    }

    fn check_instant_queries(&self, validator: &mut Validator) {
        let mut names = HashSet::new();
        for (index, query) in self.instant.iter().enumerate() {
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

    fn check_range_queries(&self, validator: &mut Validator) {
        let mut names = HashSet::new();
        for (index, query) in self.range.iter().enumerate() {
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

#[cfg(test)]
mod tests {
    use super::*;

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
