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
    let command = "recover it with `recover it`, or everything with `reset all`";
    for (driven, window) in [(true, 0), (true, 120), (false, 0), (false, 120)] {
        assert_eq!(
            calming("active", driven, (97.5, window), "DiskFull"),
            format!("the simulator says active at 97.5; {command}")
        );
    }
    let counted = calming("active", false, (763.0, 120), "DBSlowQuery");
    let expected = format!(
        "by itself by 01:02:00 UTC at the latest, when its window of 2m holds calm values only; otherwise {command}"
    );
    assert!(counted.ends_with(&expected), "{counted}");
}

#[test]
fn an_alert_that_becomes_calm_by_itself_needs_time_only() {
    let calm = |condition: &str, window: u64| calming(condition, false, (45.0, window), "DiskFull");
    // Its value is at the baseline, so its window holds calm values from now on.
    assert_eq!(
        calm("active", 120),
        "the simulator says active at 45.0; nothing drives it: it becomes calm by itself by 01:02:00 UTC at the latest, \
         when its window of 2m holds calm values only"
    );
    // The recovery takes 30 s.
    assert_eq!(
        calm("recovering", 120),
        "the simulator says recovering at 45.0; it becomes calm by itself by 00:32:30 UTC at the latest, when its window \
         of 2m holds calm values only"
    );
    assert_eq!(
        calm("recovering", 0),
        "the simulator says recovering at 45.0; it becomes calm by itself by 00:30:30 UTC at the latest"
    );
}
