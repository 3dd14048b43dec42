//! What is found out before a drill starts: the rules, how often everybody looks, and what is missing.

use std::{collections::BTreeSet, time::Duration};

use alerting::format_duration;
use chrono::TimeDelta;
use program::exit::ProgramError;
use promql_parser::util::parse_duration;
use simulator::catalogue::{Alert, Catalogue};
use tokio::time::{Instant, sleep, timeout};

use crate::{
    judge::{
        rule::{different, told_apart},
        sent::evaluation_interval,
        theory::Pace,
    },
    known::{Known, target},
    servers::{
        Servers,
        gateway::Telemetry,
        prometheus::Target,
        seen::{Labels, Rule, is_marked},
        simulator::Served,
    },
};
/// A Prometheus that has just been started finds its targets and its Alertmanagers within this time.
const SETTLING: Duration = Duration::from_secs(15);
const ASK_AGAIN: Duration = Duration::from_millis(500);
/// For a question at the end.
const A_MOMENT: Duration = Duration::from_secs(5);
/// The gateway's default, where it does not say.
const USUAL_POLL: Duration = Duration::from_secs(10);
/// How often the drill looks where time is scaled, and where it is not.
const BEATS: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(1));

/// What is told where Prometheus works with other rules than its files have.
pub(super) const DOUBT: &str =
    "Prometheus could not read its configuration again (reloadConfigSuccess is false)";

/// How the stack is set up.
#[derive(Clone)]
pub(super) struct Survey {
    pub(super) rules: Vec<Rule>,
    /// The addresses of the Alertmanagers that Prometheus tells.
    pub(super) alertmanagers: Vec<String>,
    /// How Prometheus scrapes the simulator, if it does.
    pub(super) target: Option<Target>,
    pub(super) served: Served,
    gateway: Telemetry,
    /// Prometheus has refused the configuration that it was last told to read.
    pub(super) doubtful: bool,
    /// Prometheus' configuration, YAML; nothing where it does not say.
    pub(super) configuration: String,
    /// By how much Prometheus' clock is ahead of ours.
    pub(super) skew: TimeDelta,
}

impl Survey {
    /// Asks all four servers, again while Prometheus is still getting to know the others.
    ///
    /// # Errors
    /// Those that do not answer, or not as they should, each with its address and its flag.
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
    /// Those that do not answer, or not as they should, each with its address and its flag.
    async fn take(servers: &Servers) -> Result<Self, ProgramError> {
        let Servers {
            prometheus,
            alertmanager,
            gateway,
            simulator,
        } = servers;
        let (of_prometheus, alerts, telemetry, served, configuration, skew) = futures_util::join!(
            Known::ask(servers),
            alertmanager.alerts(),
            gateway.found(),
            simulator.alerts(),
            prometheus.configuration(),
            prometheus.skew(),
        );
        let faults = [
            of_prometheus
                .fault()
                .map(|fault| prometheus.0.doubted(fault)),
            alerts
                .as_ref()
                .err()
                .map(|fault| alertmanager.0.doubted(fault)),
            telemetry
                .as_ref()
                .err()
                .map(|fault| gateway.0.doubted(fault)),
            served
                .as_ref()
                .err()
                .map(|fault| simulator.0.doubted(fault)),
        ];
        let (
            Known {
                rules: Ok(rules),
                targets: Ok(targets),
                alertmanagers: Ok(alertmanagers),
                doubtful,
            },
            Ok(_),
            Ok(gateway),
            Ok(served),
        ) = (of_prometheus, alerts, telemetry, served)
        else {
            let told: Vec<_> = faults.into_iter().flatten().collect();
            return Err(ProgramError::Unreachable(told.join("\n")));
        };
        Ok(Self {
            target: target(targets, simulator.0.authority()),
            rules,
            alertmanagers,
            served,
            gateway,
            doubtful,
            configuration,
            skew,
        })
    }

    /// The same with what Prometheus says now, as far as it answers.
    pub(super) async fn again(&self, servers: &Servers) -> Self {
        let now = Known::ask(servers).await;
        let found = now
            .targets
            .map(|targets| target(targets, servers.simulator.0.authority()));
        Self {
            rules: now.rules.unwrap_or_else(|_| self.rules.clone()),
            target: found.unwrap_or_else(|_| self.target.clone()),
            alertmanagers: now
                .alertmanagers
                .unwrap_or_else(|_| self.alertmanagers.clone()),
            ..self.clone()
        }
    }

    /// A warning if the gateway has taken no webhook since the survey.
    pub(super) async fn untold(&self, servers: &Servers) -> Option<String> {
        let now = timeout(A_MOMENT, servers.gateway.telemetry())
            .await
            .ok()?
            .ok()?;
        (now.webhooks? <= self.gateway.webhooks?).then(|| {
            "the gateway was told of no alert by Alertmanager, and saw them by its poll alone: let Alertmanager post to \
             /api/alerts/webhook of the gateway (Ai/output/drills.md says how)"
                .to_owned()
        })
    }

    /// How often everybody looks.
    pub(super) fn pace(&self, catalogue: &Catalogue) -> Pace {
        let usual = catalogue.timing.interval;
        let scrape = self
            .target
            .as_ref()
            .map(|target| parse_duration(&target.scrape_interval));
        let names = catalogue.alerts.iter();
        let names: BTreeSet<_> = names.map(|alert| alert.alertname.as_str()).collect();
        let evaluations = self
            .rules
            .iter()
            .filter(|rule| names.contains(rule.name.as_str()));
        // Where none of them is loaded, the others say how this Prometheus is set up, or its configuration.
        let others = || self.rules.iter().map(|rule| rule.interval).min();
        let evaluation = evaluations.map(|rule| rule.interval).max();
        let evaluation = evaluation
            .or_else(others)
            .or_else(|| evaluation_interval(&self.configuration));
        Pace {
            scrape: scrape.and_then(Result::ok).unwrap_or(usual),
            evaluation: evaluation
                .filter(|interval| !interval.is_zero())
                .unwrap_or(usual),
            poll: self.gateway.poll.unwrap_or(USUAL_POLL),
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
        if self.doubtful {
            warnings.push(format!(
                "{DOUBT}: it works with the rules that it had before; its log says what is wrong"
            ));
        }
        if !self.skew.is_zero() {
            let (by, way) = match self.skew < TimeDelta::zero() {
                true => (-self.skew, "behind"),
                false => (self.skew, "ahead of"),
            };
            warnings.push(format!(
                "Prometheus' clock is {:.0} s {way} this machine's, which is taken into account",
                by.as_seconds_f64()
            ));
        }
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
        if self.gateway.poll.is_none() {
            warnings.push(format!(
                "the gateway does not say how often it polls: {} are assumed",
                format_duration(USUAL_POLL)
            ));
        }
        warnings
    }

    /// The labels that a scrape gives to the simulator's series.
    pub(super) fn scraped(&self) -> Labels {
        let target = self.target.as_ref();
        target
            .map(|target| target.labels.clone())
            .unwrap_or_default()
    }

    /// Whether the simulator's series are marked as a drill's; where nothing is scraped, that is not the question.
    pub(super) fn marks_drills(&self) -> bool {
        self.target
            .as_ref()
            .is_none_or(|target| is_marked(&target.labels))
    }

    /// What tells the alerts of an alert's rule from those of other rules of its name.
    pub(super) fn added(&self, alert: &Alert) -> Labels {
        let Some(rule) = self.rule(alert) else {
            return Labels::new();
        };
        let mut of_series = self.scraped();
        of_series.extend(alert.labels.clone());
        told_apart(rule, &self.rules, &of_series)
    }

    /// The rule of an alert; of several with its name, the one that is most like it.
    pub(super) fn rule(&self, alert: &Alert) -> Option<&Rule> {
        let named = self
            .rules
            .iter()
            .filter(|rule| rule.name == alert.alertname);
        named.min_by_key(|rule| different(rule, alert).len())
    }
}
