//! Why a stage was not reached, in words that a tired person understands. Pure.

use simulator::catalogue::Alert;

use super::{checks, rule::different, unasked::told_of_silence};
use crate::{
    evidence::{Evidence, selector},
    servers::{
        prometheus::Sample,
        seen::{Identity, Labels, Shown, braces},
    },
    stage::Stage,
};
/// Whose stage it was.
pub(crate) struct Case<'a> {
    pub(crate) alert: &'a Alert,
    pub(crate) identity: &'a Identity,
    /// It was to be suppressed in Alertmanager.
    pub(crate) inhibited: bool,
    /// By one of these.
    pub(crate) inhibitors: &'a [Identity],
    /// A step of the scenario recovers it.
    pub(crate) recovered: bool,
}

impl Case<'_> {
    /// Why `stage` was not reached.
    pub(crate) fn why(&self, stage: Stage, evidence: &Evidence) -> String {
        let what = match stage {
            Stage::Calm => self.not_calm(evidence),
            Stage::Crossed => self.not_crossed(evidence),
            Stage::Pending => self.not_pending(evidence),
            Stage::Firing => self.not_firing(evidence),
            Stage::Alertmanager => self.not_in_alertmanager(evidence),
            Stage::Browser => self.not_in_browser(evidence),
            Stage::ResolvedPrometheus => self.not_resolved(evidence),
            Stage::ResolvedAlertmanager => Self::still_in_alertmanager(evidence),
            Stage::ResolvedBrowser => Self::still_in_browser(evidence),
            Stage::Rule | Stage::Trigger | Stage::Recover => String::new(),
        };
        format!(
            "waited {:.1} s: {}{what}{}",
            evidence.waited.as_secs_f64(),
            told_of_silence(stage, evidence),
            self.recovered_meanwhile(stage, evidence)
        )
    }

    fn not_calm(&self, evidence: &Evidence) -> String {
        match (&evidence.driven, &evidence.busy) {
            (Err(fault), _) => return fault.clone(),
            (_, Some(busy)) => return busy.clone(),
            (Ok(_), None) => {}
        }
        match self.ours(&evidence.shown) {
            Ok(Some(shown)) => {
                return format!(
                    "it is {} in Prometheus since {}, although the simulator is calm{}",
                    shown.state,
                    shown.active_at,
                    self.rule_is_other(evidence)
                );
            }
            Ok(None) => {}
            Err(fault) => return fault.to_owned(),
        }
        match &evidence.held {
            Ok(held) if held.iter().any(|held| self.identity.is(&held.labels)) => {
                "Alertmanager holds it although Prometheus does not: it lets go of it when `resolve_timeout` is over"
                    .to_owned()
            }
            Ok(_) => Self::still_in_browser(evidence),
            Err(fault) => fault.clone(),
        }
    }

    fn not_crossed(&self, evidence: &Evidence) -> String {
        let expr = &self.alert.expr;
        match &evidence.holding {
            Err(fault) => return format!("{fault}; asked for `{expr}`"),
            Ok(holding) if !holding.is_empty() => {
                return format!(
                    "`{expr}` holds in Prometheus, but not for the labels of the catalogue: {}",
                    nearest(
                        &self.identity.labels,
                        holding.iter().map(|sample| &sample.labels)
                    )
                );
            }
            Ok(_) => {}
        }
        let selector = selector(self.alert);
        let simulator = told_of_simulator(evidence);
        match evidence.series.as_deref() {
            Err(fault) => fault.to_owned(),
            Ok([]) => format!(
                "Prometheus has no series {selector}: {}; {simulator}",
                problem(evidence).unwrap_or(
                    "is the simulator scraped, with `honor_labels: true`, so that its own `instance` is kept?"
                )
            ),
            Ok([sample, ..]) => format!(
                "`{expr}` does not hold: Prometheus has {selector} at {}; {simulator}",
                sample.value()
            ),
        }
    }

    fn not_pending(&self, evidence: &Evidence) -> String {
        let shown = match &evidence.shown {
            Ok(shown) => shown,
            Err(fault) => return fault.clone(),
        };
        if let Some(ours) = self.identity.shown(shown) {
            return format!(
                "it is {} without ever having been pending{}",
                ours.state,
                self.rule_is_other(evidence)
            );
        }
        let others = shown.iter().map(|shown| &shown.labels);
        if !shown.is_empty() {
            return format!(
                "Prometheus has an alert of this name, but not with the labels of the catalogue: {}{}",
                nearest(&self.identity.own(), others),
                self.rule_is_other(evidence)
            );
        }
        let fails = evidence
            .rule
            .as_ref()
            .filter(|rule| !rule.last_error.is_empty());
        if let Some(rule) = fails {
            return format!("Prometheus cannot evaluate the rule: {}", rule.last_error);
        }
        let other = self.rule_is_other(evidence);
        match self.holds(evidence) {
            Some(value) if other.is_empty() => format!(
                "the condition holds (value {value}) and the rule is the catalogue's, yet Prometheus makes no alert \
                 of it: look at the state of its rules"
            ),
            Some(value) => format!(
                "the catalogue's condition holds (value {value}), yet Prometheus has no alert{other}"
            ),
            None => format!(
                "the condition held, and does no longer; {}{other}",
                told_of_simulator(evidence)
            ),
        }
    }

    fn not_firing(&self, evidence: &Evidence) -> String {
        let other = self.rule_is_other(evidence);
        match self.ours(&evidence.shown) {
            Err(fault) => fault.to_owned(),
            Ok(Some(shown)) if shown.fires() => {
                format!("it fires now, later than it was waited for{other}")
            }
            Ok(Some(shown)) => format!(
                "it is {} since {} and does not fire{other}",
                shown.state, shown.active_at
            ),
            Ok(None) => match self.holds(evidence) {
                Some(value) => format!(
                    "it was pending and is gone, though the condition holds (value {value}){other}"
                ),
                None => format!(
                    "it was pending, but its condition did not hold for long enough; {}{other}",
                    told_of_simulator(evidence)
                ),
            },
        }
    }

    fn not_resolved(&self, evidence: &Evidence) -> String {
        let other = self.rule_is_other(evidence);
        match self.ours(&evidence.shown) {
            Err(fault) => fault.to_owned(),
            Ok(None) => "it is gone now, later than it was waited for".to_owned(),
            Ok(Some(_)) => match self.holds(evidence) {
                Some(value) => format!(
                    "the condition still holds (value {value}); {}{other}",
                    told_of_simulator(evidence)
                ),
                None => {
                    format!("Prometheus keeps it although the condition no longer holds{other}")
                }
            },
        }
    }

    /// In what the loaded rule is another one; nothing where it is not.
    pub(super) fn rule_is_other(&self, evidence: &Evidence) -> String {
        let Some(rule) = &evidence.rule else {
            return ". Prometheus has no rule of this name any more".to_owned();
        };
        let different = different(rule, self.alert);
        let mut told = match different.is_empty() {
            true => String::new(),
            false => format!(
                ". The rule that Prometheus has loaded is another one: {}",
                different.join("; ")
            ),
        };
        if !rule.last_error.is_empty() {
            told += &format!(". Prometheus cannot evaluate the rule: {}", rule.last_error);
        }
        told
    }

    /// That the simulator does not drive it any more, on its way up.
    fn recovered_meanwhile(&self, stage: Stage, evidence: &Evidence) -> &'static str {
        let rises = (Stage::Crossed..=Stage::Browser).contains(&stage);
        let driven = evidence.driven.as_ref();
        let recovers =
            driven.is_ok_and(|driven| matches!(driven.condition.as_str(), "calm" | "recovering"));
        let ended = rises && recovers && !self.inhibited && !self.alert.trigger.ends();
        match (ended, self.recovered) {
            (true, true) => "; a step of the scenario recovers it",
            (true, false) => "; it was recovered meanwhile, and not by this drill",
            (false, _) => "",
        }
    }

    /// The value for which the condition holds, if it does.
    fn holds(&self, evidence: &Evidence) -> Option<f64> {
        let mut holding = evidence.holding.iter().flatten();
        let ours = holding.find(|sample| self.has_labels(&sample.labels));
        ours.map(Sample::value)
    }

    fn has_labels(&self, labels: &Labels) -> bool {
        checks::differences(&self.identity.labels, labels).is_empty()
    }

    fn ours<'a>(
        &self,
        shown: &'a Result<Vec<Shown>, String>,
    ) -> Result<Option<&'a Shown>, &'a str> {
        shown
            .as_ref()
            .map(|shown| self.identity.shown(shown))
            .map_err(String::as_str)
    }
}

fn told_of_simulator(evidence: &Evidence) -> String {
    match &evidence.driven {
        Ok(driven) => format!(
            "the simulator says {} at {}",
            driven.condition, driven.value
        ),
        Err(fault) => fault.clone(),
    }
}

fn problem(evidence: &Evidence) -> Option<&str> {
    evidence.warnings.first().map(String::as_str)
}

/// In what the most similar of some labels are different.
pub(super) fn nearest<'a>(expected: &Labels, all: impl Iterator<Item = &'a Labels>) -> String {
    let rated = all.map(|labels| (checks::differences(expected, labels), labels));
    let nearest = rated.min_by_key(|(differences, _)| differences.len());
    nearest.map_or_else(String::new, |(differences, labels)| {
        format!("{} in {}", differences.join("; "), braces(labels))
    })
}
