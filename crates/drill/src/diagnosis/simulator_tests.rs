//! How an alert that is not calm becomes calm.

use chrono::DateTime;
use serde_json::json;
use simulator::lint::CheckedCatalogue;

use super::*;

/// At one o'clock, of an alert whose condition changed at half past twelve.
fn calming(condition: &str, driven: bool, (value, window): (f64, u64), of: &str) -> String {
    let catalogue = CheckedCatalogue::load(None, 1.0).unwrap();
    let simulated = SimulatedAlert {
        name: "DiskFull".to_owned(),
        condition: condition.to_owned(),
        value: json!(value),
        driven,
        since: DateTime::from_timestamp(1_800, 0),
        ..SimulatedAlert::default()
    };
    let alert = catalogue.alert(of).unwrap();
    let now = DateTime::from_timestamp(3_600, 0).unwrap();
    let commands = ["recover it", "reset all"].map(str::to_owned);
    how_to_calm(
        &simulated,
        alert,
        Duration::from_secs(window),
        now,
        commands,
    )
}

#[test]
fn an_alert_that_is_driven_needs_a_command() {
    let end = "bring it back with `recover it`, or everything with `reset all`";
    for (driven, window) in [(true, 0), (true, 120), (false, 0), (false, 120)] {
        assert_eq!(
            calming("active", driven, (97.5, window), "DiskFull"),
            format!("the simulator says active at 97.5; {end}")
        );
    }
    let counted = calming("active", false, (763.0, 120), "DBSlowQuery");
    let expected = format!("is past by 01:02:00 UTC at most; else {end}");
    assert!(counted.ends_with(&expected), "{counted}");
}

#[test]
fn an_alert_that_becomes_calm_by_itself_needs_time_only() {
    let calm = |condition: &str, window: u64| calming(condition, false, (45.0, window), "DiskFull");
    // Back at rest, so that its window is filled with calm values from now on.
    assert_eq!(
        calm("active", 120),
        "the simulator says active at 45.0; nothing drives it, and nothing is to be done: what its window of 2m \
         still holds is past by 01:02:00 UTC at most"
    );
    // It takes 30 s to come back.
    assert_eq!(
        calm("recovering", 120),
        "the simulator says recovering at 45.0; nothing is to be done: what its window of 2m still holds is past by \
         00:32:30 UTC at most"
    );
    assert_eq!(
        calm("recovering", 0),
        "the simulator says recovering at 45.0; nothing is to be done: it is calm by 00:30:30 UTC at most"
    );
}
