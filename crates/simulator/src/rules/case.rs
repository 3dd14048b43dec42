//! One unit test of a rule: a series, and what each evaluation must make of it.

use std::time::Duration;

use alerting::rule_state::State;
use promql::Sample;

/// One series, and what the rule must make of it.
pub(super) struct Case {
    pub(super) samples: Vec<Sample>,
    /// Until when no alert at all may be there.
    pub(super) calm: Duration,
    /// At each multiple of the interval, from 0.
    pub(super) evaluations: Vec<Evaluation>,
}

/// What one evaluation of the rule must give.
#[derive(Clone, Copy)]
pub(super) struct Evaluation {
    pub(super) at: Duration,
    pub(super) state: State,
    /// The expression's, while it has one.
    pub(super) value: Option<f64>,
}

impl Case {
    /// Whether it is ever in that state.
    pub(super) fn is_ever(&self, state: State) -> bool {
        self.evaluations.iter().any(|e| e.state == state)
    }

    /// The evaluations on both sides of each change of state, and the last one.
    pub(super) fn moments(&self) -> Vec<Evaluation> {
        let all = &self.evaluations;
        let state = |index: usize| all.get(index).map(|evaluation| evaluation.state);
        let is_moment = |index: usize| {
            let differs = |other| state(index) != state(other);
            differs(index + 1) || index.checked_sub(1).is_some_and(differs)
        };
        let moments = all
            .iter()
            .enumerate()
            .filter(|(index, _)| is_moment(*index));
        moments.map(|(_, evaluation)| *evaluation).collect()
    }
}
