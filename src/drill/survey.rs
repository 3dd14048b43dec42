//! What is found out before a drill starts: the rules, how often everybody looks, and what is missing.

use std::time::Duration;

use promql_parser::util::parse_duration;
use tokio::time::{Instant, sleep};

use super::{
    judge::{checks, expression, theory::Pace},
    servers::{Servers, prometheus::Target, seen::Rule, simulator::Served},
};
use crate::{
    exit::ProgramError,
    mock::catalogue::{Alert, Catalogue, span},
};

/// A Prometheus that has just been started finds its targets and its Alertmanagers within this time.
const SETTLING: Duration = Duration::from_secs(15);
const ASK_AGAIN: Duration = Duration::from_millis(500);
/// The gateway's default, where it does not say.
const USUAL_POLL: Duration = Duration::from_secs(10);
/// How often the drill looks where time is scaled, and where it is not.
const BEATS: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(1));
/// The job of the simulator in this repository's configuration.
const USUAL_JOB: &str = "mock-metrics";

/// How the stack is set up.
pub(super) struct Survey {
    pub(super) rules: Vec<Rule>,
    /// The addresses of the Alertmanagers that Prometheus tells.
    pub(super) alertmanagers: Vec<String>,
    /// How Prometheus scrapes the simulator, if it does.
    pub(super) target: Option<Target>,
    pub(super) served: Served,
    poll: Option<Duration>,
}

impl Survey {
    /// Asks all four servers, again while Prometheus is still getting to know the others.
    ///
    /// # Errors
    /// Those that do not answer, each with its address and its flag.
    pub(super) async fn settled(servers: &Servers) -> Result<Self, ProgramError> {
        let deadline = Instant::now() + SETTLING;
        loop {
            let survey = Self::take(servers).await?;
            if survey.knows_all() || Instant::now() >= deadline {
                return Ok(survey);
            }
            sleep(ASK_AGAIN).await;
        }
    }

    /// Whether Prometheus has scraped the simulator, and has somebody to tell.
    fn knows_all(&self) -> bool {
        let scraped = self
            .target
            .as_ref()
            .is_some_and(|target| target.health != "unknown");
        scraped && !self.alertmanagers.is_empty()
    }

    /// Asks all four servers once.
    ///
    /// # Errors
    /// Those that do not answer, each with its address and its flag.
    async fn take(servers: &Servers) -> Result<Self, ProgramError> {
        let Servers {
            prometheus,
            alertmanager,
            gateway,
            simulator,
        } = servers;
        let (rules, targets, alertmanagers, alerts, poll, served) = futures_util::join!(
            prometheus.rules(),
            prometheus.targets(),
            prometheus.alertmanagers(),
            alertmanager.alerts(),
            gateway.poll_interval(),
            simulator.alerts(),
        );
        let of_prometheus = [
            rules.as_ref().err(),
            targets.as_ref().err(),
            alertmanagers.as_ref().err(),
        ];
        let faults = [
            of_prometheus
                .into_iter()
                .flatten()
                .next()
                .map(|fault| prometheus.0.told(fault)),
            alerts
                .as_ref()
                .err()
                .map(|fault| alertmanager.0.told(fault)),
            poll.as_ref().err().map(|fault| gateway.0.told(fault)),
            served.as_ref().err().map(|fault| simulator.0.told(fault)),
        ];
        let (Ok(rules), Ok(targets), Ok(alertmanagers), Ok(_), Ok(poll), Ok(served)) =
            (rules, targets, alertmanagers, alerts, poll, served)
        else {
            let told: Vec<_> = faults.into_iter().flatten().collect();
            return Err(ProgramError::Unreachable(told.join("\n")));
        };
        Ok(Self {
            target: target(targets, simulator.0.authority()),
            rules,
            alertmanagers,
            served,
            poll,
        })
    }

    /// How often everybody looks.
    pub(super) fn pace(&self, catalogue: &Catalogue) -> Pace {
        let usual = catalogue.timing.interval;
        let scrape = self
            .target
            .as_ref()
            .map(|target| parse_duration(&target.scrape_interval));
        let evaluations = self
            .rules
            .iter()
            .filter(|rule| catalogue.alert(&rule.name).is_some());
        let evaluation = evaluations.map(|rule| rule.interval).max();
        Pace {
            scrape: scrape.and_then(Result::ok).unwrap_or(usual),
            evaluation: evaluation
                .filter(|interval| !interval.is_zero())
                .unwrap_or(usual),
            poll: self.poll.unwrap_or(USUAL_POLL),
            beat: if catalogue.timing.scale < 1.0 {
                BEATS.0
            } else {
                BEATS.1
            },
        }
    }

    /// What is missing for a drill to succeed, or for its theory to be right: a line each.
    pub(super) fn warnings(&self, servers: &Servers) -> Vec<String> {
        let mut warnings = Vec::new();
        match &self.target {
            None => warnings.push(format!(
                "Prometheus scrapes no target at {}: add the simulator to its scrape_configs",
                servers.simulator.0.shown()
            )),
            Some(target) if target.health == "down" => warnings.push(format!(
                "Prometheus cannot scrape the simulator at {}: {}",
                target.scrape_url, target.last_error
            )),
            Some(_) => {}
        }
        if self.alertmanagers.is_empty() {
            warnings.push(format!(
                "Prometheus tells no Alertmanager: add {} to alerting.alertmanagers of its configuration",
                servers.alertmanager.0.shown()
            ));
        }
        if self.poll.is_none() {
            warnings.push(format!(
                "the gateway does not say how often it polls: {} are assumed",
                span(USUAL_POLL)
            ));
        }
        warnings
    }

    /// The rule of an alert; of several with its name, the one that is most like it.
    pub(super) fn rule(&self, alert: &Alert) -> Option<&Rule> {
        let named = self.rules.iter().filter(|rule| rule.name == alert.name);
        named.min_by_key(|rule| different(rule, alert).len())
    }
}

/// In what a loaded rule is different from the catalogue's alert: a text each.
pub(super) fn different(rule: &Rule, alert: &Alert) -> Vec<String> {
    let mut different = Vec::new();
    if !expression::same(&rule.query, &alert.expr) {
        different.push(format!(
            "its expr is `{}`, the catalogue's `{}`",
            rule.query, alert.expr
        ));
    }
    let hold_for = Duration::try_from_secs_f64(rule.duration).unwrap_or_default();
    if hold_for != alert.hold_for {
        different.push(format!(
            "its `for` is {}, the catalogue's {}",
            spelt(hold_for),
            spelt(alert.hold_for)
        ));
    }
    different.extend(checks::differences(
        &checks::rule_labels(alert),
        &rule.labels,
    ));
    if rule.keep_firing_for > 0.0 {
        let keeps = Duration::try_from_secs_f64(rule.keep_firing_for).unwrap_or_default();
        different.push(format!(
            "it keeps firing for {} (`keep_firing_for`)",
            spelt(keeps)
        ));
    }
    different
}

/// A duration; `0s` for none.
pub(super) fn spelt(duration: Duration) -> String {
    match duration.is_zero() {
        true => "0s".to_owned(),
        false => span(duration),
    }
}

/// The simulator among Prometheus' targets: by its address, else by its port (in a container its host has another name),
/// else by the job's usual name.
fn target(targets: Vec<Target>, simulator: (Option<&str>, Option<u16>)) -> Option<Target> {
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
    use crate::drill::servers::seen::labels;

    #[test]
    fn a_rule_that_is_not_the_catalogue_s_is_told_with_both() {
        let catalogue = Catalogue::load(None, 1.0).unwrap();
        let alert = catalogue.alert("DiskFull").unwrap();
        let mut rule = Rule {
            name: alert.name.clone(),
            query: "mock_disk_usage_percent>90".to_owned(),
            duration: 60.0,
            labels: labels(&[("severity", "critical"), ("family", "disk")]),
            ..Rule::default()
        };
        assert_eq!(different(&rule, alert), Vec::<String>::new());
        rule.query = "mock_disk_usage_percent > 99".to_owned();
        rule.duration = 3600.0;
        rule.labels.clear();
        assert_eq!(
            different(&rule, alert),
            [
                "its expr is `mock_disk_usage_percent > 99`, the catalogue's `mock_disk_usage_percent > 90`",
                "its `for` is 1h, the catalogue's 1m",
                "label family: expected \"disk\", is missing",
                "label severity: expected \"critical\", is missing",
            ]
        );
    }

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
