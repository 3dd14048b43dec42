//! How Prometheus is set up: its rules, the simulator among its targets, its Alertmanagers.

use prometheus_api::{
    json_api::JsonApiError,
    typed::prometheus::{AlertingRule, Target, TypedPrometheus},
};

/// The job of the simulator in this repository's configuration.
const DEFAULT_JOB: &str = "mock-metrics";

/// What Prometheus says about its set-up.
pub(super) struct PrometheusSetup {
    pub(super) rules: Result<Vec<AlertingRule>, JsonApiError>,
    pub(super) targets: Result<Vec<Target>, JsonApiError>,
    pub(super) alertmanagers: Result<Vec<String>, JsonApiError>,
    /// Whether it refused its configuration at the last reload.
    pub(super) reload_failed: bool,
}

impl PrometheusSetup {
    /// Asks Prometheus. A server that does not say whether it refused its configuration did not.
    pub(super) async fn ask(prometheus: &TypedPrometheus) -> Self {
        let (rules, targets, alertmanagers, reload_failed) = tokio::join!(
            prometheus.alerting_rules(),
            prometheus.targets(),
            prometheus.alertmanagers(),
            prometheus.last_reload_failed(),
        );
        Self {
            rules,
            targets,
            alertmanagers,
            reload_failed: reload_failed.unwrap_or(false),
        }
    }

    /// The first error.
    pub(super) fn error(&self) -> Option<&JsonApiError> {
        let (rules, targets) = (self.rules.as_ref().err(), self.targets.as_ref().err());
        rules.or(targets).or(self.alertmanagers.as_ref().err())
    }
}

/// The simulator among Prometheus' targets: by host and port, else by the port (inside a container it has another host), else
/// by the default job.
pub(super) fn find_simulator(
    targets: Vec<Target>,
    (host, port): (Option<&str>, Option<u16>),
) -> Option<Target> {
    let rank = |target: &Target| {
        let url = url::Url::parse(&target.scrape_url).ok();
        let target_port = url.as_ref().and_then(url::Url::port_or_known_default);
        let target_host = url.as_ref().and_then(url::Url::host_str);
        let job = target
            .labels
            .get("job")
            .is_some_and(|job| job == DEFAULT_JOB);
        match (target_host == host, target_port == port, job) {
            (true, true, _) => 3,
            (_, true, _) => 2,
            (.., true) => 1,
            _ => 0,
        }
    };
    let ranked = targets.into_iter().map(|target| (rank(&target), target));
    let best = ranked
        .filter(|(rank, _)| *rank > 0)
        .max_by_key(|(rank, _)| *rank);
    best.map(|(_, target)| target)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert_key::labels;

    #[test]
    fn the_simulator_is_found_among_the_targets_by_address_port_or_job() {
        let target_at = |scrape_url: &str, job: &str| Target {
            scrape_url: scrape_url.to_owned(),
            scrape_interval: "1s".to_owned(),
            health: "up".to_owned(),
            last_error: String::new(),
            labels: labels(&[("job", job)]),
        };
        let targets = [
            target_at("http://a:9090/metrics", "mock-metrics"),
            target_at("http://host.docker.internal:8082/metrics", "b"),
            target_at("http://localhost:8082/metrics", "c"),
        ];
        let found = |host, port, count: usize| {
            let found = find_simulator(targets[..count].to_vec(), (Some(host), Some(port)));
            found.map(|target| target.labels["job"].clone())
        };
        assert_eq!(found("localhost", 8082, 3).as_deref(), Some("c"));
        assert_eq!(found("localhost", 8082, 2).as_deref(), Some("b"));
        assert_eq!(found("localhost", 8082, 1).as_deref(), Some("mock-metrics"));
        assert_eq!(found("localhost", 8082, 0), None);
    }
}
