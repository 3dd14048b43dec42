//! What the simulator says about an alert, and how an alert becomes calm again.

use std::time::Duration;

use alerting::format_duration;
use simulator::catalogue::Alert;

use super::evidence::Evidence;
use crate::{
    observers::simulator::SimulatedAlert,
    rehearsed_alert::RehearsedAlert,
    stages::Stage,
    time::{Moment, after, format_time},
};

/// Its condition and value in the simulator.
pub(super) fn condition(evidence: &Evidence) -> String {
    match &evidence.simulated {
        Ok(simulated) => format!(
            "the simulator says {} at {}",
            simulated.condition, simulated.value
        ),
        Err(error) => error.clone(),
    }
}

/// Says so if the simulator has recovered the alert before it arrived at the browser.
pub(super) fn recovered_meanwhile(
    stage: Stage,
    alert: &RehearsedAlert,
    evidence: &Evidence,
) -> &'static str {
    let is_rising = (Stage::Crossed..=Stage::Browser).contains(&stage);
    let recovers = evidence
        .simulated
        .as_ref()
        .is_ok_and(|simulated| simulated.is_calm() || simulated.is_recovering());
    let ended = is_rising && recovers && !alert.inhibited && !alert.alert.trigger.ends();
    match (ended, alert.recovered_by_step) {
        (true, true) => "; a step of the scenario recovers it",
        (true, false) => "; it was recovered meanwhile, and not by this drill",
        (false, _) => "",
    }
}

/// How an alert that is not calm becomes calm: by itself, and until when, or by the commands `recover` and `reset`. Its
/// expression looks back over `lookback`.
pub(crate) fn how_to_calm(
    simulated: &SimulatedAlert,
    alert: &Alert,
    lookback: Duration,
    now: Moment,
    [recover, reset]: [String; 2],
) -> String {
    let by_itself = |baseline_from: Moment| {
        let time = format_time(after(baseline_from, lookback));
        let window = match lookback.is_zero() {
            true => String::new(),
            false => {
                let window = format_duration(lookback);
                format!(", when its window of {window} holds calm values only")
            }
        };
        format!("it becomes calm by itself by {time} at the latest{window}")
    };
    let by_command = format!("recover it with `{recover}`, or everything with `{reset}`");
    let how = if simulated.is_recovering() {
        let changed = simulated.since.unwrap_or(now);
        by_itself(after(changed, alert.recover.settles_after()))
    } else if simulated.driven || lookback.is_zero() {
        by_command
    } else if simulated.is_at_baseline(alert) {
        format!("nothing drives it: {}", by_itself(now))
    } else if alert.is_counter() {
        // The value of a counter does not say whether it still grows.
        format!(
            "nothing drives it: unless something still increases it, {}; otherwise {by_command}",
            by_itself(now)
        )
    } else {
        by_command
    };
    let (condition, value) = (&simulated.condition, &simulated.value);
    format!("the simulator says {condition} at {value}; {how}")
}

#[cfg(test)]
#[path = "simulator_tests.rs"]
mod tests;
