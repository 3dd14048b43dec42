//! The state of an alert over time, as Prometheus evaluates it: inactive, pending or firing.
//!
//! Used for unit tests of rules, for a history of alerts, and to predict when an alert fires.

use std::time::Duration;

/// The state of one alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The condition does not hold.
    Inactive,
    /// The condition holds, but not yet for the rule's `for`.
    Pending,
    /// The condition has held for the rule's `for`.
    Firing,
}

impl State {
    /// The label `alertstate` of the series `ALERTS`, which an inactive alert does not have.
    pub const fn label(self) -> Option<&'static str> {
        match self {
            Self::Inactive => None,
            Self::Pending => Some("pending"),
            Self::Firing => Some("firing"),
        }
    }
}

/// One alert, updated by each evaluation of its rule.
#[derive(Debug, Clone)]
pub struct RuleState {
    for_duration: Duration,
    keep_firing_for: Duration,
    active_at: Option<Duration>,
    is_firing: bool,
    /// The first evaluation without a result while the alert is kept firing.
    kept_since: Option<Duration>,
}

impl RuleState {
    /// An inactive alert of a rule with this `for` and this `keep_firing_for`.
    pub fn new(for_duration: Duration, keep_firing_for: Duration) -> Self {
        Self {
            for_duration,
            keep_firing_for,
            active_at: None,
            is_firing: false,
            kept_since: None,
        }
    }

    /// The state after an evaluation at `now`. Evaluations come in the order of time.
    pub fn evaluate(&mut self, now: Duration, holds: bool) -> State {
        if !holds {
            let since = *self.kept_since.get_or_insert(now);
            if self.is_firing && now.saturating_sub(since) < self.keep_firing_for {
                return State::Firing;
            }
            *self = Self::new(self.for_duration, self.keep_firing_for);
            return State::Inactive;
        }
        self.kept_since = None;
        let active_at = *self.active_at.get_or_insert(now);
        if now.saturating_sub(active_at) >= self.for_duration {
            self.is_firing = true;
            State::Firing
        } else {
            State::Pending
        }
    }

    /// The first of the uninterrupted evaluations for which the condition has held.
    pub fn active_at(&self) -> Option<Duration> {
        self.active_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states(for_duration: u64, holds: &str) -> String {
        kept(for_duration, 0, holds)
    }

    fn kept(for_duration: u64, keep_firing_for: u64, holds: &str) -> String {
        let [for_duration, keep] = [for_duration, keep_firing_for].map(Duration::from_secs);
        let mut state = RuleState::new(for_duration, keep);
        let step = |(i, holds): (u64, char)| {
            let now = Duration::from_secs(15 * i);
            match state.evaluate(now, holds == '1') {
                State::Inactive => '.',
                State::Pending => 'p',
                State::Firing => 'F',
            }
        };
        (0..).zip(holds.chars()).map(step).collect()
    }

    #[test]
    fn an_alert_is_pending_until_the_condition_has_held_for_its_for() {
        assert_eq!(states(30, "0111110"), ".ppFFF.");
        // 40 s have passed with the third evaluation after the first.
        assert_eq!(states(40, "0111110"), ".pppFF.");
        assert_eq!(states(15, "11"), "pF");
    }

    #[test]
    fn a_break_begins_anew() {
        assert_eq!(states(30, "1101111"), "pp.ppFF");
    }

    /// The results are those of promtool 2.42.
    #[test]
    fn what_fires_is_kept_for_a_while_and_what_is_pending_is_not() {
        assert_eq!(kept(15, 30, "0110000"), ".pFFF..");
        assert_eq!(kept(15, 30, "011010000"), ".pFFFFF..");
        assert_eq!(kept(15, 30, "010000"), ".p....");
    }

    #[test]
    fn without_a_for_it_fires_at_once() {
        assert_eq!(states(0, "0110"), ".FF.");
    }

    #[test]
    fn it_knows_since_when_it_is_active() {
        let mut state = RuleState::new(Duration::from_secs(30), Duration::ZERO);
        let second = Duration::from_secs;
        state.evaluate(second(0), true);
        state.evaluate(second(15), true);
        assert_eq!(state.active_at(), Some(second(0)));
        state.evaluate(second(30), false);
        assert_eq!(state.active_at(), None);
    }
}
