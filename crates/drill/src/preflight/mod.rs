//! What is found out before a drill begins: the rules, the intervals, the catalogue of the simulator, and what is missing.

pub(crate) mod paging;
mod prometheus_setup;
pub(crate) mod served_catalogue;
pub(crate) mod warnings;

use std::{collections::BTreeSet, time::Duration};

use alerting::{Labels, relabelling::evaluation_interval};
use chrono::TimeDelta;
use program::exit::ProgramError;
use prometheus_api::typed::prometheus::{AlertingRule, Target};
use promql_parser::util::parse_duration;
use simulator::catalogue::{Alert, Catalogue};
use tokio::time::{Instant, sleep};

use crate::{
    alert_key::has_drill_label,
    diagnosis::rule_differences::{distinguishing_labels, rule_differences},
    observers::{gateway::GatewayMetrics, servers::Servers, simulator::ServedCatalogue},
    stages::time_budget::Intervals,
};
use prometheus_setup::{PrometheusSetup, find_simulator};

/// How long a Prometheus that has just started needs to find its targets and Alertmanagers.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(15);
/// Between two attempts within that time.
const SETTLE_PAUSE: Duration = Duration::from_millis(500);
/// How often the gateway polls by default.
pub(crate) const DEFAULT_POLL_INTERVAL: Duration = Duration::from_secs(10);
/// How often the drill asks Prometheus and Alertmanager, if time runs faster than usual and if not.
const OBSERVATION_INTERVALS: (Duration, Duration) =
    (Duration::from_millis(250), Duration::from_secs(1));

/// How the four servers are set up.
#[derive(Clone)]
pub(crate) struct Preflight {
    pub(crate) rules: Vec<AlertingRule>,
    /// The addresses of the Alertmanagers that Prometheus sends alerts to.
    pub(crate) alertmanagers: Vec<String>,
    /// The simulator as Prometheus scrapes it, if it does.
    pub(crate) target: Option<Target>,
    /// The catalogue that the simulator serves.
    pub(crate) served: ServedCatalogue,
    pub(crate) gateway: GatewayMetrics,
    /// Whether Prometheus refused its configuration at the last reload, so that it has older rules than its files.
    pub(crate) reload_failed: bool,
    /// Prometheus' configuration, YAML; empty if it does not say.
    pub(crate) prometheus_configuration: String,
    /// By how much Prometheus' clock is ahead of ours.
    pub(crate) clock_skew: TimeDelta,
}

impl Preflight {
    /// Asks all four servers, again and again until Prometheus has scraped the simulator and found an Alertmanager.
    ///
    /// # Errors
    /// A line for each server that does not answer as it should, with its address and its flag.
    pub(crate) async fn run(servers: &Servers) -> Result<Self, ProgramError> {
        let deadline = Instant::now() + SETTLE_TIMEOUT;
        loop {
            let preflight = Self::ask_once(servers).await?;
            if preflight.is_settled() || Instant::now() >= deadline {
                return Ok(preflight);
            }
            sleep(SETTLE_PAUSE).await;
        }
    }

    fn is_settled(&self) -> bool {
        let target = self.target.as_ref();
        let scraped = target.is_some_and(|target| target.health != "unknown");
        scraped && !self.alertmanagers.is_empty()
    }

    async fn ask_once(servers: &Servers) -> Result<Self, ProgramError> {
        let (prometheus, alertmanager) = (&servers.prometheus, &servers.alertmanager);
        let (gateway, simulator) = (&servers.gateway, &servers.simulator);
        let (setup, alerts, metrics, served, configuration, clock_skew) = tokio::join!(
            PrometheusSetup::ask(&prometheus.api),
            alertmanager.api.alerts(),
            gateway.api.probe(),
            simulator.api.catalogue(),
            prometheus.api.configuration(),
            prometheus.api.clock_skew(),
        );
        let setup_error = setup.error();
        let setup_error = setup_error.map(|error| prometheus.describe_first_error(error));
        let alerts = alerts.map_err(|error| alertmanager.describe_first_error(&error));
        let metrics = metrics.map_err(|error| gateway.describe_first_error(&error));
        let served = served.map_err(|error| simulator.describe_first_error(&error));
        match (setup, &alerts, metrics, served) {
            (
                PrometheusSetup {
                    rules: Ok(rules),
                    targets: Ok(targets),
                    alertmanagers: Ok(alertmanagers),
                    reload_failed,
                },
                Ok(_),
                Ok(gateway),
                Ok(served),
            ) => Ok(Self {
                target: find_simulator(targets, simulator.api.authority()),
                rules,
                alertmanagers,
                served,
                gateway,
                reload_failed,
                prometheus_configuration: configuration.unwrap_or_default(),
                clock_skew,
            }),
            (_, _, metrics, served) => {
                let errors = [setup_error, alerts.err(), metrics.err(), served.err()];
                let errors: Vec<_> = errors.into_iter().flatten().collect();
                Err(ProgramError::Unreachable(errors.join("\n")))
            }
        }
    }

    /// The same with what Prometheus says now, as far as it answers.
    pub(crate) async fn refreshed(&self, servers: &Servers) -> Self {
        let setup = PrometheusSetup::ask(&servers.prometheus.api).await;
        let authority = servers.simulator.api.authority();
        let target = setup
            .targets
            .map(|targets| find_simulator(targets, authority));
        Self {
            rules: setup.rules.unwrap_or_else(|_| self.rules.clone()),
            target: target.unwrap_or_else(|_| self.target.clone()),
            alertmanagers: setup
                .alertmanagers
                .unwrap_or_else(|_| self.alertmanagers.clone()),
            ..self.clone()
        }
    }

    /// How often each program asks the next one. Where Prometheus does not say, the catalogue's interval is assumed.
    pub(crate) fn intervals(&self, catalogue: &Catalogue) -> Intervals {
        let default = catalogue.timing.interval;
        let target = self.target.as_ref();
        let scrape = target.and_then(|target| parse_duration(&target.scrape_interval).ok());
        let names = catalogue.alerts.iter();
        let names: BTreeSet<_> = names.map(|alert| alert.alertname.as_str()).collect();
        let rehearsed = self.rules.iter();
        let rehearsed = rehearsed.filter(|rule| names.contains(rule.name.as_str()));
        let evaluation = rehearsed
            .map(|rule| rule.interval)
            .max()
            // Without a rule of the catalogue, other rules or the configuration show how Prometheus is set up.
            .or_else(|| self.rules.iter().map(|rule| rule.interval).min())
            .or_else(|| evaluation_interval(&self.prometheus_configuration))
            .filter(|interval| !interval.is_zero());
        Intervals {
            scrape: scrape.unwrap_or(default),
            evaluation: evaluation.unwrap_or(default),
            poll: self.gateway.poll_interval.unwrap_or(DEFAULT_POLL_INTERVAL),
            observation: match catalogue.timing.scale < 1.0 {
                true => OBSERVATION_INTERVALS.0,
                false => OBSERVATION_INTERVALS.1,
            },
        }
    }

    /// The labels that a scrape adds to the simulator's series.
    pub(crate) fn target_labels(&self) -> Labels {
        let target = self.target.as_ref();
        target
            .map(|target| target.labels.clone())
            .unwrap_or_default()
    }

    /// Whether a scrape adds the drill label. True if the simulator is not scraped, which is another problem.
    pub(crate) fn adds_drill_label(&self) -> bool {
        let target = self.target.as_ref();
        target.is_none_or(|target| has_drill_label(&target.labels))
    }

    /// The labels that distinguish the alerts of an alert's rule from those of other rules of its name.
    pub(crate) fn distinguishing_labels(&self, alert: &Alert) -> Labels {
        let Some(rule) = self.rule(alert) else {
            return Labels::new();
        };
        let mut series_labels = self.target_labels();
        series_labels.extend(alert.labels.clone());
        distinguishing_labels(rule, &self.rules, &series_labels)
    }

    /// The rule of an alert; of several of its name, the most similar one.
    pub(crate) fn rule(&self, alert: &Alert) -> Option<&AlertingRule> {
        let rules = self.rules.iter();
        let of_its_name = rules.filter(|rule| rule.name == alert.alertname);
        of_its_name.min_by_key(|rule| rule_differences(rule, alert).len())
    }
}
