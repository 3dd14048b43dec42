//! What Prometheus makes of a condition over time: an alert that is inactive, pending or firing.
//!
//! For unit tests of the rules, for a history of alerts, and for whoever says when an alert must fire.

use std::time::Duration;

/// The state of one alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The condition does not hold.
    Inactive,
    /// It holds, but not yet for long enough.
    Pending,
    /// It has held for the rule's `for`.
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

/// One alert as evaluation after evaluation changes it.
#[derive(Debug, Clone)]
pub struct RuleState {
    hold_for: Duration,
    active_at: Option<Duration>,
}

impl RuleState {
    /// Inactive, of a rule with this `for`.
    pub fn new(hold_for: Duration) -> Self {
        Self {
            hold_for,
            active_at: None,
        }
    }

    /// The state after an evaluation at `now`, which is never before that of the evaluation before.
    pub fn evaluate(&mut self, now: Duration, holds: bool) -> State {
        if !holds {
            self.active_at = None;
            return State::Inactive;
        }
        let active_at = *self.active_at.get_or_insert(now);
        if now.saturating_sub(active_at) >= self.hold_for {
            State::Firing
        } else {
            State::Pending
        }
    }

    /// The first evaluation since which the condition has held without a break.
    pub fn active_at(&self) -> Option<Duration> {
        self.active_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states(hold_for: u64, holds: &str) -> String {
        let mut state = RuleState::new(Duration::from_secs(hold_for));
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

    #[test]
    fn without_a_for_it_fires_at_once() {
        assert_eq!(states(0, "0110"), ".FF.");
    }

    #[test]
    fn it_knows_since_when_it_is_active() {
        let mut state = RuleState::new(Duration::from_secs(30));
        let second = Duration::from_secs;
        state.evaluate(second(0), true);
        state.evaluate(second(15), true);
        assert_eq!(state.active_at(), Some(second(0)));
        state.evaluate(second(30), false);
        assert_eq!(state.active_at(), None);
    }
}
