//! One unit test of a rule: a series, and the expected result of each evaluation.

use std::time::Duration;

use alerting::rule_state::State;
use promql::Sample;

/// A series, and the expected results of the rule.
pub(super) struct Case {
    pub(super) samples: Vec<Sample>,
    /// No alert is active before this time.
    pub(super) baseline_until: Duration,
    /// At each multiple of the interval, from 0.
    pub(super) evaluations: Vec<Evaluation>,
}

/// The expected result of one evaluation.
#[derive(Clone, Copy)]
pub(super) struct Evaluation {
    pub(super) at: Duration,
    pub(super) state: State,
    /// The value of the expression, if it has a result.
    pub(super) value: Option<f64>,
}

impl Case {
    /// Whether any evaluation has this state.
    pub(super) fn is_ever(&self, state: State) -> bool {
        self.evaluations.iter().any(|e| e.state == state)
    }

    /// The evaluations before and after each change of state, and the last one.
    pub(super) fn changes(&self) -> Vec<Evaluation> {
        let all = &self.evaluations;
        let state = |index: usize| all.get(index).map(|evaluation| evaluation.state);
        let is_change = |index: usize| {
            let differs = |other| state(index) != state(other);
            differs(index + 1) || index.checked_sub(1).is_some_and(differs)
        };
        let changes = all
            .iter()
            .enumerate()
            .filter(|(index, _)| is_change(*index));
        changes.map(|(_, evaluation)| *evaluation).collect()
    }
}
