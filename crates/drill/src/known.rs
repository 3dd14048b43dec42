//! What Prometheus knows: its rules, whom it scrapes, whom it tells.

use crate::servers::{Servers, prometheus::Target, seen::Rule, server::Fault};

/// The job of the simulator in this repository's configuration.
const USUAL_JOB: &str = "mock-metrics";

/// What Prometheus knows.
pub(super) struct Known {
    pub(super) rules: Result<Vec<Rule>, Fault>,
    pub(super) targets: Result<Vec<Target>, Fault>,
    pub(super) alertmanagers: Result<Vec<String>, Fault>,
    /// It has refused the configuration that it was last told to read.
    pub(super) doubtful: bool,
}

impl Known {
    /// Asks it for all of that.
    pub(super) async fn ask(Servers { prometheus, .. }: &Servers) -> Self {
        let (rules, targets, alertmanagers, doubtful) = futures_util::join!(
            prometheus.rules(),
            prometheus.targets(),
            prometheus.alertmanagers(),
            prometheus.reload_failed(),
        );
        Self {
            rules,
            targets,
            alertmanagers,
            doubtful,
        }
    }

    /// The first thing that it did not tell.
    pub(super) fn fault(&self) -> Option<&Fault> {
        let (rules, targets) = (self.rules.as_ref().err(), self.targets.as_ref().err());
        rules.or(targets).or(self.alertmanagers.as_ref().err())
    }
}

/// The simulator among Prometheus' targets: by its address, else by its port (in a container its host has another name),
/// else by the job's usual name.
pub(super) fn target(
    targets: Vec<Target>,
    simulator: (Option<&str>, Option<u16>),
) -> Option<Target> {
    let likeness = |target: &Target| {
        let url = url::Url::parse(&target.scrape_url).ok();
        let port = url.as_ref().and_then(url::Url::port_or_known_default);
        let host = url.as_ref().and_then(url::Url::host_str);
        let job = target.labels.get("job").is_some_and(|job| job == USUAL_JOB);
        match (host == simulator.0, port == simulator.1, job) {
            (true, true, _) => 3,
            (_, true, _) => 2,
            (.., true) => 1,
            _ => 0,
        }
    };
    let rated = targets
        .into_iter()
        .map(|target| (likeness(&target), target));
    let best = rated
        .filter(|(likeness, _)| *likeness > 0)
        .max_by_key(|(likeness, _)| *likeness);
    best.map(|(_, target)| target)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::servers::seen::labels;

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
            let found = target(targets[..count].to_vec(), (Some(host), Some(port)));
            found.map(|target| target.labels["job"].clone())
        };
        assert_eq!(found("localhost", 8082, 3).as_deref(), Some("c"));
        assert_eq!(found("localhost", 8082, 2).as_deref(), Some("b"));
        assert_eq!(found("localhost", 8082, 1).as_deref(), Some("mock-metrics"));
        assert_eq!(found("localhost", 8082, 0), None);
    }
}
