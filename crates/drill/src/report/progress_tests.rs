//! What is printed while rehearsals run.

use chrono::DateTime;

use super::*;
use crate::{recorder::record::Reached, stages::Stage};

fn record(name: &str, state: State) -> Record {
    Record {
        name: name.to_owned(),
        family: "disk".to_owned(),
        state,
        ..Record::default()
    }
}

#[test]
fn a_screen_too_small_shows_what_is_on_its_way_first() {
    let failed = State::Failed(StageError {
        stage: Stage::Firing,
        why: "never".to_owned(),
        no_answer: false,
    });
    let records = [
        record("A", State::Passed),
        record("B", State::Waiting),
        record("C", failed),
        record("D", State::Running),
    ];
    assert_eq!(rows(&records, 10).len(), 5);
    let small = rows(&records, 3);
    assert!(
        small[0].contains(" D ")
            && small[1].contains("FAILED at firing")
            && small[1].ends_with("never"),
        "{small:?}"
    );
    assert_eq!(small[2], "1 of 4 arrived, 1 failed");
}

#[test]
fn a_line_says_what_was_reached_and_whether_late() {
    let reached = Reached {
        stage: Stage::Firing,
        at: Utc::now(),
        seconds: 12.34,
        budget: Some(12.0),
    };
    let mut record = record("A", State::Running);
    record.reached.push(reached);
    record.triggered = Some(Utc::now());
    let line = line(&record, Event::Reached);
    assert_eq!(line, "A: firing at 12.3 s (theory 12.0 s), late");
}

#[test]
fn a_reminder_names_deadlines_and_the_latest_comes_first() {
    let until = |name: &str, seconds: i64| Record {
        deadline: Some(DateTime::from_timestamp(seconds, 0).unwrap()),
        ..record(name, State::Running)
    };
    let mut records = vec![
        record("Z", State::Waiting),
        until("A", 60),
        until("B", 3_600),
    ];
    assert_eq!(
        reminder(&records).unwrap(),
        "still waits: B for rule, until 01:00:00 UTC at most; A for rule, until 00:01:00 UTC at most"
    );
    records.extend([until("C", 1), until("D", 2)]);
    assert!(reminder(&records).unwrap().ends_with("; and 1 more"));
    records[2].state = State::Passed;
    assert!(!reminder(&records).unwrap().contains("B for"));
    assert_eq!(reminder(&records[..1]), None);
}

#[test]
fn an_alert_that_cannot_begin_says_why() {
    let record = Record {
        waits_for: Some("it is active".to_owned()),
        ..record("A", State::Running)
    };
    assert_eq!(
        line(&record, Event::Waits),
        "A: waits for rule: it is active"
    );
    let waits = Record {
        deadline: DateTime::from_timestamp(60, 0),
        ..record.clone()
    };
    assert_eq!(
        line(&waits, Event::Waits),
        "A: waits for rule: it is active (waits until 00:01:00 UTC at most)"
    );
    assert!(row(&record, (4, 1)).ends_with(" it is active"));
}
